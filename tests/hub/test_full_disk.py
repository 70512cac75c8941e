"""A hub whose disk is full: it says so, changes nothing, goes on telling what it knows, and recovers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.domain.camera import Quality, StreamKey
from app.domain.consent import Purpose
from app.domain.errors import HubFullError
from app.domain.ids import CameraId
from app.hub import core, server
from app.hub.application import application
from app.hub.core import Hub
from app.hub.db.tables import leases
from app.sources.hub_rest import HubRest
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.running_hub import INGEST_TOKEN, alert, client, events, running_hub, sign_in, welcome

CAMERAS = b"id,name,lat,lon,url\na,Corner,41.1,-72.1,rtsp://127.0.0.1:9/a\n"
WORDS = {
    "detail": "The hub's disk is full: nothing can be put on record, so nothing was changed.",
    "hint": "Make room on the disk that holds the hub's data, then try again.",
}
DETAIL = "x" * 3000
NOT_SWEPT = "expired leases cannot be put on record"


class Room:
    """The room that SQLite believes to have, in pages; the same answer as a full disk's (SQLITE_FULL)."""

    def __init__(self) -> None:
        self.hubs: list[Hub] = []

    def note(self, hub: Hub) -> FastAPI:
        self.hubs.append(hub)
        return application(hub)

    async def set(self, pages: int) -> None:
        """Let the database grow to so many pages; fewer than it has mean not one more."""
        (hub,) = self.hubs
        async with hub.database.writing() as connection:
            await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    noted = Room()
    monkeypatch.setattr(server, "application", noted.note)
    return noted


async def send_until_full(vendor: Any) -> tuple[list[str], Any]:
    """Send alerts until one is not accepted; return the accepted ones' titles and the refusal."""
    accepted = []
    for number in range(2000):
        answer = await vendor.post("alerts", json=alert(number, detail=DETAIL))
        if answer.status_code != 200:
            return accepted, answer
        accepted.append(f"Call {number}")
    return pytest.fail("the disk was never full")


async def look_until_refused(rest: HubRest, granted: set[str]) -> None:
    """Ask for one lease after the other and note the granted ones."""
    for _ in range(2000):
        granted.add((await rest.lease(StreamKey(CameraId("a"), Quality.MAIN), Purpose())).id)


def test_full_disk_is_said_in_words_leaves_nothing_half_written_and_the_live_socket_goes_on(
    tmp_path: Path, room: Room
) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            desk = await sign_in(ready.port)
            async with desk.http, client(ready.port, INGEST_TOKEN) as vendor, desk.live() as socket:
                await welcome(socket)
                await room.set(1)
                accepted, refusal = await send_until_full(vendor)
                assert (refusal.status_code, refusal.json()) == (507, WORDS)
                told = await events(socket, len(accepted))
                assert [event["data"]["title"] for event in told] == accepted
                snapshot = await desk.snapshot()
                assert len(snapshot["alerts"]) == len(accepted)
                assert snapshot["sequence"] == (told[-1]["sequence"] if told else 0)
                await room.set(1_000_000)
                again = await vendor.post("alerts", json=alert("after", detail=DETAIL))
                assert again.json()["sequence"] == snapshot["sequence"] + 1
                (after,) = await events(socket, 1)
                assert after["data"]["title"] == "Call after"

    asyncio.run(scene())


def test_no_look_is_granted_that_cannot_be_put_on_record_and_the_console_has_the_words(
    tmp_path: Path, room: Room
) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            desk = await sign_in(ready.port)
            rest = HubRest()
            rest.reach(f"http://127.0.0.1:{ready.port}")
            rest._bearer = desk.session
            async with desk.http:
                await desk.import_cameras("cameras.csv", CAMERAS)
                await room.set(1)
                granted: set[str] = set()
                with pytest.raises(HubFullError) as told:
                    await look_until_refused(rest, granted)
                assert (told.value.message, told.value.hint) == (WORDS["detail"], WORDS["hint"])
                async with room.hubs[0].database.reading() as reading:
                    rows = await reading.rows(sa.select(leases.c.id))
                assert {row["id"] for row in rows} == granted
            await rest.aclose()

    asyncio.run(scene())


def test_the_sweep_of_expired_leases_outlives_a_full_disk(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    monkeypatch.setattr(core, "LEASE_SWEEP_S", 0.01)
    now = [datetime(2026, 11, 21, 7, tzinfo=UTC)]

    async def scene() -> None:
        async with running_hub(tmp_path, now=lambda: now[0]) as ready:
            desk = await sign_in(ready.port)
            async with desk.http:
                await desk.import_cameras("cameras.csv", CAMERAS)
                for _ in range(40):
                    await desk.post("leases", {"camera_id": "a", "quality": "main"})
                head = (await desk.snapshot())["sequence"]
                await room.set(1)
                now[0] += timedelta(days=1)
                await until(lambda: any(line["event"] == NOT_SWEPT for line in log_lines))
                assert (await desk.snapshot())["sequence"] == head
                await room.set(1_000_000)
                async with desk.live(head) as socket:
                    await welcome(socket)
                    told = await events(socket, 40)
                assert {event["type"] for event in told} == {"org.watchfloor.lease.ended"}

    asyncio.run(scene())
