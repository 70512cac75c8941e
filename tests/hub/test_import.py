"""Imports through the API: planned, agreed, applied once; a second time nothing changes."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.hub import import_plan
from app.hub.import_command import main as import_command
from app.hub.vault import Vault
from tests.hub.engines import ON_BOTH_IN_FULL, Chosen
from tests.hub.running_hub import MemoryKeyring, alert, desk_at_hub, events, running_hub, welcome

pytestmark = ON_BOTH_IN_FULL

CSV = b"""name,lat,lon,url,direction
5th & Main,43.1,-77.6,rtsp://admin:pw@10.0.0.1/a,NB
City Hall,43.2,-77.6,https://h/b.m3u8,SW
Nowhere,0,0,https://h/c.m3u8,
"""


def test_plan_changes_nothing_and_applying_it_does_it_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as socket:
            await welcome(socket)
            plan = (await desk.http.post("cameras/import?name=c.csv", content=CSV)).json()
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (2, 0, 0)
            assert plan["refused"] == [{"row": 3, "reason": "the position 0, 0 stands for “unknown”"}]
            assert (await desk.snapshot())["cameras"] == []
            await desk.post(f"cameras/import/{plan['token']}")
            found = await events(socket, 2)
            assert {e["type"] for e in found} == {"org.watchfloor.camera.upserted"}
            cameras = (await desk.snapshot())["cameras"]
            assert [c["name"] for c in cameras] == ["5th & Main", "City Hall"]
            assert sorted((e["data"] for e in found), key=lambda c: c["name"]) == cameras
            assert [c["bearing_deg"] for c in cameras] == [0.0, 225.0]
            again = await desk.post(f"cameras/import/{plan['token']}", status=404)
            assert "import plan" in again["detail"]

    asyncio.run(scene())


def test_second_import_of_the_same_file_changes_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(MemoryKeyring())) as desk:
            await desk.import_cameras("c.csv", CSV)
            before = await desk.snapshot()
            plan = await desk.import_cameras("renamed.csv", CSV)
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 0, 2)
            assert await desk.snapshot() == before

    asyncio.run(scene())


def test_alert_is_not_kept_waiting_by_a_large_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_plan, "PORTION", 2)
    rows = "".join(f"c{i},43.1,-77.6,rtsp://h/{i}\n" for i in range(600))

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as socket:
            content = f"id,lat,lon,url\n{rows}".encode()
            plan = (await desk.http.post("cameras/import?name=c.csv", content=content)).json()
            await welcome(socket)
            applying = asyncio.create_task(desk.post(f"cameras/import/{plan['token']}"))
            begun = json.loads(await asyncio.wait_for(socket.recv(), 10))["events"]
            sequence = (await desk.post("alerts", alert()))["sequence"]
            done = await applying
            assert (done["added"], done["unchanged"]) == (600, 0)
            found = await desk.snapshot()
            assert len(found["cameras"]) == 600
            assert sequence < found["sequence"] == 601
            # A client that leaves with much unread waits ten seconds for the hub's farewell behind it.
            assert (await events(socket, 601 - len(begun)))[-1]["sequence"] == 601

    asyncio.run(scene())


def test_changed_rows_and_changed_passwords_are_changes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path, vault=Vault(MemoryKeyring())) as desk:
            await desk.import_cameras("c.csv", CSV)
            plan = await desk.import_cameras("c.csv", CSV.replace(b"City Hall", b"Town Hall"))
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 1, 1)
            plan = await desk.import_cameras("c.csv", CSV.replace(b"admin:pw@", b"admin:new@"))
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 2, 0)
            camera = next(c for c in (await desk.snapshot())["cameras"] if c["name"] == "5th & Main")
            lease = await desk.post("leases", {"camera_id": camera["id"], "quality": "main"})
            assert lease["url"] == "rtsp://admin:new@10.0.0.1/a"

    asyncio.run(scene())


def test_changed_masks_are_a_change_and_a_file_that_forgets_them_lifts_none(tmp_path: Path) -> None:
    def file(masks: str | None) -> bytes:
        column, value = ("", "") if masks is None else (",privacy_masks", f",{masks}")
        return f"id,lat,lon,url{column}\nc1,43.1,-77.6,https://h/a.m3u8{value}\n".encode()

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as socket:
            await welcome(socket)
            for masks, counts, held in (
                (None, (1, 0, 0), []),
                ("0 0 0.5 1", (0, 1, 0), [[0, 0, 0.5, 1]]),
                ("0 0 0.5 1", (0, 0, 1), None),
                (None, (0, 0, 1), None),
                ("", (0, 0, 1), None),
                ("0 0 0.5 1 | 0.9 0.9 0.1 0.1", (0, 1, 0), [[0, 0, 0.5, 1], [0.9, 0.9, 0.1, 0.1]]),
                ("none", (0, 1, 0), []),
            ):
                plan = await desk.import_cameras("c.csv", file(masks))
                assert (plan["added"], plan["changed"], plan["unchanged"]) == counts
                if held is None:
                    continue
                (event,) = await events(socket, 1)
                assert event["type"] == "org.watchfloor.camera.upserted"
                assert event["data"]["privacy_masks"] == held
                assert (await desk.snapshot())["cameras"] == [event["data"]]

    asyncio.run(scene())


def test_file_that_forgets_the_masks_keeps_them_where_it_changes_the_camera(tmp_path: Path) -> None:
    first = b"id,name,lat,lon,url,masks\nc1,Old,43.1,-77.6,https://h/a.m3u8,0 0 0.5 1\n"
    second = b"id,name,lat,lon,url\nc1,New,43.1,-77.6,https://h/b.m3u8\n"

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.csv", first)
            plan = await desk.import_cameras("c.csv", second)
            assert (plan["added"], plan["changed"], plan["unchanged"]) == (0, 1, 0)
            (camera,) = (await desk.snapshot())["cameras"]
            assert (camera["name"], camera["privacy_masks"]) == ("New", [[0, 0, 0.5, 1]])

    asyncio.run(scene())


def test_plan_is_applied_to_the_directory_as_it_is_then(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            first = (await desk.http.post("cameras/import?name=c.csv", content=CSV)).json()
            second = (await desk.http.post("cameras/import?name=c.csv", content=CSV)).json()
            assert first["added"] == second["added"] == 2
            await desk.post(f"cameras/import/{first['token']}")
            before = (await desk.snapshot())["sequence"]
            done = await desk.post(f"cameras/import/{second['token']}")
            assert (done["added"], done["unchanged"]) == (0, 2)
            assert (await desk.snapshot())["sequence"] == before

    asyncio.run(scene())


def test_plan_expires_after_ten_minutes(tmp_path: Path) -> None:
    time = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def scene() -> None:
        async with desk_at_hub(tmp_path, now=lambda: time[0]) as desk:
            plan = (await desk.http.post("cameras/import?name=c.csv", content=CSV)).json()
            time[0] += timedelta(minutes=10, seconds=1)
            await desk.post(f"cameras/import/{plan['token']}", status=404)

    asyncio.run(scene())


def test_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            answer = await desk.http.post("cameras/import?name=c.csv", content=b"<html>")
            assert answer.status_code == 422
            assert answer.json()["detail"][0]["field"] == "body"
            assert (await desk.http.post("cameras/import", content=CSV)).json()["detail"][0][
                "field"
            ] == "name"

    asyncio.run(scene())


def test_hub_answers_others_while_it_reads_a_large_file(tmp_path: Path) -> None:
    rows = "\n".join(f"Camera {n},{43 + n / 1e6},-77.6,https://h/{n}.jpg" for n in range(12_000))
    file = f"name,lat,lon,url\n{rows}".encode()

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            plan = asyncio.create_task(desk.http.post("cameras/import?name=c.csv", content=file))
            answers = 0
            while not plan.done():
                assert (await desk.http.get("health")).status_code == 200
                answers += 1
            assert (await plan).json()["added"] == 12_000
            # A hub that were busy with the file would answer the first of them after it.
            assert answers > 5

    asyncio.run(scene())


def test_import_command_does_the_same_without_a_running_hub(tmp_path: Path, capsys: object) -> None:
    file, folder = tmp_path / "c.csv", tmp_path / "data"
    file.write_bytes(CSV)
    to = ["--data-dir", str(folder), *Chosen.engine.arguments(folder)]
    assert import_command([str(file), *to, "--yes"]) == 0

    async def scene() -> None:
        async with desk_at_hub(folder) as desk:
            assert len((await desk.snapshot())["cameras"]) == 2

    asyncio.run(scene())


def test_import_command_leaves_a_running_hub_alone(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(CSV)

    async def scene() -> None:
        async with running_hub(tmp_path):
            code = await asyncio.to_thread(import_command, [str(file), "--data-dir", str(tmp_path), "--yes"])
            assert code == 1

    asyncio.run(scene())


def test_cameras_with_markup_in_their_names_stay_text(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)> '; DROP TABLE cameras; --"
    file = json.dumps([{"id": name, "name": name, "lat": 1, "lon": 2, "url": "http://h/a.jpg"}]).encode()

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.import_cameras("c.json", file)
            (camera,) = (await desk.snapshot())["cameras"]
            assert (camera["id"], camera["name"]) == (name, name)
            await desk.post("leases", {"camera_id": name, "quality": "main"}, 201)

    asyncio.run(scene())
