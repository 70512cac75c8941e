"""The metrics of a running desk: off unless asked for, and never in the operator's way."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Coroutine

import httpx

from app.bootstrap.metrics import serve_metrics
from app.config import MetricsSettings
from app.domain.camera import Quality, StreamKey
from app.domain.events import StreamChanged
from app.domain.ids import CameraId
from app.domain.ports import StreamCounts
from app.domain.stream_state import StreamState, StreamStatus
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.gui.system.conftest import Desktop

Play = Callable[[Callable[[Desktop], Coroutine[None, None, None]]], None]
KEY = StreamKey(CameraId("cam-1"), Quality.SUB)


def serve(desk: Desktop, port: int) -> None:
    """Serve the desk's figures, as bootstrap does."""
    probe = desk.windows.probe
    assert probe is not None
    work = serve_metrics(MetricsSettings(enabled=True, port=port), probe, desk.clock, desk.parts.notify)
    desk.parts.tasks.start("Serving metrics", work)


async def received(address: str) -> str:
    """Return how many bytes the camera sent, as a scraper reads it."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(address)
    found = re.search(r"received_bytes_total\{.*\} (\S+)", answer.text)
    return found[1] if found else answer.text


def test_metrics_are_off_unless_the_settings_ask_for_them() -> None:
    assert not MetricsSettings().enabled


def test_the_desks_figures_are_served_without_the_page(at_desk: Play, log_lines: LogLines) -> None:
    async def play(desk: Desktop) -> None:
        desk.parts.store.apply(StreamChanged(KEY, StreamStatus(StreamState.LIVE, 0.0)))
        desk.figures.known[KEY] = StreamCounts("w", 100, 150_000, 0, 90, 2, desk.clock.seconds)
        serve(desk, 0)
        await until(lambda: desk.figures.weighed >= 2)
        address = log_lines.expect("metrics are served")["address"]
        assert await received(address) == "150000.0"
        desk.figures.known[KEY] = StreamCounts("w", 101, 151_000, 0, 90, 2, desk.clock.seconds)
        seen = desk.figures.weighed
        await until(lambda: desk.figures.weighed >= seen + 2)
        assert await received(address) == "151000.0"
        assert desk.windows.system is None

    at_desk(play)


def test_a_taken_port_is_told_and_the_desk_goes_on(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            number = other.getsockname()[1]
            serve(desk, number)
            await until(lambda: bool(desk.parts.store.notices))
            (notice,) = desk.parts.store.notices.values()
            assert str(number) in notice.message
            assert "settings.toml" in notice.hint
            assert desk.figures.weighed == 0

    at_desk(play)
