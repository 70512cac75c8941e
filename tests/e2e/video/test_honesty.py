"""A tile is live only while new pictures come: measured on sources that stop without saying so."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import StreamState
from tests.e2e.video.conftest import RtspCamera, wall_with
from tests.fakes.http_cameras import HttpCameras
from tests.fakes.waiting import run, until


def test_a_frozen_rtsp_camera_is_never_live(rtsp_camera: Callable[..., RtspCamera]) -> None:
    """libVLC goes on displaying the last picture 13 times a second; none of these may count."""
    camera = rtsp_camera()

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            await wall.pictures(key, 10)
            camera.command("freeze")
            await until(lambda: wall.status(key).state is StreamState.DELAYED, what="delayed")
            number, counters = wall.engine.newest_number(key), wall.engine.counters(key)
            wall.seen.clear()
            await until(lambda: wall.status(key).state is StreamState.FROZEN, what="frozen")
            assert StreamState.LIVE not in wall.seen
            assert wall.engine.newest_number(key) == number
            assert wall.engine.counters(key) == counters
            assert wall.engine.newest(key) is not None
            camera.command("thaw")
            await wall.until_live(key)

    run(scene())


@pytest.mark.parametrize("path", ["/still.jpg", "/etag.jpg", "/mjpeg"])
def test_the_same_still_served_again_is_not_a_new_picture(http_cameras: HttpCameras, path: str) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", http_cameras.url(path), StreamKind.JPEG, fps=5.0)
            await wall.until_live(key)
            await wall.pictures(key, 5)
            http_cameras.frozen.set()
            frozen_at = time.monotonic()
            await until(lambda: wall.status(key).state is StreamState.DELAYED, what="delayed")
            wall.seen.clear()
            asked, counters = len(http_cameras.requests), wall.engine.counters(key)
            later = time.monotonic() + 0.7
            await until(lambda: bool(wall.status(key)) and time.monotonic() > later)
            assert StreamState.LIVE not in wall.seen
            assert wall.engine.counters(key) == counters
            # A polled camera was asked again and again all the while.
            assert path == "/mjpeg" or len(http_cameras.requests) > asked + 2
            last = wall.facts(key).last_picture_at
            assert last is not None
            assert last < frozen_at + 0.5
            http_cameras.frozen.clear()
            await wall.until_live(key)

    run(scene())


@pytest.mark.parametrize("interval_s", [0.066, 0.1])
def test_a_still_scene_that_is_really_filmed_stays_live(http_cameras: HttpCameras, interval_s: float) -> None:
    """The pictures look alike, but each is a new one: the camera changes a byte that shows nowhere."""
    plain = http_cameras.pictures[0]
    http_cameras.interval_s = interval_s
    http_cameras.pictures = [
        plain[:2] + b"\xff\xfe\x00\x04" + number.to_bytes(2, "big") + plain[2:] for number in range(500)
    ]

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", http_cameras.url("/mjpeg"), StreamKind.JPEG, fps=10.0)
            await wall.until_live(key)
            opened = time.monotonic()
            wall.seen.clear()
            await until(lambda: bool(wall.status(key)) and time.monotonic() > opened + 2.0)
            assert set(wall.seen) == {StreamState.LIVE}
            facts = wall.facts(key)
            assert facts.pictures_decoded <= facts.packets_read

    run(scene())


def test_a_picture_is_in_memory_shortly_after_its_packet(http_cameras: HttpCameras) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", http_cameras.url("/mjpeg"), StreamKind.JPEG, fps=10.0)
            await wall.until_live(key)
            await wall.pictures(key, 5)
            delays = []
            for _ in range(10):
                seen = wall.engine.newest_number(key)
                await until(lambda seen=seen: wall.engine.newest_number(key) > seen)
                frame = wall.engine.newest(key)
                assert frame is not None
                delays.append(time.monotonic() - frame.arrived_at)
            # Held back until the next one, each would be a tenth of a second late.
            assert min(delays) < 0.1

    run(scene())
