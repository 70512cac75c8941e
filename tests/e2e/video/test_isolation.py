"""Workers that hang or grow under streams that must go on, and a console that runs out of means."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.domain.camera import StreamKey, StreamKind
from app.domain.stream_state import Fault, StreamState
from app.sources.video import fleet
from app.sources.video.hearing import Hearing, Patience
from app.sources.video.worker_process import WorkerProcess
from tests.e2e.video.conftest import MachineClock, RtspCamera, Wall, wall_with
from tests.fakes.waiting import run, until

ROOT = Path(__file__).parents[3]
FAST = "synthetic:64x36@50"
TURN_S = 0.2
PATIENCE = Patience()


def hearing(silent_s: float) -> Hearing:
    heard = Hearing()
    heard.listen(1.0, TURN_S)
    heard.silent_s = silent_s
    return heard


def hung(silent_s: float, *others_s: float, ready: bool = True, sign_age_s: float = 60.0) -> bool:
    return hearing(silent_s).hung(
        PATIENCE,
        ready=ready,
        sign_age_s=sign_age_s,
        others=[hearing(other_s) for other_s in others_s],
    )


def test_a_worker_that_alone_is_silent_is_hung() -> None:
    assert hung(1.0, 0.2)
    assert not hung(0.6, 0.2)


def test_when_all_workers_are_silent_the_computer_is_slow() -> None:
    assert not hung(1.0, 1.0, 1.2)
    assert hung(5.2, 5.2)
    assert not hung(1.0)


def test_a_silent_worker_whose_pictures_come_gets_more_time() -> None:
    assert not hung(1.0, 0.2, sign_age_s=0.1)
    assert hung(5.2, 0.2, sign_age_s=0.1)


def test_a_worker_that_starts_gets_its_time() -> None:
    assert not hung(6.0, 0.2, ready=False)
    assert hung(20.2, 0.2, ready=False)


def test_hearing_a_worker_ends_its_silence() -> None:
    heard = hearing(3.0)
    heard.listen(1.0, TURN_S)
    assert heard.silent_s > 3.0
    heard.listen(1.1, TURN_S)
    assert heard.silent_s == 0.0


def pid_of(wall: Wall, key: StreamKey) -> int:
    return wall.engine.worker_processes()[str(wall.engine.worker_of(key))]


async def warm(wall: Wall, streams_on: int) -> None:
    """Wait until a spare worker runs beside those that have streams."""
    await until(lambda: len(wall.engine.worker_processes()) > streams_on, 10.0, "a spare worker")


def test_a_stopped_worker_is_replaced_and_paints_again(plain_camera: RtspCamera) -> None:
    async def scene() -> None:
        async with wall_with(streams_per_worker=2) as wall:
            keys = [await wall.open(f"r{n}", plain_camera.url(str(n)), StreamKind.RTSP) for n in range(1, 5)]
            await wall.until_live(*keys)
            await warm(wall, 2)
            hit = [key for key in keys if wall.engine.worker_of(key) == wall.engine.worker_of(keys[0])]
            spared = [key for key in keys if key not in hit]
            assert len(hit) == len(spared) == 2
            os.kill(pid_of(wall, keys[0]), signal.SIGSTOP)
            for key in hit:
                await wall.until_restarted(key)
            numbers = {key: wall.engine.newest_number(key) for key in hit}
            await until(lambda: all(wall.engine.newest_number(k) > n for k, n in numbers.items()))
            assert [wall.restarts(key) for key in spared] == [0, 0]

    run(scene())


def test_a_console_that_stalls_blames_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead_s = 0.0
    monkeypatch.setattr(MachineClock, "monotonic", lambda _clock: time.monotonic() + ahead_s)

    async def scene() -> None:
        nonlocal ahead_s
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("a", FAST, StreamKind.RTSP)
            await wall.until_live(key)
            await warm(wall, 1)
            for _ in range(5):
                # As if the console had slept: all that it heard is old when it looks.
                ahead_s += 60.0
                await wall.pictures(key, 20)
            assert wall.restarts(key) == 0

    run(scene())


def test_a_spare_worker_that_hangs_is_replaced_before_it_is_needed() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("a", FAST, StreamKind.RTSP)
            await wall.until_live(key)
            await warm(wall, 1)
            [spare] = set(wall.engine.worker_processes().values()) - {pid_of(wall, key)}
            os.kill(spare, signal.SIGSTOP)
            await until(lambda: not psutil.pid_exists(spare), what="the end of the hung spare")
            await warm(wall, 1)
            assert wall.restarts(key) == 0

    run(scene())


def test_closing_the_last_stream_of_a_frozen_camera_ends_its_worker(
    rtsp_camera: Callable[..., RtspCamera], plain_camera: RtspCamera
) -> None:
    camera = rtsp_camera()

    async def scene() -> None:
        async with wall_with() as wall:
            key = await wall.open("a", camera.url(), StreamKind.RTSP)
            await wall.until_live(key)
            worker = pid_of(wall, key)
            camera.command("freeze")
            await until(lambda: wall.status(key).state is StreamState.FROZEN, what="frozen")
            await wall.engine.close(key)
            other = await wall.open("b", plain_camera.url(), StreamKind.RTSP)
            await wall.until_live(other)
            await until(lambda: not psutil.pid_exists(worker), what="the worker's end")

    run(scene())


def test_a_worker_that_is_dismissed_while_it_hangs_is_killed() -> None:
    async def scene() -> None:
        async with wall_with(decoder="synthetic") as wall:
            key = await wall.open("a", FAST, StreamKind.RTSP)
            await wall.until_live(key)
            worker = pid_of(wall, key)
            os.kill(worker, signal.SIGSTOP)
            await wall.engine.close(key)
            await until(lambda: not psutil.pid_exists(worker), what="the worker's end")

    run(scene())


def test_a_closed_stream_leaves_nothing_in_its_worker(plain_camera: RtspCamera) -> None:
    async def scene() -> None:
        async with wall_with() as wall:
            stays = await wall.open("a", plain_camera.url("1"), StreamKind.RTSP)
            await wall.until_live(stays)
            worker = psutil.Process(pid_of(wall, stays))
            before = worker.num_fds(), worker.num_threads()
            for name in "bcd":
                key = await wall.open(name, plain_camera.url("2"), StreamKind.RTSP)
                await wall.until_live(key)
                assert pid_of(wall, key) == worker.pid
                assert worker.num_fds() > before[0]
                await wall.engine.close(key)
            await until(lambda: (worker.num_fds(), worker.num_threads()) <= before, 10.0, "nothing left")
            assert wall.restarts(stays) == 0

    run(scene())


def test_the_streams_of_a_large_worker_are_shown_elsewhere_before_they_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grown: set[str] = set()
    monkeypatch.setattr(fleet, "_MEMORY_EVERY", 1)
    monkeypatch.setattr(fleet, "_resident_bytes", lambda worker: 1.2e9 if worker.name in grown else 0)

    async def scene() -> None:
        async with wall_with(decoder="synthetic", memory_ceiling_mb=1000.0) as wall:
            keys = [await wall.open(name, FAST, StreamKind.RTSP) for name in "abc"]
            await wall.until_live(*keys)
            await warm(wall, 1)
            before, pid = wall.engine.worker_of(keys[0]), pid_of(wall, keys[0])
            newest = {key: wall.engine.newest_number(key) for key in keys}

            def moved() -> bool:
                for key in keys:
                    number = wall.engine.newest_number(key)
                    assert number >= newest[key]
                    newest[key] = number
                return not psutil.pid_exists(pid)

            grown.add(str(before))
            await until(moved, 10.0, "the large worker's end")
            assert [wall.restarts(key) for key in keys] == [0, 0, 0]
            assert before not in {wall.engine.worker_of(key) for key in keys}
            await wall.until_live(*keys)

    run(scene())


def test_a_stream_that_cannot_be_shown_elsewhere_is_stopped_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grown: set[str] = set()
    monkeypatch.setattr(fleet, "_MEMORY_EVERY", 1)
    monkeypatch.setattr(fleet, "_resident_bytes", lambda worker: 1.2e9 if worker.name in grown else 0)

    async def scene() -> None:
        async with wall_with(decoder="synthetic", memory_ceiling_mb=1000.0) as wall:
            key = await wall.open("a", "synthetic:unreachable", StreamKind.RTSP)
            await wall.until_fault(key)
            pid = pid_of(wall, key)
            grown.add(str(wall.engine.worker_of(key)))
            await until(lambda: not psutil.pid_exists(pid), 10.0, "the large worker's end")
            assert wall.facts(key).fault is Fault.UNREACHABLE

    run(scene())


def test_a_replay_ends_where_its_stream_is_moved_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that was begun while the worker was being emptied: its record gets nothing any more."""
    grown: set[str] = set()
    monkeypatch.setattr(fleet, "_MEMORY_EVERY", 1)
    monkeypatch.setattr(fleet, "_resident_bytes", lambda worker: 1.2e9 if worker.name in grown else 0)

    async def scene() -> None:
        async with wall_with(decoder="synthetic", memory_ceiling_mb=1000.0) as wall:
            keys = [await wall.open(name, FAST, StreamKind.RTSP) for name in "ab"]
            await wall.until_live(*keys)
            await warm(wall, 1)
            before, pid = wall.engine.worker_of(keys[1]), pid_of(wall, keys[1])
            grown.add(str(before))
            await until(lambda: wall.engine.worker_of(keys[0]) != before, 10.0, "the first one's move")
            past = wall.engine.past.replay(keys[1], 10)
            assert past is not None
            assert wall.engine.worker_of(past) == before
            await until(lambda: not psutil.pid_exists(pid), 10.0, "the large worker's end")
            assert wall.engine.facts(past) is None
            await wall.until_live(*keys)

    run(scene())


