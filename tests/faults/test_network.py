"""A network that falls silent, breaks off, damages, delays and loses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import StreamState, Thresholds
from tests.e2e.video.conftest import wall_with
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.waiting import run
from tests.faults.conftest import POLICY, FaultyCamera, Tile
from tests.faults.rtp_faults import GarbledBytes, RtpFaults

Start = Callable[..., FaultyCamera]
LIVE_S = Thresholds().live_s
DECODERS = pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])


@pytest.mark.parametrize("swallowed_s", [3.0, 12.0])
def test_a_half_open_connection_is_never_live(camera: Start, swallowed_s: float) -> None:
    source = camera("--transport", "tcp")

    async def scene() -> None:
        async with TcpProxy(source.port) as proxy, wall_with(policy=POLICY) as wall:
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"half-open TCP for {swallowed_s:.0f} s")
            tile.begins()
            proxy.swallow()
            await tile.honest()
            await tile.for_s(swallowed_s)
            proxy.heal()
            await tile.live_again()

    run(scene(), 44)


@pytest.mark.parametrize("how", ["reset", "cut"])
def test_a_connection_that_ends(camera: Start, how: str) -> None:
    source = camera("--transport", "tcp")

    async def scene() -> None:
        async with TcpProxy(source.port) as proxy, wall_with(policy=POLICY) as wall:
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"connection {how}")
            tile.begins()
            getattr(proxy, how)()
            await tile.honest(StreamState.OFFLINE)
            await tile.live_again()

    run(scene(), 44)


@DECODERS
@pytest.mark.parametrize("share", [0.0005, 0.02])
def test_garbled_pictures_do_not_end_the_worker(camera: Start, share: float, decoder: str) -> None:
    source, faults = camera("--transport", "tcp"), RtpFaults()

    async def scene() -> None:
        async with (
            TcpProxy(source.port, faults.interleaved) as proxy,
            wall_with(policy=POLICY, decoder=decoder) as wall,
        ):
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            workers = wall.engine.worker_processes()
            tile = Tile(wall, key, f"{share:.2%} of bytes garbled in RTP ({decoder})")
            tile.begins()
            faults.garbled = share
            await tile.for_s(12.0, never=StreamState.DENIED)
            faults.garbled = 0.0
            # A second of waiting for the next key picture is the camera's.
            await tile.live_again(more_s=1.0)
            await wall.pictures(key, 15)
            assert workers.items() <= wall.engine.worker_processes().items()

    run(scene(), 44)


@DECODERS
def test_a_garbled_connection_does_not_end_the_worker(camera: Start, decoder: str) -> None:
    source, rubbish = camera("--transport", "tcp"), GarbledBytes()

    async def scene() -> None:
        async with (
            TcpProxy(source.port, rubbish.alteration) as proxy,
            wall_with(policy=POLICY, decoder=decoder) as wall,
        ):
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            workers = wall.engine.worker_processes()
            tile = Tile(wall, key, f"0.5% of all bytes garbled ({decoder})")
            tile.begins()
            rubbish.share = 0.005
            await tile.for_s(12.0, never=StreamState.DENIED)
            rubbish.share = 0.0
            await tile.live_again(more_s=1.0)
            await wall.pictures(key, 15)
            assert workers.items() <= wall.engine.worker_processes().items()

    run(scene(), 44)


@DECODERS
def test_time_stamps_that_jump_by_hours(camera: Start, decoder: str) -> None:
    source, faults = camera("--transport", "tcp"), RtpFaults()

    async def scene() -> None:
        async with (
            TcpProxy(source.port, faults.interleaved) as proxy,
            wall_with(policy=POLICY, decoder=decoder) as wall,
        ):
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            tile = Tile(wall, key, f"time stamps jump by ±4 h ({decoder})")
            tile.begins()
            for turn, jump_s in enumerate((4 * 3600.0, -4 * 3600.0, 0.0, 60.0, -60.0), start=1):
                faults.jump_s = jump_s
                await tile.for_s(2.0 * turn, never=StreamState.DELAYED)
            assert tile.said == ["live"]
            await wall.pictures(key, 15)
            assert wall.restarts(key) == 0
            tile.note("never left live")

    run(scene(), 44)


def test_a_server_that_answers_only_after_twenty_seconds(camera: Start) -> None:
    source = camera("--transport", "tcp")

    async def scene() -> None:
        async with TcpProxy(source.port) as proxy, wall_with(policy=POLICY) as wall:
            proxy.swallow()
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            tile = Tile(wall, key, "slow start of 20 s")
            tile.begins()
            await tile.honest(StreamState.CONNECTING)
            await tile.for_s(20.0)
            proxy.heal()
            await tile.live_again()

    run(scene(), 44)


@DECODERS
def test_a_delay_that_grows_is_not_live_and_heals(camera: Start, decoder: str) -> None:
    """Pictures keep coming, each later than the one before: only the camera's own clock tells."""
    source = camera("--transport", "tcp")

    async def scene() -> None:
        async with TcpProxy(source.port) as proxy, wall_with(policy=POLICY, decoder=decoder) as wall:
            key = await wall.open("a", f"rtsp://127.0.0.1:{proxy.port}/1", StreamKind.RTSP)
            await wall.until_live(key)
            # The least delay must have been seen before it grows.
            await wall.pictures(key, 15)
            tile = Tile(wall, key, f"delay grows to 6 s in 12 s ({decoder})")
            tile.begins()
            began = time.monotonic()
            while proxy.late_s < 5.9:
                proxy.delay_s = min(6.0, (time.monotonic() - began) / 2)
                # A picture is noticed with the next one, and none before the best of four is late.
                assert tile.state is not StreamState.LIVE or proxy.late_s < LIVE_S + 0.5, tile.said
                await asyncio.sleep(0.02)
            assert tile.said == ["live", "delayed/late"]
            age_s = wall.status(key).age_s
            assert age_s is not None
            assert 5.5 < age_s < 7.0
            proxy.delay_s = 0.0
            # What is held back comes first, each at its time.
            await tile.live_again(more_s=6.0)
            await wall.pictures(key, 15)
            assert wall.restarts(key) == 0

    run(scene(), 44)


@DECODERS
def test_thirty_percent_loss_over_udp(camera: Start, decoder: str) -> None:
    source = camera("--transport", "udp", "--loss", "0.3")

    async def scene() -> None:
        async with wall_with(policy=POLICY, decoder=decoder) as wall:
            key = await wall.open("a", source.url(), StreamKind.RTSP)
            await wall.until_live(key)
            workers = wall.engine.worker_processes()
            tile = Tile(wall, key, f"30% loss over UDP ({decoder})")
            tile.begins()
            await tile.for_s(15.0, never=StreamState.OFFLINE)
            source.command("whole")
            await tile.live_again(more_s=1.0)
            assert workers.items() <= wall.engine.worker_processes().items()

    run(scene(), 44)
