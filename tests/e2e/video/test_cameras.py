"""Every kind of camera becomes live pictures in shared memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.domain.camera import StreamKind
from app.domain.ports import Frame
from tests.e2e.video.conftest import FPS, RtspCamera, wall_with
from tests.fakes.http_cameras import PASSWORD, USER, HttpCameras
from tests.fakes.video_clips import picture
from tests.fakes.waiting import run, until

LOGIN = f"{USER}:{PASSWORD}"


def looks_like_the_clip(frame: Frame, period: int) -> bool:
    """Compare with the pictures that the clip was encoded from; coding costs some levels of grey."""
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, frame.stride)
    shown = pixels[:, : frame.width * 4].reshape(frame.height, frame.width, 4)[:, :, 2::-1].astype(int)
    differences = (np.abs(shown - picture(n, frame.width, frame.height)).mean() for n in range(period))
    return min(differences) < 12


@pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_rtsp_is_live_over_tcp_and_over_udp(
    rtsp_camera: Callable[..., RtspCamera], transport: str, decoder: str
) -> None:
    camera = rtsp_camera("--transport", transport)

    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            await wall.pictures(key, 20)
            frame = wall.engine.newest(key)
            assert frame is not None
            assert (frame.width, frame.height) == (640, 360)
            assert frame.aspect == pytest.approx(16 / 9)
            assert looks_like_the_clip(frame, 60)
            assert wall.facts(key).interval_s == pytest.approx(1 / FPS)

            def on_their_way() -> int:
                facts = wall.facts(key)
                return facts.packets_read - facts.pictures_decoded

            # Every packet becomes a picture; on a busy machine some more are on their way for a moment.
            await until(lambda: 0 <= on_their_way() <= 3)

    run(scene())


@pytest.mark.parametrize("method", ["basic", "digest"])
def test_rtsp_with_a_password_is_live(rtsp_camera: Callable[..., RtspCamera], method: str) -> None:
    options = ["--user", USER, "--password", PASSWORD, *(["--digest"] if method == "digest" else [])]
    camera = rtsp_camera(*options)

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url(login=LOGIN), StreamKind.RTSP)
            await wall.until_live(key)

    run(scene())


def test_hls_is_live_and_goes_on_over_segments(http_cameras: HttpCameras) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", http_cameras.url("/hls/index.m3u8"), StreamKind.HLS)
            await wall.until_live(key)
            # Segments are one second long: this is over two of them.
            wall.seen.clear()
            await wall.pictures(key, 2 * FPS)
            await wall.until_live(key)
            frame = wall.engine.newest(key)
            assert frame is not None
            assert looks_like_the_clip(frame, 60)

    run(scene())


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/mjpeg", ""),
        ("/mjpeg-plain", ""),
        ("/still.jpg", ""),
        ("/basic/still.jpg", LOGIN),
        ("/digest/mjpeg", LOGIN),
    ],
)
def test_jpeg_cameras_are_live(http_cameras: HttpCameras, path: str, login: str) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", http_cameras.url(path, login), StreamKind.JPEG, fps=5.0)
            await wall.until_live(key)
            await wall.pictures(key, 4)
            frame = wall.engine.newest(key)
            assert frame is not None
            assert (frame.width, frame.height) == (320, 180)
            assert looks_like_the_clip(frame, 60)
            counters = wall.engine.counters(key)
            assert counters is not None
            assert counters.pictures <= counters.packets
            assert counters.restarts == 0

    run(scene())


def test_a_stream_goes_on_with_a_new_lease(plain_camera: RtspCamera) -> None:
    camera = plain_camera

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url("1"), StreamKind.RTSP)
            await wall.until_live(key)
            before = wall.engine.newest_number(key)
            assert await wall.open("a", camera.url("2"), StreamKind.RTSP) == key
            await wall.pictures(key, 5)
            assert wall.restarts(key) == 0
            assert wall.engine.newest_number(key) > before

    run(scene())


def test_a_closed_stream_leaves_no_facts_and_no_picture(plain_camera: RtspCamera) -> None:
    camera = plain_camera

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            other = await wall.open("b", camera.url("2"), StreamKind.RTSP)
            await wall.until_live(key, other)
            await wall.engine.close(key)
            assert wall.engine.facts(key) is None
            assert wall.engine.newest(key) is None
            assert wall.engine.newest_number(key) == 0
            await wall.engine.close(key)
            await wall.pictures(other, 10)
            await wall.engine.close(other)
            # The worker without streams ends; the warm one stays.
            await until(lambda: len(wall.engine.worker_processes()) == 1, 15.0, "one worker left")

    run(scene())
