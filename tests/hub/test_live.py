"""The live socket: every event once, in order, from any number on."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.wire.convert import event_from
from app.wire.hub import EventMessage, LiveFrame
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.running_hub import Desk, alert, desk_at_hub, events, live, running_hub, sign_in, welcome

pytestmark = ON_BOTH_IN_FULL


def test_client_gets_the_past_and_then_the_present_once_and_in_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for number in range(3):
                await desk.post("alerts", alert(number))
            async with desk.live(after=1) as socket:
                assert (await welcome(socket))["head"] == 3
                past = await events(socket, 2)
                await desk.post("alerts", alert(3))
                present = await events(socket, 1)
        assert [e["sequence"] for e in past + present] == [2, 3, 4]
        assert [e["data"]["title"] for e in past + present] == ["Call 1", "Call 2", "Call 3"]

    asyncio.run(scene())


def test_frames_are_cloudevents_that_the_console_reads(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as socket:
            await desk.post("alerts", alert())
            await desk.post("incidents", {"title": "Fire"})
            first = json.loads(await socket.recv())
            found = await events(socket, 2)
        TypeAdapter(LiveFrame).validate_python(first)
        for event in found:
            assert event["specversion"] == "1.0"
            assert event["source"] == f"urn:watchfloor:hub:{first['hub_id']}"
            assert event["time"].endswith("Z")
            message = EventMessage.model_validate(event)
            assert event_from(message).sequence == event["sequence"]
        assert [e["type"] for e in found] == [
            "org.watchfloor.alert.upserted",
            "org.watchfloor.incident.upserted",
        ]

    asyncio.run(scene())


def test_missed_events_come_in_batches_without_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the tail in memory holds, so that the database and the tail are joined."""
    monkeypatch.setattr("app.hub.db.event_log.TAIL", 100)
    count = 450

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            async with asyncio.TaskGroup() as group:
                for lane in range(20):
                    group.create_task(_send(desk, range(lane, count, 20)))
            async with desk.live() as socket:
                await welcome(socket)
                found = await events(socket, count)
        assert [e["sequence"] for e in found] == list(range(1, count + 1))
        assert len({e["data"]["external_id"] for e in found}) == count

    asyncio.run(scene())


async def _send(desk: Desk, numbers: range) -> None:
    for number in numbers:
        await desk.post("alerts", alert(number))


@pytest.mark.parametrize("query", ["after=7", "after=0&hub_id=another"])
def test_number_from_elsewhere_is_answered_with_reset(tmp_path: Path, query: str) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("alerts", alert())
            async with live(desk.port, desk.session, query) as socket:
                frame = json.loads(await socket.recv())
                assert frame["type"] == "reset"
                assert frame["reason"]
                with pytest.raises(ConnectionClosed):
                    await socket.recv()

    asyncio.run(scene())


def test_live_needs_a_session(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            for token in (None, "made-up"):
                with pytest.raises(InvalidStatus) as refused:
                    async with live(ready.port, token, "after=0"):
                        pass
                assert refused.value.response.status_code == 401
                assert refused.value.response.body is not None
                assert json.loads(refused.value.response.body)["hint"]

    asyncio.run(scene())


def test_number_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for after in ("-1", "many", "9" * 30, "%D9%A1"):
                with pytest.raises(InvalidStatus) as refused:
                    async with live(desk.port, desk.session, f"after={after}"):
                        pass
                assert refused.value.response.status_code == 422
                assert b'"after"' in (refused.value.response.body or b"")

    asyncio.run(scene())


def test_client_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as reader, desk.live() as sleeper:
            # Stop reading at the socket itself: the library would go on filling its own buffer.
            sleeper.transport.pause_reading()
            await welcome(reader)
            big = "x" * 10_000
            for number in range(400):
                await desk.post("alerts", alert(number, detail=big))
            found = await events(reader, 400)
            assert [e["sequence"] for e in found] == list(range(1, 401))
            sleeper.transport.resume_reading()
            await welcome(sleeper)
            late = await events(sleeper, 400)
            assert [e["sequence"] for e in late] == list(range(1, 401))

    asyncio.run(scene())


def test_client_that_never_reads_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: list[dict[str, object]]
) -> None:
    monkeypatch.setattr("app.hub.live.SEND_TIMEOUT_S", 0.2)

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as sleeper:
            sleeper.transport.pause_reading()
            number = 0
            async with asyncio.timeout(30):
                while not any("cut off" in str(line["event"]) for line in log_lines):
                    await desk.post("alerts", alert(number, detail="x" * 10_000))
                    number += 1
            sleeper.transport.resume_reading()
            with pytest.raises(ConnectionClosed):
                await _read_to_the_end(sleeper)

    asyncio.run(scene())


async def _read_to_the_end(socket: ClientConnection) -> None:
    async with asyncio.timeout(15):
        while True:
            await socket.recv()


def test_hub_that_ends_closes_its_clients_and_does_not_wait_for_them(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            desk = await sign_in(ready.port)
            socket = await desk.live()
            await welcome(socket)
            await desk.http.aclose()
        async with asyncio.timeout(5):
            await socket.wait_closed()

    asyncio.run(scene())
