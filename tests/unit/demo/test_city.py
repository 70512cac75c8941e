"""The camera file lists what the servers serve."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.demo.city import CAMERAS, DEFAULT_WALL, PASSWORDS, camera_file
from app.demo.city_plan import bounds
from app.domain.geo import LatLon
from app.hub.import_cameras import read_camera_file


def rows(count: int = 24) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(camera_file(5540, 8080, count))["cameras"]
    return found


@pytest.mark.parametrize("count", [5, 24, 25, 300])
def test_as_many_cameras_as_asked_for_each_with_own_id_and_address(count: int) -> None:
    found = rows(count)
    urls = [stream["url"] for row in found for stream in row["streams"]]
    assert len(found) == len({row["id"] for row in found}) == count
    assert len(set(urls)) == len(urls) == 2 * count


def test_cameras_lie_in_the_town_and_look_somewhere() -> None:
    town = bounds()
    for row in rows(200):
        assert town.contains(LatLon(row["lat"], row["lon"])), row["name"]
        assert 0 <= row["bearing_deg"] < 360
        assert 30 <= row["fov_deg"] <= 120
        assert row["tags"]


def test_extra_cameras_share_the_streams_of_others_under_another_query() -> None:
    extra = rows(30)[24:]
    known = {stream["url"].split("?")[0] for row in rows() for stream in row["streams"]}
    for number, row in enumerate(extra, start=25):
        for stream in row["streams"]:
            assert stream["url"].split("?")[0] in known
            assert urlsplit(stream["url"]).query == f"n={number}"


def test_passwords_are_in_the_addresses_of_exactly_the_cameras_that_ask() -> None:
    asking = {row["id"] for row in rows() if all("@" in stream["url"] for stream in row["streams"])}
    assert asking == set(PASSWORDS)
    assert all(camera.serves == "rtsp" for camera in CAMERAS if camera.id in PASSWORDS)


def test_homes_are_masked_also_where_another_camera_shows_the_same_picture() -> None:
    masked = {
        f.camera.id: f.camera.privacy_masks for f in read_camera_file(camera_file(5540, 8080, 48)).found
    }
    assert masked["cam-16"]
    assert masked["cam-40"] == masked["cam-16"]
    assert any(masked[camera_id] for camera_id in DEFAULT_WALL)


@pytest.mark.parametrize("count", [24, 500])
def test_the_hub_takes_every_row_of_the_file(count: int) -> None:
    read = read_camera_file(camera_file(5540, 8080, count))
    assert read.refused == ()
    assert len(read.found) == count
