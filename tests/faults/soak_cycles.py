"""Opens and closes streams hundreds of times, and looks for what stays behind.

Synthetic streams by the hundred (opened two at a time, painted, closed), then real RTSP streams through
FFmpeg and through libVLC. Between the cycles a few streams stay open, so that their workers live through all
of it. Counted in the console: threads, file descriptors, segments in shared memory, children; and its memory
(private pages) and that of the lasting workers against where they were after the first fifty (or half of
them). Of the lasting workers also threads and descriptors.

    python tests/faults/soak_cycles.py [--synthetic 500] [--real 100]

The last line is JSON; ``ours`` is the number of things left behind.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil

from app.domain.camera import StreamKind
from app.sources.video.segment import PREFIX, directory
from tests.benchmarks.measure import Result, say
from tests.e2e.video.conftest import FPS, RtspCamera, Wall, wall_with
from tests.fakes.video_clips import encode_access_units, write_clip

AT_ONCE = 2
EARLY = 50
PATIENCE_S = 30.0
LASTING = 2
GROWTH = 0.05


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the console holds at one moment; memory in megabytes."""

    threads: int
    descriptors: int
    segments: int
    children: int
    console_mb: float
    workers_mb: dict[str, float]
    workers_threads: int
    workers_descriptors: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one decoder's cycles left behind: ``early`` after the first fifty, ``closed`` at the very end."""

    opens: int
    left: dict[str, int]
    growth_percent: dict[str, float]
    restarts_of_the_lasting_stream: int
    early: Footprint
    late: Footprint
    closed: Footprint


def private_mb(pid: int) -> float:
    """Return the memory that this process alone holds."""
    return float(psutil.Process(pid).memory_full_info().uss / 1e6)


def footprint(wall: Wall | None, lasting: set[str]) -> Footprint:
    gc.collect()
    me = psutil.Process()
    running = {} if wall is None else wall.engine.worker_processes()
    workers = {name: psutil.Process(pid) for name, pid in running.items() if name in lasting}
    return Footprint(
        threads=sum(not t.name.startswith("asyncio_") for t in threading.enumerate()),
        descriptors=me.num_fds(),
        segments=len(list(directory().glob(f"{PREFIX}{os.getpid()}-*"))),
        children=sum("resource_tracker" not in " ".join(child.cmdline()) for child in me.children()),
        console_mb=private_mb(os.getpid()),
        workers_mb={name: private_mb(process.pid) for name, process in workers.items()},
        workers_threads=sum(process.num_threads() for process in workers.values()),
        workers_descriptors=sum(process.num_fds() for process in workers.values()),
    )


async def quiet(wall: Wall, lasting: psutil.Process, threads: int) -> None:
    """Wait until one worker and a spare one are left, with so many threads, or for as long as is patient."""
    deadline, calm_since = time.monotonic() + PATIENCE_S, time.monotonic()
    while time.monotonic() < deadline:
        if len(wall.engine.worker_processes()) != LASTING or lasting.num_threads() > threads:
            calm_since = time.monotonic()
        if time.monotonic() - calm_since > 1.0:
            return
        await asyncio.sleep(0.05)
    say(f"not quiet: {wall.engine.worker_processes()}, {lasting.num_threads()} threads, not {threads}")


async def cycle(wall: Wall, names: list[tuple[str, str]]) -> None:
    """Open streams, see a picture of each, and close them."""
    keys = [await wall.open(name, url, StreamKind.RTSP) for name, url in names]
    deadline = time.monotonic() + PATIENCE_S
    while not all(wall.engine.newest_number(key) for key in keys):
        if time.monotonic() > deadline:
            raise SystemExit(f"no picture of {names}")
        await asyncio.sleep(0.005)
    for key in keys:
        await wall.engine.close(key)


async def soak(
    decoder: Literal["ffmpeg", "libvlc", "synthetic"], count: int, urls: list[str], per_worker: int
) -> Outcome:
    """Run so many opens and closes; return what was left of them."""
    before = footprint(None, set())
    async with wall_with(decoder=decoder, streams_per_worker=per_worker) as wall:
        stay = await wall.open("stay", urls[0], StreamKind.RTSP)
        await wall.until_live(stay)
        lasting = {str(wall.engine.worker_of(stay))}
        worker = psutil.Process(wall.engine.worker_processes()[str(wall.engine.worker_of(stay))])
        threads = worker.num_threads()
        done, early = 0, None
        while done < count:
            names = [(f"c{done + n}", urls[(done + n) % len(urls)]) for n in range(AT_ONCE)]
            await cycle(wall, names)
            done += len(names)
            if early is None and done >= min(EARLY, count // 2):
                await quiet(wall, worker, threads)
                early = footprint(wall, lasting)
                say(f"{decoder}: after {done}: {early}")
        await quiet(wall, worker, threads)
        late = footprint(wall, lasting)
        say(f"{decoder}: after {done}: {late}")
        restarts = wall.restarts(stay)
    assert early is not None
    after = footprint(None, set())
    left = {
        name: max(0, getattr(late, name) - getattr(early, name), getattr(after, name) - allowed)
        for name, allowed in (
            ("threads", before.threads),
            ("segments", before.segments),
            ("children", before.children),
        )
    }
    # Pools and the resource tracker open theirs once, with the first engine.
    for name in ("descriptors", "workers_threads", "workers_descriptors"):
        left[name] = max(0, getattr(late, name) - getattr(early, name))
    growth = {"console": late.console_mb / early.console_mb - 1}
    growth.update({name: mb / early.workers_mb[name] - 1 for name, mb in late.workers_mb.items()})
    return Outcome(
        opens=done,
        left=left,
        growth_percent={name: round(100 * share, 2) for name, share in growth.items()},
        restarts_of_the_lasting_stream=restarts,
        early=early,
        late=late,
        closed=after,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--synthetic", type=int, default=500)
    parser.add_argument("--real", type=int, default=100)
    options = parser.parse_args()
    found: dict[str, Outcome] = {}
    if options.synthetic:
        urls = ["synthetic:640x360@25"]
        found["synthetic"] = asyncio.run(soak("synthetic", options.synthetic, urls, 4))
    if options.real:
        with tempfile.TemporaryDirectory(prefix="watchfloor-soak-") as folder:
            clip = write_clip(Path(folder) / "street.bin", encode_access_units(fps=FPS, seconds=4))
            camera = RtspCamera(clip)
            try:
                urls = [camera.url(str(n)) for n in range(1, 10)]
                found["ffmpeg"] = asyncio.run(soak("ffmpeg", options.real, urls, 4))
                found["libvlc"] = asyncio.run(soak("libvlc", options.real, urls, 4))
            finally:
                camera.stop()
    leaks = sum(sum(outcome.left.values()) for outcome in found.values())
    grown = [share for outcome in found.values() for share in outcome.growth_percent.values()]
    details = {name: asdict(outcome) for name, outcome in found.items()}
    Result("soak_cycles", "things left behind", float(leaks), 0.0, details=details).print()
    if leaks or max(grown, default=0.0) > 100 * GROWTH:
        sys.exit(1)


if __name__ == "__main__":
    main()
