"""How fast the hub answers: over a real WebSocket, through a network that delays and swallows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from app.sources import hub_pulse
from app.sources.hub_pulse import LivePulse
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.waiting import run, until


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_pulse, "EVERY_S", 0.01)


@asynccontextmanager
async def felt(pulse: LivePulse) -> AsyncIterator[TcpProxy]:
    """Feel the pulse of a hub on the other side of a proxy."""

    async def stay(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(stay, "127.0.0.1", 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with TcpProxy(port) as proxy:
            url = f"ws://127.0.0.1:{proxy.port}"
            async with connect(url, ping_interval=None, close_timeout=0.1, proxy=None) as socket:
                task = asyncio.create_task(pulse.feel(socket))
                try:
                    yield proxy
                finally:
                    task.cancel()
                    await asyncio.wait({task})
                assert task.cancelled() or task.exception() is None


def test_the_round_trip_holds_what_the_way_to_the_hub_takes() -> None:
    async def scene() -> None:
        pulse = LivePulse()
        assert pulse.round_trip_s is None
        async with felt(pulse) as proxy:
            await until(lambda: pulse.round_trip_s is not None)
            assert 0 < (pulse.round_trip_s or 0) < 5
            proxy.delay_s = 0.3
            await until(lambda: (pulse.round_trip_s or 0) >= 0.3)
        assert pulse.round_trip_s is None

    run(scene())


def test_a_hub_that_is_connected_and_silent_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_pulse, "PATIENCE_S", 0.1)

    async def scene() -> None:
        pulse = LivePulse()
        async with felt(pulse) as proxy:
            await until(lambda: pulse.round_trip_s is not None)
            proxy.swallow()
            await until(lambda: pulse.round_trip_s is None)

    run(scene())


def test_a_connection_that_is_cut_has_no_pulse_and_no_error() -> None:
    async def scene() -> None:
        pulse = LivePulse()
        async with felt(pulse) as proxy:
            await until(lambda: pulse.round_trip_s is not None)
            proxy.cut()
            await until(lambda: pulse.round_trip_s is None)

    run(scene())
