"""Real decoders never put a pixel below a mask into the memory that the console sees."""

from __future__ import annotations

import os
import signal
from math import ceil, floor

import numpy as np
import numpy.typing as npt
import pytest

from app.domain.camera import StreamKey, StreamKind
from app.domain.picture_size import PictureSize
from app.domain.ports import Frame
from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import FAULT_WORDS, Fault, StreamState
from app.sources.video.ring import RingReader
from tests.e2e.video.conftest import RtspCamera, Wall, wall_with
from tests.fakes.http_cameras import HttpCameras
from tests.fakes.waiting import run, until

LEFT = PrivacyMask(0.0, 0.2, 0.4, 0.6)
RIGHT = PrivacyMask(0.6, 0.1, 0.35, 0.8)
UNFIT = PrivacyMask(0.5, 0.5, 0.6, 0.1)
GREY, ROUNDING = 95, 6
DECODERS = pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])


def part(pixels: memoryview, frame: Frame | RingReader, mask: PrivacyMask) -> npt.NDArray[np.int64]:
    """Return the pixels that lie wholly below the mask."""
    rows = np.frombuffer(pixels, np.uint8).reshape(frame.height, frame.stride)
    shown = rows[:, : frame.width * 4].reshape(frame.height, frame.width, 4)[:, :, :3].astype(int)
    return shown[
        ceil(mask.top * frame.height) : floor((mask.top + mask.height) * frame.height),
        ceil(mask.left * frame.width) : floor((mask.left + mask.width) * frame.width),
    ]


def hidden(frame: Frame, mask: PrivacyMask) -> bool:
    return bool(np.abs(part(frame.pixels, frame, mask) - GREY).max() <= ROUNDING)


def seen(frame: Frame, mask: PrivacyMask) -> bool:
    """Say whether that part shows the clip, whose ramp has every colour."""
    return bool(part(frame.pixels, frame, mask).std() > 20)


async def watch(wall: Wall, key: StreamKey, count: int, mask: PrivacyMask) -> None:
    """Look at every slot of the ring, finished or not, while so many more pictures come."""
    goal = wall.engine.newest_number(key) + count

    def clean() -> bool:
        ring = wall.engine._records[key]._shown
        assert ring is not None
        for slot in ring.reader._pictures:
            below = part(slot, ring.reader, mask)
            assert ((np.abs(below - GREY) <= ROUNDING) | (below == 0)).all()
        return wall.engine.newest_number(key) >= goal

    await until(clean, 25.0, f"{count} pictures of {key}")


def newest(wall: Wall, key: StreamKey) -> Frame:
    frame = wall.engine.newest(key)
    assert frame is not None
    return frame


@DECODERS
def test_no_slot_of_the_ring_ever_holds_what_a_mask_hides(plain_camera: RtspCamera, decoder: str) -> None:
    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await wall.open("a", plain_camera.url(), StreamKind.RTSP, masks=(LEFT,))
            await wall.until_live(key)
            await watch(wall, key, 20, LEFT)
            assert seen(newest(wall, key), RIGHT)
            for size in (PictureSize(333, 187), PictureSize(960, 540), PictureSize(160, 90)):
                wall.engine.fit(key, size)
                await until(lambda size=size: newest(wall, key).width == size.width)
                await watch(wall, key, 3, LEFT)
                assert hidden(newest(wall, key), LEFT)
                assert seen(newest(wall, key), RIGHT)
            assert wall.restarts(key) == 0

    run(scene())


@DECODERS
def test_a_renewed_lease_with_another_mask_goes_on_with_that_one(
    plain_camera: RtspCamera, decoder: str
) -> None:
    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            key = await wall.open("a", plain_camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            processes = wall.engine.worker_processes()
            assert seen(newest(wall, key), LEFT)
            for masks in ((LEFT,), (LEFT, RIGHT), (RIGHT,), ()):
                number = wall.engine.newest_number(key)
                await wall.open("a", plain_camera.url(), StreamKind.RTSP, masks=masks)
                # Not even the last picture stays: it shows what may be hidden now.
                assert wall.engine.newest(key) is None
                assert wall.status(key).state is StreamState.CONNECTING
                await until(lambda: wall.engine.newest(key) is not None, what="the next picture")
                for mask in (LEFT, RIGHT):
                    assert hidden(newest(wall, key), mask) is (mask in masks)
                    assert seen(newest(wall, key), mask) is (mask not in masks)
                assert wall.engine.newest_number(key) > number
                await wall.until_live(key)
            assert wall.restarts(key) == 0
            assert processes.items() <= wall.engine.worker_processes().items()

    run(scene())


@pytest.mark.parametrize(
    ("path", "decoder"),
    [("/still.jpg", "libvlc"), ("/still.jpg", "ffmpeg"), ("/mjpeg", "libvlc"), ("/mjpeg", "ffmpeg")],
)
def test_stills_are_masked_even_by_a_mask_that_comes_after_the_last_new_one(
    http_cameras: HttpCameras, path: str, decoder: str
) -> None:
    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            url = http_cameras.url(path)
            key = await wall.open("a", url, StreamKind.JPEG, fps=10.0, masks=(LEFT,))
            await wall.until_live(key)
            await watch(wall, key, 5, LEFT)
            assert seen(newest(wall, key), RIGHT)
            http_cameras.frozen.set()
            await wall.open("a", url, StreamKind.JPEG, fps=10.0, masks=(RIGHT,))
            assert wall.engine.newest(key) is None
            await until(lambda: wall.engine.newest(key) is not None, what="the still once more")
            assert hidden(newest(wall, key), RIGHT)
            assert seen(newest(wall, key), LEFT)
            assert wall.restarts(key) == 0

    run(scene())


def test_masks_that_cannot_be_applied_show_no_picture_and_say_so(plain_camera: RtspCamera) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", plain_camera.url(), StreamKind.RTSP, masks=(LEFT, UNFIT))
            await wall.until_fault(key)
            assert wall.facts(key).fault is Fault.MASKS_UNFIT
            assert "masks" in FAULT_WORDS[Fault.MASKS_UNFIT]
            assert wall.engine.newest(key) is None
            await wall.open("a", plain_camera.url(), StreamKind.RTSP, masks=(LEFT,))
            await wall.until_live(key)
            await wall.open("a", plain_camera.url(), StreamKind.RTSP, masks=(UNFIT,))
            assert wall.engine.newest(key) is None

            def told() -> bool:
                frame = wall.engine.newest(key)
                assert frame is None or hidden(frame, PrivacyMask(0, 0, 1, 1))
                return wall.facts(key).fault is Fault.MASKS_UNFIT

            await until(told, 10.0, "the fault")

    run(scene())


def test_a_stream_that_moves_to_another_worker_takes_its_masks_along() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("a", "synthetic:320x180@25", StreamKind.RTSP, masks=(LEFT,))
            await wall.until_live(key)
            name = wall.engine.worker_of(key)
            assert name is not None
            os.kill(wall.engine.worker_processes()[name], signal.SIGKILL)
            await wall.until_restarted(key)
            await wall.until_live(key)
            await until(lambda: wall.engine.worker_of(key) not in (None, name))
            await wall.pictures(key, 3)
            frame = newest(wall, key)
            assert not part(frame.pixels, frame, LEFT).any()
            assert part(frame.pixels, frame, RIGHT).all()

    run(scene())
