"""The wall says how large; the camera may change its mind; neither costs a gap or a process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain.camera import StreamKey, StreamKind
from app.domain.picture_size import PictureSize
from app.domain.stream_state import StreamState
from tests.e2e.video.conftest import FPS, RtspCamera, Wall, require_gstreamer, wall_with
from tests.fakes.http_cameras import HttpCameras
from tests.fakes.video_clips import encode_access_units, encode_jpeg, write_clip
from tests.fakes.waiting import run, until


def size_of(wall: Wall, key: StreamKey) -> PictureSize:
    frame = wall.engine.newest(key)
    return PictureSize(0, 0) if frame is None else PictureSize(frame.width, frame.height)


def test_pictures_come_in_the_size_that_the_wall_wants_without_a_gap(plain_camera: RtspCamera) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", plain_camera.url(), StreamKind.RTSP)
            wall.engine.fit(key, PictureSize(480, 270))
            await wall.until_live(key)
            assert size_of(wall, key) == PictureSize(480, 270)
            for size in (PictureSize(320, 180), PictureSize(333, 187), PictureSize(960, 540)):
                wall.seen.clear()
                number = wall.engine.newest_number(key)
                wall.engine.fit(key, size)
                await until(lambda size=size: size_of(wall, key) == size, 5.0, f"pictures of {size}")
                assert wall.engine.newest_number(key) >= number
                await until(lambda: wall.status(key).state is StreamState.LIVE)
                assert set(wall.seen) == {StreamState.LIVE}
            # Looked at from near, it is made as large as the camera's own and no larger.
            wall.engine.fit(key, PictureSize(3840, 2160, magnified=True))
            await until(lambda: size_of(wall, key) == PictureSize(640, 360), what="the camera's own size")
            frame = wall.engine.newest(key)
            assert frame is not None
            assert frame.aspect == pytest.approx(16 / 9)
            # The bright bar of the drawn clip is there: scaled, and in its own colour.
            pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, -1, 4)[:, : frame.width]
            bar = pixels[frame.height * 3 // 8].astype(int)
            assert ((bar[:, 1] > 200) & (bar[:, 2] > 200) & (bar[:, 0] < 120)).sum() > 20
            assert wall.restarts(key) == 0

    run(scene())


@pytest.mark.parametrize(
    ("codec", "decoder"), [("libx264", "libvlc"), ("libx265", "libvlc"), ("libx264", "ffmpeg")]
)
def test_a_camera_that_changes_its_size_goes_on(
    rtsp_camera: Callable[..., RtspCamera], tmp_path: Path, codec: str, decoder: str
) -> None:
    require_gstreamer()
    units = [
        unit
        for width, height in ((640, 360), (320, 240))
        for unit in encode_access_units(width=width, height=height, fps=FPS, seconds=3, codec=codec)
    ]
    clip = write_clip(tmp_path / "two-sizes.bin", units)
    camera = RtspCamera(clip, *(["--codec", "h265"] if codec == "libx265" else []))

    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            processes = wall.engine.worker_processes()
            first, wall.seen = size_of(wall, key), []
            for _ in range(2):
                await until(lambda first=first: size_of(wall, key) != first, 10.0, "the other size")
                other = wall.engine.newest(key)
                assert other is not None
                second = PictureSize(other.width, other.height)
                assert {first, second} == {PictureSize(640, 360), PictureSize(320, 240)}
                assert other.aspect == pytest.approx(other.width / other.height)
                first = size_of(wall, key)
                assert wall.status(key).state is StreamState.LIVE
            assert wall.restarts(key) == 0
            assert processes.items() <= wall.engine.worker_processes().items()

    try:
        run(scene(), 45.0)
    finally:
        camera.stop()


@pytest.mark.parametrize(
    ("path", "decoder"), [("/still.jpg", "libvlc"), ("/mjpeg", "libvlc"), ("/mjpeg", "ffmpeg")]
)
def test_a_stills_camera_that_changes_its_size_goes_on(
    http_cameras: HttpCameras, path: str, decoder: str
) -> None:
    http_cameras.pictures = [encode_jpeg(n, *((320, 180) if n // 20 % 2 else (160, 120))) for n in range(40)]

    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await wall.open("a", http_cameras.url(path), StreamKind.JPEG, fps=10.0)
            await wall.until_live(key)
            for size in (PictureSize(160, 120), PictureSize(320, 180), PictureSize(160, 120)):
                await until(lambda size=size: size_of(wall, key) == size, 10.0, f"pictures of {size}")
            assert wall.restarts(key) == 0

    run(scene())
