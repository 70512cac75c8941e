"""Kills decoder workers at random moments under real cameras, and measures how soon their tiles paint again.

Eight RTSP streams (640×360 at 15 pictures a second) in two workers. One worker after another is ended
(SIGKILL), stopped (SIGSTOP) or aborted (SIGABRT), each as often, in random order. Measured: the time from
the signal to the first new picture of every stream of that worker; and what the other worker's streams
lost meanwhile: pictures that were not shown, and the longest time between two new pictures. How many
pictures are lost on this computer when nobody kills anything is measured first, for comparison.

    python tests/faults/soak_kills.py [--kills 100] [--controls 20] [--burners 0] [--seed 1]

``--burners`` keeps that many processes computing all the while. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.camera import StreamKey, StreamKind
from app.domain.restart_policy import RestartPolicy
from tests.benchmarks.measure import Result, say
from tests.e2e.video.conftest import FPS, RtspCamera, Wall, wall_with
from tests.fakes.video_clips import encode_access_units, write_clip

STREAMS, PER_WORKER = 8, 4
KINDS = {"SIGKILL": signal.SIGKILL, "SIGSTOP": signal.SIGSTOP, "SIGABRT": signal.SIGABRT}
LOOK_S = 0.005
SAMPLES = 40
PATIENCE_S = 30.0
CONTROL_S = 1.5


@contextmanager
def burners(count: int) -> Iterator[None]:
    """Keep so many processes computing."""
    context = multiprocessing.get_context("spawn")
    burning = [context.Process(target=_burn, daemon=True) for _ in range(count)]
    for process in burning:
        process.start()
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.join()


def _burn() -> None:
    while True:
        sum(range(100_000))


class Spared:
    """Streams that a kill must not touch."""

    def __init__(self, wall: Wall, keys: list[StreamKey]) -> None:
        self._wall = wall
        self._restarts = {key: wall.restarts(key) for key in keys}
        self._numbers = {key: wall.engine.newest_number(key) for key in keys}
        now = time.monotonic()
        self._changed = dict.fromkeys(keys, now)
        self.longest_s = 0.0

    def look(self) -> None:
        """Note which ones have a new picture."""
        now = time.monotonic()
        for key, before in self._numbers.items():
            number = self._wall.engine.newest_number(key)
            self.longest_s = max(self.longest_s, now - self._changed[key])
            if number != before:
                self._numbers[key], self._changed[key] = number, now

    def restarted(self) -> int:
        """Return how many of them were started anew."""
        return sum(self._wall.restarts(key) != count for key, count in self._restarts.items())


async def not_shown(wall: Wall, keys: list[StreamKey]) -> int:
    """Return how many packets have come so far without becoming a picture, those on their way set aside."""
    fewest: dict[StreamKey, int] = {}
    for _ in range(SAMPLES):
        for key in keys:
            facts = wall.facts(key)
            behind = facts.packets_read - facts.pictures_decoded
            fewest[key] = min(behind, fewest.get(key, behind))
        await asyncio.sleep(LOOK_S)
    return sum(fewest.values())


async def settled(wall: Wall, keys: list[StreamKey]) -> None:
    """Wait until every stream lives in one of two workers, with a spare one beside."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        owners = {wall.engine.worker_of(key) for key in keys}
        ready = len(wall.engine.worker_processes()) > len(owners)
        if None not in owners and ready and all(wall.facts(key).fault is None for key in keys):
            return
        await asyncio.sleep(0.02)
    raise SystemExit("the streams do not settle")


async def one_kill(
    wall: Wall, keys: list[StreamKey], kind: str, dice: random.Random
) -> tuple[float, int, float]:
    """End a worker; return the seconds until its streams paint, and the others' losses and longest gap."""
    await asyncio.sleep(dice.uniform(1.0, 2.5))
    await settled(wall, keys)
    owners = {key: wall.engine.worker_of(key) for key in keys}
    victim = dice.choice(sorted({str(owner) for owner in owners.values()}))
    hit = [key for key in keys if owners[key] == victim]
    others = [key for key in keys if owners[key] != victim]
    before = await not_shown(wall, others)
    spared = Spared(wall, others)
    restarts = {key: wall.restarts(key) for key in hit}
    pid = wall.engine.worker_processes()[victim]
    began = time.monotonic()
    os.kill(pid, KINDS[kind])
    waiting = set(hit)
    seen: dict[StreamKey, int] = {}
    while waiting and time.monotonic() - began < PATIENCE_S:
        await asyncio.sleep(LOOK_S)
        spared.look()
        for key in list(waiting):
            number = wall.engine.newest_number(key)
            if wall.restarts(key) == restarts[key]:
                seen[key] = number
            elif wall.engine.worker_of(key) is not None and number > seen.setdefault(key, number):
                waiting.discard(key)
    took = time.monotonic() - began
    lost = max(0, await not_shown(wall, others) - before) + spared.restarted()
    return took, lost, spared.longest_s


