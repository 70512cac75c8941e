"""What the room does with incidents, what the timeline says, and that repeating it changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.running_hub import Desk, alert, desk_at_hub

pytestmark = ON_BOTH_IN_FULL

CAMERAS = b"""id,name,lat,lon,url,type
cam-1,5th & Main,43.10,-77.60,rtsp://10.0.0.1/one,
cam/2,City Hall,43.11,-77.61,https://example.invalid/two.m3u8,
"""


def run(tmp_path: Path, scene: Callable[[Desk], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("cameras.csv", CAMERAS)
            await scene(desk)

    asyncio.run(whole())


async def incident(desk: Desk) -> dict[str, Any]:
    (only,) = (await desk.snapshot())["incidents"]
    return only


def lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    assert {line["who"] for line in found["timeline"]} == {"Dana Operator"}
    return [(line["kind"], line["text"]) for line in found["timeline"]]


def test_incident_from_an_alert_takes_its_place_and_handles_it(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        alert_id = (await desk.post("alerts", alert(title="Shots fired")))["id"]
        await desk.post("incidents", {"title": "Shooting", "alert_id": alert_id}, 201)
        found = await incident(desk)
        assert (found["lat"], found["lon"], found["alert_ids"]) == (43.1, -77.6, [alert_id])
        assert lines(found) == [("opened", "Opened the incident from the alert Shots fired")]
        (row,) = (await desk.snapshot())["alerts"]
        assert (row["status"], row["handled_by"]) == ("acknowledged", "Dana Operator")

    run(tmp_path, scene)


def test_timeline_tells_everything_in_the_operators_words(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        incident_id = (await desk.post("incidents", {"title": "Fire", "lat": 43.0, "lon": -77.0}))["id"]
        alert_id = (await desk.post("alerts", alert(title="Smoke")))["id"]
        base = f"incidents/{incident_id}"
        await desk.post(f"{base}/alerts", {"alert_id": alert_id}, 204)
        await desk.post(f"{base}/pins", {"camera_id": "cam-1"}, 204)
        await desk.post(f"{base}/pins", {"camera_id": "cam/2"}, 204)
        assert (await desk.delete(f"{base}/pins/cam/2")).status_code == 204
        await desk.post(f"{base}/notes", {"note_id": "n1", "text": "  Engine 5 is there.  "}, 204)
        await desk.post(f"{base}/close", status=204)
        found = await incident(desk)
        assert lines(found) == [
            ("opened", "Opened the incident"),
            ("alert_added", "Added the alert Smoke"),
            ("camera_pinned", "Pinned camera 5th & Main"),
            ("camera_pinned", "Pinned camera City Hall"),
            ("camera_unpinned", "Unpinned camera City Hall"),
            ("note", "Engine 5 is there."),
            ("closed", "Closed the incident"),
        ]
        assert [pin["camera_id"] for pin in found["pins"]] == ["cam-1"]
        assert found["closed_at"] is not None

    run(tmp_path, scene)


def test_repeated_commands_add_no_event(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        incident_id = (await desk.post("incidents", {"title": "Fire"}))["id"]
        alert_id = (await desk.post("alerts", alert()))["id"]
        base = f"incidents/{incident_id}"
        commands = [
            (f"alerts/{alert_id}/acknowledge", None),
            (f"{base}/alerts", {"alert_id": alert_id}),
            (f"{base}/pins", {"camera_id": "cam-1"}),
            (f"{base}/notes", {"note_id": "n1", "text": "Once"}),
            (f"{base}/close", None),
        ]
        for path, body in commands:
            before = (await desk.snapshot())["sequence"]
            await desk.post(path, body, 204)
            once = (await desk.snapshot())["sequence"]
            assert once > before, path
            for _ in range(2):
                await desk.post(path, body, 204)
            assert (await desk.snapshot())["sequence"] == once, path
        await desk.delete(f"{base}/pins/cam-none")
        assert (await desk.snapshot())["sequence"] == once

    run(tmp_path, scene)


def test_closing_closes_alerts_that_no_other_open_incident_holds(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        alone = (await desk.post("alerts", alert(1)))["id"]
        shared = (await desk.post("alerts", alert(2)))["id"]
        first = (await desk.post("incidents", {"title": "One", "alert_id": alone}))["id"]
        await desk.post(f"incidents/{first}/alerts", {"alert_id": shared})
        await desk.post("incidents", {"title": "Two", "alert_id": shared})
        await desk.post(f"incidents/{first}/close")
        status = {row["id"]: row["status"] for row in (await desk.snapshot())["alerts"]}
        assert status == {alone: "closed", shared: "acknowledged"}

    run(tmp_path, scene)


def test_closed_incident_takes_notes_only(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        alert_id = (await desk.post("alerts", alert()))["id"]
        base = f"incidents/{(await desk.post('incidents', {'title': 'Fire'}))['id']}"
        await desk.post(f"{base}/close")
        await desk.post(f"{base}/notes", {"note_id": "late", "text": "Report filed"}, 204)
        for path, body in (("pins", {"camera_id": "cam-1"}), ("alerts", {"alert_id": alert_id})):
            answer = await desk.post(f"{base}/{path}", body, 409)
            assert "closed" in answer["detail"]
            assert answer["hint"]

    run(tmp_path, scene)


def test_unknown_things_are_told_in_words_and_change_nothing(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        base = f"incidents/{(await desk.post('incidents', {'title': 'Fire'}))['id']}"
        before = (await desk.snapshot())["sequence"]
        for path, body, word in (
            ("alerts/none/acknowledge", None, "alert"),
            ("incidents", {"title": "x", "alert_id": "none"}, "alert"),
            ("incidents/none/close", None, "incident"),
            ("incidents/none/notes", {"note_id": "n", "text": "x"}, "incident"),
            (f"{base}/pins", {"camera_id": "none"}, "camera"),
            (f"{base}/alerts", {"alert_id": "none"}, "alert"),
        ):
            answer = await desk.post(path, body, 404)
            assert word in answer["detail"]
            assert answer["hint"]
        for path, body, field in (
            ("incidents", {"title": " "}, "title"),
            ("incidents", {"title": "x", "colour": "red"}, "colour"),
            (f"{base}/notes", {"note_id": "n"}, "text"),
        ):
            answer = await desk.post(path, body, 422)
            assert answer["detail"][0]["field"] == field
        assert (await desk.snapshot())["sequence"] == before

    run(tmp_path, scene)


def test_snapshot_leaves_out_what_was_closed_long_ago(tmp_path: Path) -> None:
    time = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def scene() -> None:
        async with desk_at_hub(tmp_path, now=lambda: time[0]) as desk:
            for title, days_until_next in (("Old", 20), ("Recent", 20), ("Open", 0)):
                incident_id = (await desk.post("incidents", {"title": title}))["id"]
                if title != "Open":
                    await desk.post(f"incidents/{incident_id}/close")
                time[0] += timedelta(days=days_until_next)
            # "Old" was closed 40 days ago, "Recent" 20.
            assert [found["title"] for found in (await desk.snapshot())["incidents"]] == ["Recent", "Open"]

    asyncio.run(scene())
