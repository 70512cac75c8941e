"""A camera that stops, dies, changes, or never shows what it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault, StreamState
from tests.e2e.video.conftest import wall_with
from tests.fakes.http_cameras import PASSWORD, USER
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.video_clips import encode_access_units, write_clip
from tests.fakes.waiting import run, until
from tests.faults.conftest import POLICY, FaultyCamera, Tile
from tests.faults.rtp_faults import KEY_UNITS, SETS, RtpFaults

Start = Callable[..., FaultyCamera]
DECODERS = pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])


@pytest.mark.parametrize("stopped_s", [3.0, 12.0])
def test_a_frozen_source_is_never_live(camera: Start, stopped_s: float) -> None:
    source = camera()

    async def scene() -> None:
        async with wall_with(policy=POLICY) as wall:
            key = await wall.open("a", source.url(), StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"source frozen for {stopped_s:.0f} s (SIGSTOP)")
            tile.begins()
            source.pause()
            await tile.honest()
            await tile.for_s(stopped_s)
            source.go_on()
            await tile.live_again()

    run(scene(), 44)


@DECODERS
def test_a_server_that_is_killed_and_started_again(camera: Start, decoder: str) -> None:
    source = camera()

    async def scene() -> None:
        async with wall_with(policy=POLICY, decoder=decoder) as wall:
            key = await wall.open("a", source.url(), StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"server killed, restarted ({decoder})")
            tile.begins()
            source.kill()
            await tile.honest(StreamState.OFFLINE)
            await until(lambda: wall.facts(key).fault is Fault.UNREACHABLE, 5.0)
            await tile.for_s(3.0)
            camera("--port", str(source.port))
            await tile.live_again()

    run(scene(), 44)


def test_a_path_that_is_missing_and_then_there(camera: Start) -> None:
    source = camera()

    async def scene() -> None:
        async with wall_with(policy=POLICY) as wall:
            key = await wall.open("a", source.url("late"), StreamKind.RTSP)
            tile = Tile(wall, key, "404, then present")
            tile.begins()
            await tile.honest(StreamState.OFFLINE)
            assert wall.facts(key).fault is Fault.NOT_FOUND
            await tile.for_s(3.0)
            source.command("present")
            await tile.live_again()

    run(scene(), 44)


def test_a_wrong_password_and_then_the_right_one(camera: Start) -> None:
    source = camera("--user", USER, "--password", PASSWORD)

    async def scene() -> None:
        async with wall_with(policy=POLICY) as wall:
            key = await wall.open("a", source.url(login=f"{USER}:wrong"), StreamKind.RTSP)
            tile = Tile(wall, key, "401, then another password")
            tile.begins()
            await tile.honest(StreamState.DENIED)
            assert wall.facts(key).fault is Fault.PASSWORD_REFUSED
            # Not tried again soon: some cameras lock an account that is.
            await tile.for_s(5.0)
            assert wall.restarts(key) == 1
            await wall.open("a", source.url(login=f"{USER}:{PASSWORD}"), StreamKind.RTSP)
            await tile.live_again()

    run(scene(), 44)


def test_a_host_name_that_is_unknown(camera: Start) -> None:
    source = camera()

    async def scene() -> None:
        async with wall_with(policy=POLICY) as wall:
            key = await wall.open("a", "rtsp://no-such-camera.invalid/1", StreamKind.RTSP)
            tile = Tile(wall, key, "DNS failure, then a good address")
            tile.begins()
            await tile.honest(StreamState.OFFLINE)
            assert wall.facts(key).fault is Fault.HOST_UNKNOWN
            await wall.open("a", source.url(), StreamKind.RTSP)
            await tile.live_again()

    run(scene(), 44)


def test_no_key_picture_for_thirty_seconds(camera: Start) -> None:
    source, faults = camera("--transport", "tcp"), RtpFaults()
    faults.hidden = KEY_UNITS

    async def scene() -> None:
        async with TcpProxy(source.port, faults.interleaved) as proxy, wall_with(policy=POLICY) as wall:
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            tile = Tile(wall, key, "no key picture for 30 s")
            tile.begins()
            await tile.honest()
            await tile.for_s(30.0)
            assert wall.facts(key).pictures_decoded == 0
            assert wall.engine.newest_number(key) == 0
            faults.hidden = frozenset()
            # A second of waiting for the next key picture is the camera's.
            await tile.live_again(more_s=1.0)

    run(scene(), 44)


@DECODERS
def test_a_picture_a_second_is_live_and_freezes_late(camera: Start, tmp_path: Path, decoder: str) -> None:
    slow = write_clip(tmp_path / "slow.bin", encode_access_units(fps=1, seconds=20, gop=2))
    source = camera("--fps", "1", clip=slow)

    async def scene() -> None:
        async with wall_with(policy=POLICY, decoder=decoder) as wall:
            key = await wall.open("a", source.url(), StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"1 fps, then frozen ({decoder})")
            tile.begins()
            await tile.for_s(6.0, never=StreamState.DELAYED)
            assert tile.said == ["live"]
            tile.begins()
            source.command("freeze")
            await tile.honest()
            await tile.for_s(5.0)
            source.command("thaw")
            # Asked anew meanwhile. The server and FFmpeg each hold a picture until the next one begins.
            await tile.live_again(more_s=3.0)

    run(scene(), 44)


@DECODERS
def test_parameter_sets_that_only_the_description_holds(camera: Start, decoder: str) -> None:
    source, faults = camera("--transport", "tcp", "--sets", "0"), RtpFaults()
    faults.hidden = SETS

    async def scene() -> None:
        async with (
            TcpProxy(source.port, faults.interleaved) as proxy,
            wall_with(policy=POLICY, decoder=decoder) as wall,
        ):
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            tile = Tile(wall, key, f"parameter sets in the SDP only ({decoder})")
            tile.begins()
            await tile.live_again(more_s=1.0)
            await wall.pictures(key, 40)
            assert wall.restarts(key) == 0

    run(scene(), 44)


@DECODERS
def test_another_codec_and_size_after_a_restart(camera: Start, tmp_path: Path, decoder: str) -> None:
    source = camera()
    units = encode_access_units(width=480, height=270, codec="libx265")
    other = write_clip(tmp_path / "hevc.bin", units)

    async def scene() -> None:
        async with wall_with(policy=POLICY, decoder=decoder) as wall:
            key = await wall.open("a", source.url(), StreamKind.RTSP)
            await wall.until_live(key)
            workers = wall.engine.worker_processes()
            tile = Tile(wall, key, f"H.264 to H.265 by a restart ({decoder})")
            tile.begins()
            source.kill()
            await tile.honest(StreamState.OFFLINE)
            camera("--port", str(source.port), "--codec", "h265", clip=other)
            await tile.live_again()
            frame = wall.engine.newest(key)
            assert frame is not None
            assert (frame.width, frame.height) == (480, 270)
            assert workers.items() <= wall.engine.worker_processes().items()

    run(scene(), 44)
