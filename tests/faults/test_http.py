"""JPEG and HLS cameras behind a network that fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault, StreamState
from tests.e2e.video.conftest import FPS, wall_with
from tests.fakes.http_cameras import HttpCameras, encode_segments
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.video_clips import encode_access_units
from tests.fakes.waiting import run
from tests.faults.conftest import POLICY, Tile

CAMERAS = [
    pytest.param(StreamKind.JPEG, "/still.jpg", id="stills"),
    pytest.param(StreamKind.JPEG, "/mjpeg", id="mjpeg"),
    pytest.param(StreamKind.HLS, "/hls/index.m3u8", id="hls"),
]


@pytest.fixture
def cameras() -> Iterator[HttpCameras]:
    segments = encode_segments(encode_access_units(fps=FPS, seconds=4), FPS, FPS)
    with HttpCameras(segments) as cameras:
        yield cameras


# Segments may be eight seconds apart: a fault that is shorter costs what is left of them.
@pytest.mark.parametrize(
    ("kind", "path", "swallowed_s"),
    [
        pytest.param(StreamKind.JPEG, "/still.jpg", 3.0, id="stills-3"),
        pytest.param(StreamKind.JPEG, "/still.jpg", 10.0, id="stills-10"),
        pytest.param(StreamKind.JPEG, "/mjpeg", 3.0, id="mjpeg-3"),
        pytest.param(StreamKind.JPEG, "/mjpeg", 10.0, id="mjpeg-10"),
        pytest.param(StreamKind.HLS, "/hls/index.m3u8", 10.0, id="hls-10"),
    ],
)
def test_a_half_open_connection_is_never_live(
    cameras: HttpCameras, kind: StreamKind, path: str, swallowed_s: float
) -> None:
    async def scene() -> None:
        async with TcpProxy(cameras.port) as proxy, wall_with(policy=POLICY) as wall:
            key = await wall.open("a", f"http://127.0.0.1:{proxy.port}{path}", kind, fps=5.0)
            await wall.until_live(key)
            tile = Tile(wall, key, f"half-open TCP for {swallowed_s:.0f} s ({path})")
            tile.begins()
            proxy.swallow()
            await tile.honest(within_s=4.0 if kind is StreamKind.HLS else 3.0)
            await tile.for_s(swallowed_s)
            proxy.heal()
            await tile.live_again()

    run(scene(), 44)


@pytest.mark.parametrize(("kind", "path"), CAMERAS)
def test_a_server_that_breaks_all_connections(cameras: HttpCameras, kind: StreamKind, path: str) -> None:
    async def scene() -> None:
        async with TcpProxy(cameras.port) as proxy, wall_with(policy=POLICY) as wall:
            key = await wall.open("a", f"http://127.0.0.1:{proxy.port}{path}", kind, fps=5.0)
            await wall.until_live(key)
            tile = Tile(wall, key, f"connection reset ({path})")
            tile.begins()
            proxy.reset()
            await tile.live_again()

    run(scene(), 44)


def test_an_mjpeg_camera_that_ends_its_answer(cameras: HttpCameras) -> None:
    async def scene() -> None:
        async with TcpProxy(cameras.port) as proxy, wall_with(policy=POLICY) as wall:
            url = f"http://127.0.0.1:{proxy.port}/mjpeg"
            key = await wall.open("a", url, StreamKind.JPEG, fps=5.0)
            await wall.until_live(key)
            tile = Tile(wall, key, "connection cut (/mjpeg)")
            tile.begins()
            proxy.cut()
            await tile.honest(StreamState.OFFLINE)
            assert wall.facts(key).fault is Fault.ENDED
            await tile.live_again()

    run(scene(), 44)
