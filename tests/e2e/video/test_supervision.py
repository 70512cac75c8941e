"""Workers that crash, hang, or lose their console."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from app.domain.camera import StreamKey, StreamKind
from app.domain.stream_state import Fault, StreamState
from app.sources.video import fleet
from app.sources.video.hearing import Patience
from app.sources.video.segment import directory
from app.wire.worker import WorkerReady
from tests.e2e.video.conftest import RtspCamera, Wall, wall_with
from tests.fakes.waiting import run, until

ROOT = Path(__file__).parents[3]
FAST = "synthetic:64x36@50"


async def open_synthetic(wall: Wall, count: int, url: str = FAST) -> list[StreamKey]:
    keys = [await wall.open(f"s{number}", url, StreamKind.RTSP) for number in range(count)]
    await wall.until_live(*keys)
    return keys


def is_whole(wall: Wall, key: StreamKey) -> bool:
    frame = wall.engine.newest(key)
    if frame is None:
        return True
    values = set(bytes(frame.pixels))
    return len(values) == 1 or not frame.still_whole()


def test_a_killed_worker_is_back_within_two_seconds_and_the_others_lose_nothing(
    plain_camera: RtspCamera,
) -> None:
    async def scene() -> None:
        async with wall_with(streams_per_worker=2) as wall:
            keys = [await wall.open(f"r{n}", plain_camera.url(str(n)), StreamKind.RTSP) for n in range(1, 5)]
            await wall.until_live(*keys)
            workers = {key: wall.engine.worker_of(key) for key in keys}
            victim = workers[keys[0]]
            hit = [key for key in keys if workers[key] == victim]
            spared = [key for key in keys if key not in hit]
            assert len(hit) == len(spared) == 2
            await wall.pictures(keys[0], 5)

            numbers = {key: wall.engine.newest_number(key) for key in keys}
            packets = {key: wall.facts(key).packets_read for key in spared}
            os.kill(wall.engine.worker_processes()[str(victim)], signal.SIGKILL)
            await wall.until_restarted(hit[0])
            assert wall.engine.newest(hit[0]) is not None
            assert wall.engine.newest_number(hit[0]) >= numbers[hit[0]]

            def back() -> bool:
                fresh = all(wall.engine.newest_number(key) > numbers[key] + 3 for key in hit)
                return fresh and all(wall.status(key).state is StreamState.LIVE for key in hit)

            await until(back, what="back")
            for key in spared:
                facts = wall.facts(key)
                assert wall.restarts(key) == 0
                # They went on all the while, and each packet was shown, but for what is on its way.
                assert facts.packets_read > packets[key]
                assert facts.packets_read - facts.pictures_decoded <= 4

    run(scene())


def test_a_crash_takes_only_its_own_worker() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic", streams_per_worker=2) as wall:
            keys = await open_synthetic(wall, 4)
            wall.engine.direct(keys[0], "crash")
            await wall.until_restarted(keys[1])
            await wall.until_live(*keys)
            assert [wall.restarts(key) for key in keys] == [1, 1, 0, 0]

    run(scene())


def test_a_stream_that_brings_down_its_workers_gets_one_alone() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic", streams_per_worker=4) as wall:
            keys = await open_synthetic(wall, 2)
            for times in (1, 2):
                await wall.until_live(*keys)
                # The last worker's picture may still be young: only the new worker's can be told to crash.
                await wall.pictures(keys[0], 3)
                wall.engine.direct(keys[0], "crash")
                await wall.until_restarted(keys[0], times)
            await wall.until_live(*keys)
            assert wall.engine.worker_of(keys[0]) != wall.engine.worker_of(keys[1])

    run(scene())


def test_a_silent_worker_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_PATIENCE", Patience(long_s=1.0))

    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            before = wall.engine.worker_of(key)
            wall.engine.direct(key, "hang")
            await wall.until_restarted(key)
            await wall.until_live(key)
            assert wall.engine.worker_of(key) != before

    run(scene())


def test_a_stopped_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_PATIENCE", Patience(long_s=1.0))

    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            os.kill(wall.engine.worker_processes()[str(wall.engine.worker_of(key))], signal.SIGSTOP)
            await wall.until_restarted(key)
            await wall.until_live(key)

    run(scene())


def test_a_worker_over_its_memory_ceiling_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_MEMORY_EVERY", 1)

    async def scene() -> None:
        async with wall_with(decoder="synthetic", memory_ceiling_mb=1.0) as wall:
            key = await wall.open("a", FAST, StreamKind.RTSP)
            await wall.until_restarted(key)

    run(scene())


def test_a_decoder_that_will_not_stop_holds_up_nobody() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            keys = await open_synthetic(wall, 2)
            wall.engine.direct(keys[0], "hang_stop")
            await wall.engine.close(keys[0])
            assert wall.restarts(keys[1]) == 0, "nobody waited for the worker"
            # The worker gives up on it, and the neighbour moves to another.
            await wall.until_restarted(keys[1])
            await wall.until_live(keys[1])

    run(scene())


def test_the_engine_closes_at_once_though_a_decoder_hangs() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            keys = await open_synthetic(wall, 2)
            wall.engine.direct(keys[0], "hang_stop")
            wall.engine.direct(keys[1], "hang")

    run(scene())


def test_no_torn_picture_is_ever_handed_out() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1, "synthetic:640x360@100")
            goal = wall.engine.newest_number(key) + 100
            await until(lambda: is_whole(wall, key) and wall.engine.newest_number(key) > goal, 10.0)
            wall.engine.direct(key, "tear")
            await until(lambda: wall.status(key).state is StreamState.DELAYED, what="delayed")
            frame = wall.engine.newest(key)
            assert frame is not None
            assert len(set(bytes(frame.pixels))) == 1

    run(scene())


def test_packets_without_pictures_are_not_life() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            wall.engine.direct(key, "repeat")
            await until(lambda: wall.status(key).state is StreamState.DELAYED, what="delayed")
            before = wall.facts(key).packets_read
            await until(lambda: wall.facts(key).packets_read > before, what="packets")

    run(scene())


def test_a_new_size_comes_as_a_new_ring_and_the_numbers_go_on() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            await wall.pictures(key, 10)
            old = wall.engine.newest(key)
            assert old is not None
            wall.engine.direct(key, "resize", 128, 72)

            def resized() -> bool:
                frame = wall.engine.newest(key)
                assert frame is not None, "the last picture stays until the new size has one"
                assert frame.number >= old.number
                return frame.width == 128

            await until(resized, what="the new size")
            await wall.until_live(key)
            assert wall.restarts(key) == 0
            # A painter that still holds a picture of the old ring reads memory that is there.
            assert len(set(bytes(old.pixels))) == 1

    run(scene())


def test_the_end_of_a_source_is_a_fault_and_it_is_opened_again() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            wall.engine.direct(key, "end")
            await wall.until_restarted(key)
            await wall.until_live(key)

    run(scene())


def test_full_shared_memory_is_said_on_the_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(f_frsize=4096, f_bavail=0, f_blocks=16384)

    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            [key] = await open_synthetic(wall, 1)
            monkeypatch.setattr(os, "fstatvfs", lambda _file: full)
            other = await wall.open("b", FAST, StreamKind.RTSP)
            await until(lambda: wall.facts(other).fault is Fault.NO_ROOM, what="no room")
            assert wall.status(key).state is StreamState.LIVE

    run(scene())


def test_workers_end_by_themselves_when_the_console_is_killed() -> None:
    console = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "fakes" / "video_console.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with console:
        assert console.stdout is not None
        pids = [int(pid) for pid in console.stdout.readline().split()]
        assert len(pids) >= 2
        assert all(psutil.pid_exists(pid) for pid in pids)
        console.kill()
    run(
        until(lambda: not any(psutil.pid_exists(pid) and _runs(pid) for pid in pids), what="the workers' end")
    )
    assert not list(directory().glob(f"wf-{console.pid}-*"))


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_hardware_decoding_that_is_not_there_costs_nothing_and_says_why(plain_camera: RtspCamera) -> None:
    async def scene() -> None:
        async with wall_with(hardware_decoding=True) as wall:
            key = await wall.open("a", plain_camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            assert wall.restarts(key) == 0
            said = wall.engine.decoding[str(wall.engine.worker_of(key))]
            assert said.startswith(("In software: ", "In hardware where "))

    run(scene())


@pytest.mark.parametrize("decoder", ["libvlc", "ffmpeg"])
def test_each_worker_says_how_it_decodes(decoder: str) -> None:
    async def scene() -> None:
        async with wall_with(decoder=decoder) as wall:
            await until(lambda: bool(wall.engine.decoding))
            assert set(wall.engine.decoding.values()) == {
                {"libvlc": "In software, by libVLC", "ffmpeg": "In software, by FFmpeg"}[decoder]
            }
        assert not wall.engine.decoding

    run(scene())


def test_a_worker_that_dies_of_its_hardware_is_the_last_to_use_it() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic", hardware_decoding=True, streams_per_worker=1) as wall:
            keys = await open_synthetic(wall, 2)
            fleet_of = wall.engine._fleet
            await until(lambda: len(wall.engine.decoding) == 3, what="the spare worker too")
            for worker in [*fleet_of._workers, *fleet_of._warm()]:
                # As a worker with hardware says it.
                fleet_of._hear(worker, WorkerReady(decoding="In hardware", in_hardware=True))
            (spare,) = fleet_of._warm()
            name = str(wall.engine.worker_of(keys[0]))
            os.kill(wall.engine.worker_processes()[name], signal.SIGKILL)
            await wall.until_restarted(keys[0])
            await until(lambda: wall.engine.worker_of(keys[0]) not in (None, name))
            assert wall.engine.worker_of(keys[0]) != spare.name
            await until(lambda: spare.gone)
            await wall.until_live(*keys)
            said = wall.engine.decoding[str(wall.engine.worker_of(keys[0]))]
            assert said == "In software: a decoder that used the hardware ended unexpectedly"
            assert wall.engine.decoding[str(wall.engine.worker_of(keys[1]))] == "In hardware"

    run(scene())
