"""The console's link to a real hub process: sign-in, snapshot, live events, and a hub that is killed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.camera import Quality, StreamKey
from app.domain.consent import Purpose
from app.domain.errors import OperatorError, SourceError
from app.domain.events import LinkState
from app.domain.ids import AlertId, CameraId, IncidentId, WallId
from app.domain.incident import EntryKind
from app.domain.picture_size import PictureSize
from app.domain.stream_state import StreamState
from app.services.streams import Streams
from app.sources.hub_live import HubLive
from app.sources.hub_process import HubProcess
from app.sources.hub_rest import HubRest
from app.store.state import Store
from app.wire.consent import ConsentIn
from tests.conftest import LogLines
from tests.e2e.video.conftest import MachineClock
from tests.fakes.waiting import run, until
from tests.fakes.world import FakeEngine

CAMERAS = b"""id,name,lat,lon,url
a,Corner,41.1,-72.1,rtsp://bob:hunter2@127.0.0.1:9/a
b,Bridge,41.2,-72.2,rtsp://127.0.0.1:9/b
c,Nowhere,410,-72.2,rtsp://127.0.0.1:9/c
"""


@dataclass
class Desk:
    hub: HubProcess
    rest: HubRest
    live: HubLive
    store: Store
    notices: list[str] = field(default_factory=list)
    new_hubs: int = 0

    async def post(self, number: int, **changes: Any) -> dict[str, Any]:
        """Send an alert as a vendor does, again and again until the hub has accepted it."""
        body = {
            "source": "vendor",
            "external_id": str(number),
            "kind": "gunshot",
            "urgency": 1,
            "title": f"Shots {number}",
            "occurred_at": datetime.now(UTC).isoformat(),
            **changes,
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                address = await self.hub.address()
                try:
                    answer = await client.post(
                        f"{address.url}/api/v1/alerts",
                        json=body,
                        headers={"Authorization": f"Bearer {self.hub.ingest_token}"},
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
                    continue
                answer.raise_for_status()
                told: dict[str, Any] = answer.json()
                return told


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    notices: list[str] = []
    store, rest = Store(), HubRest()
    hub = HubProcess(folder, "dana", notices.append)
    made: list[Desk] = []

    def on_new_hub() -> None:
        made[0].new_hubs += 1

    live = HubLive(hub, rest, store.apply, on_new_hub, lambda: None)
    made.append(Desk(hub, rest, live, store, notices))
    tasks = [asyncio.create_task(hub.run()), asyncio.create_task(live.run())]
    try:
        await until(lambda: store.link is LinkState.CONNECTED, 30)
        yield made[0]
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await rest.aclose()


def at_desk(folder: Path, test: Callable[[Desk], Coroutine[None, None, None]]) -> None:
    async def play() -> None:
        async with desk(folder) as here:
            await test(here)

    run(play(), 60)


def test_commands_come_back_as_events_and_the_timeline_says_who_did_what(tmp_path: Path) -> None:
    async def play(here: Desk) -> None:
        plan = await here.rest.plan_import("cameras.csv", CAMERAS)
        assert (plan.added, [row.row for row in plan.refused]) == (2, [3])
        await here.rest.apply_import(plan.token)
        await until(lambda: len(here.store.cameras) == 2)
        accepted = await here.post(1)
        await until(lambda: here.store.alerts.get(AlertId(accepted["id"])) is not None)
        incident_id = await here.rest.open_incident("Shots", None, AlertId(accepted["id"]))
        await here.rest.pin_camera(incident_id, CameraId("a"))
        await here.rest.pin_camera(incident_id, CameraId("a"))
        await here.rest.add_note(incident_id, "Two men running east <b>", "note-1")
        await here.rest.add_note(incident_id, "Two men running east <b>", "note-1")
        await here.rest.acknowledge_alert(AlertId(accepted["id"]))
        await until(lambda: len(here.store.incidents[incident_id].timeline) >= 3)
        incident = here.store.incidents[IncidentId(incident_id)]
        kinds = [entry.kind for entry in incident.timeline]
        assert kinds.count(EntryKind.CAMERA_PINNED) == 1
        assert [e.text for e in incident.timeline if e.kind is EntryKind.NOTE] == ["Two men running east <b>"]
        assert {entry.who for entry in incident.timeline} == {"dana"}

    at_desk(tmp_path, play)


def test_what_an_owner_takes_back_leaves_the_desk_and_a_pin_brings_it_back(
    tmp_path: Path,
) -> None:
    consent = {"given_by": "Shop", "obtained": "form", "valid_from": "2020-01-01T00:00:00Z", "level": 2}
    nearby = {**consent, "scope": "incident", "radius_m": 500, "minutes": 60}

    async def play(here: Desk) -> None:
        plan = await here.rest.plan_import("cameras.csv", CAMERAS)
        await here.rest.apply_import(plan.token)
        await until(lambda: len(here.store.cameras) == 2)
        clock = MachineClock()
        engine = FakeEngine(clock)
        streams = Streams(here.store, here.rest, engine, clock, lambda _, error: pytest.fail(repr(error)))
        task = asyncio.create_task(streams.run())
        key = StreamKey(CameraId("b"), Quality.MAIN)
        streams.demand(WallId("w"), {key.camera_id: PictureSize(356, 200)})
        await until(lambda: bool(engine.open_streams))
        (opened,) = engine.open_streams
        await here.rest.call("PUT", "cameras/b/consent", ConsentIn.model_validate(nearby))
        await until(lambda: not engine.open_streams)
        await until(lambda: here.store.streams[opened].state is StreamState.DENIED)
        assert here.store.streams[opened].detail == "Bridge may be looked at for an incident only."
        incident_id = await here.rest.open_incident("Shots", here.store.cameras[key.camera_id].position, None)
        await here.rest.pin_camera(incident_id, key.camera_id)
        await until(lambda: bool(engine.open_streams))
        await here.rest.close_incident(incident_id)
        await until(lambda: not engine.open_streams)
        streams.demand(WallId("w"), {})
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    at_desk(tmp_path, play)


def test_an_address_comes_only_with_a_lease_and_an_unknown_camera_is_refused_in_words(tmp_path: Path) -> None:
    async def play(here: Desk) -> None:
        plan = await here.rest.plan_import("cameras.csv", CAMERAS)
        await here.rest.apply_import(plan.token)
        await until(lambda: len(here.store.cameras) == 2)
        key = here.store.cameras[CameraId("b")]
        lease = await here.rest.lease(_key(key.id), Purpose())
        assert lease.url == "rtsp://127.0.0.1:9/b"
        await here.rest.end_lease(lease.id)
        with pytest.raises(OperatorError, match="camera"):
            await here.rest.lease(_key(CameraId("nobody")), Purpose())

    at_desk(tmp_path, play)


def test_a_hub_killed_while_alerts_arrive_costs_no_alert_and_repeats_none(tmp_path: Path) -> None:
    async def play(here: Desk) -> None:
        total, killed = 120, 0

        async def vendor() -> list[str]:
            return [(await here.post(number))["id"] for number in range(total)]

        sending = asyncio.create_task(vendor())
        said: set[LinkState] = set()
        here.store.subscribe(lambda _: said.add(here.store.link))
        for at in (20, 60, 100):
            await until(lambda at=at: len(here.store.alerts) >= at or sending.done(), 30)  # type: ignore[misc]
            if (pid := here.hub.pid) is not None:
                os.kill(pid, signal.SIGKILL)
                killed += 1
            await until(lambda: here.store.link is LinkState.LOST, 10)
            await until(lambda: here.store.link is LinkState.CONNECTED, 30)
        accepted = await sending
        await until(lambda: len(here.store.alerts) == total, 10)
        assert killed == 3
        assert LinkState.LOST in said
        assert {alert.id for alert in here.store.alerts} == set(accepted)
        assert here.store.alerts_received == total
        assert here.new_hubs == 3

    at_desk(tmp_path, play)


def test_alerts_and_incidents_are_there_after_a_restart_of_the_program(tmp_path: Path) -> None:
    async def first(here: Desk) -> None:
        accepted = await here.post(1)
        await here.rest.open_incident("Shots", None, AlertId(accepted["id"]))
        await until(lambda: len(here.store.incidents) == 1)

    async def second(here: Desk) -> None:
        assert [alert.title for alert in here.store.alerts] == ["Shots 1"]
        assert [incident.title for incident in here.store.incidents.values()] == ["Shots"]

    at_desk(tmp_path, first)
    at_desk(tmp_path, second)


def test_a_command_without_a_hub_says_that_the_hub_does_not_answer() -> None:
    async def play() -> None:
        rest = HubRest(timeout_s=2)
        with pytest.raises(SourceError, match="not connected"):
            await rest.acknowledge_alert(AlertId("x"))
        with pytest.raises(SourceError, match="does not answer"):
            await rest.sign_in("http://127.0.0.1:9", "token")
        await rest.aclose()

    run(play())


def _key(camera_id: CameraId) -> StreamKey:
    return StreamKey(camera_id, Quality.MAIN)


def test_a_second_console_on_one_folder_is_told_so_and_does_not_try_for_ever(
    tmp_path: Path, log_lines: LogLines
) -> None:
    async def play(_: Desk) -> None:
        second = HubProcess(tmp_path, "dana", lambda _: None)
        with pytest.raises(SourceError, match="Close the Watchfloor that is open already") as refused:
            await second.run()
        assert not refused.value.retryable
        assert second.pid is None

    at_desk(tmp_path, play)
    log_lines.expect("hub did not start")
