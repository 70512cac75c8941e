"""What the engine counts of a stream: from its opening on, through every change of ring."""

from __future__ import annotations

from app.domain.camera import StreamKey, StreamKind
from app.domain.ports import StreamCounts
from app.sources.video.figures import VideoFigures
from tests.e2e.video.conftest import MachineClock, RtspCamera, Wall, wall_with
from tests.fakes.waiting import run, until

URL = "synthetic:64x36@50"


def counts(wall: Wall, key: StreamKey) -> StreamCounts:
    found = VideoFigures(wall.engine, MachineClock()).counts(key)
    assert found is not None
    return found


def test_each_packet_is_counted_with_its_bytes_and_no_change_of_size_takes_any_back() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("one", URL, StreamKind.RTSP)
            await wall.pictures(key, 10)
            # A synthetic camera's packets are one byte long.
            before = counts(wall, key)
            assert before.received_bytes >= 10
            assert abs(before.received_bytes - before.received) <= 1
            wall.engine.direct(key, "resize", 128, 72)
            most = before.received_bytes

            def grown() -> bool:
                nonlocal most
                now = counts(wall, key)
                assert now.received_bytes >= most
                assert abs(now.received_bytes - now.received) <= 1
                most = now.received_bytes
                frame = wall.engine.newest(key)
                return frame is not None and frame.width == 128 and most >= before.received_bytes + 30

            await until(grown, 10.0, "counts that go on")

    run(scene())


def test_packets_that_a_decoder_is_too_late_for_are_counted_as_left_out() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("one", URL, StreamKind.RTSP)
            await wall.pictures(key, 5)
            assert counts(wall, key).left_out == 0
            wall.engine.direct(key, "lag")
            await until(lambda: counts(wall, key).left_out >= 10, what="packets left out")
            lagging = counts(wall, key)
            assert lagging.received >= lagging.decoded + lagging.left_out
            wall.engine.direct(key, "thaw")
            await wall.pictures(key, 5)

    run(scene())


def test_a_real_cameras_bytes_are_those_of_its_pictures(
    plain_camera: RtspCamera, access_units: list[bytes]
) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("one", plain_camera.url(), StreamKind.RTSP)
            # Four seconds of clip, played round and round.
            await until(lambda: counts(wall, key).received >= len(access_units), 25.0, "the whole clip")
            found = counts(wall, key)
            mean = sum(map(len, access_units)) / len(access_units)
            assert 0.7 < found.received_bytes / found.received / mean < 1.5

    run(scene())