def test_a_process_that_cannot_be_started_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    spawn = WorkerProcess.spawn

    def refuse(*_arguments: object) -> None:
        raise OSError(24, "Too many open files")

    async def scene() -> None:
        async with wall_with(decoder="synthetic", streams_per_worker=1) as wall:
            key = await wall.open("a", FAST, StreamKind.RTSP)
            await wall.until_live(key)
            await warm(wall, 1)
            monkeypatch.setattr(WorkerProcess, "spawn", refuse)
            keys = [await wall.open(name, FAST, StreamKind.RTSP) for name in "bc"]
            await until(lambda: wall.engine.trouble is not None, what="words")
            await wall.until_live(keys[0])
            assert wall.engine.trouble is not None
            assert "too many files" in wall.engine.trouble
            monkeypatch.setattr(WorkerProcess, "spawn", spawn)
            await wall.until_live(*keys)
            assert wall.engine.trouble is None
            assert wall.status(key).state is StreamState.LIVE

    run(scene())


def test_a_console_out_of_file_descriptors_says_so_and_recovers() -> None:
    console = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "fakes" / "few_files_console.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert console.returncode == 0, console.stderr
    told = json.loads(console.stdout.splitlines()[-1])
    assert told["first_stays_live"]
    assert "too many files" in told["said"]
    assert told["trouble_after"] is None