async def no_kill(wall: Wall, keys: list[StreamKey]) -> int:
    """Return how many pictures all streams lose in the time of a kill when nobody does anything."""
    before = await not_shown(wall, keys)
    await asyncio.sleep(CONTROL_S)
    return max(0, await not_shown(wall, keys) - before)


async def soak(wall: Wall, camera: RtspCamera, options: argparse.Namespace) -> Result:
    keys = [await wall.open(f"r{n}", camera.url(str(n)), StreamKind.RTSP) for n in range(1, STREAMS + 1)]
    await wall.until_live(*keys)
    undisturbed = 0
    for _ in range(options.controls):
        await settled(wall, keys)
        undisturbed += await no_kill(wall, keys)
    say(f"{undisturbed} pictures lost in {options.controls} × {CONTROL_S} s without a kill")
    dice = random.Random(options.seed)
    order = [list(KINDS)[n % len(KINDS)] for n in range(options.kills)]
    dice.shuffle(order)
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    lost, longest_s = 0, 0.0
    for done, kind in enumerate(order, 1):
        seconds, others_lost, gap_s = await one_kill(wall, keys, kind, dice)
        took[kind].append(seconds)
        lost += others_lost
        longest_s = max(longest_s, gap_s)
        if seconds > 2.0 or others_lost or done % 10 == 0:
            say(f"{done}/{options.kills}: {kind} {seconds:.2f} s, {lost} of the others' pictures lost so far")
    times = sorted(seconds for kind in took.values() for seconds in kind)
    return Result(
        name="soak_kills",
        unit="seconds until every tile of a killed worker paints again, p99",
        ours=_percentile(times, 99),
        limit=2.0,
        details={
            "kills": len(times),
            "burners": options.burners,
            "decoder": options.decoder,
            "by_kind": {kind: _summary(sorted(seconds)) for kind, seconds in took.items() if seconds},
            "others_pictures_lost": lost,
            "lost_without_a_kill": {"pictures": undisturbed, "rounds": options.controls, "s": CONTROL_S},
            "others_longest_gap_s": round(longest_s, 3),
        },
    )


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _summary(ordered: list[float]) -> dict[str, float]:
    return {
        "count": len(ordered),
        "p50_s": round(statistics.median(ordered), 3),
        "p99_s": round(_percentile(ordered, 99), 3),
        "max_s": round(ordered[-1], 3),
    }


async def run(options: argparse.Namespace, clip: Path) -> Result:
    camera = RtspCamera(clip)
    try:
        # The product's own policy, with the first step only: a hundred kills in a row are no misbehaviour
        # of any stream, and the wait that those deserve is not what is measured.
        policy = RestartPolicy(settled_s=0.5)
        async with wall_with(decoder=options.decoder, streams_per_worker=PER_WORKER, policy=policy) as wall:
            return await soak(wall, camera, options)
    finally:
        camera.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--controls", type=int, default=20, help="rounds without a kill, for comparison")
    parser.add_argument("--burners", type=int, default=0)
    parser.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchfloor-soak-") as folder, burners(options.burners):
        clip = write_clip(Path(folder) / "street.bin", encode_access_units(fps=FPS, seconds=4))
        result = asyncio.run(run(options, clip))
    result.print()
    # A picture in a thousand is lost on a busy computer whoever is killed: that is not the kill's doing.
    control = result.details["lost_without_a_kill"]
    usual = control["pictures"] / max(1, options.controls * STREAMS)
    most = 2 * usual * options.kills * (STREAMS - PER_WORKER) + 2
    if result.ours is None or result.ours > 2.0 or result.details["others_pictures_lost"] > most:
        sys.exit(1)


if __name__ == "__main__":
    main()
