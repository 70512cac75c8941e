"""How late the console's UI thread is while it is busy: a 5 ms timer's lateness, beat by beat.

The whole console on a 1920×1080 screen, RTSP cameras 640×360@15. Measured in four phases: 64 tiles being
connected at once; then, on 16 live tiles, decoder workers being killed, tiles being dragged by a real mouse
(xdotool), and layouts being switched. What the figure leaves out is in the details: p99 over every moment,
in which a long stall counts once for each beat that it swallowed.

    python tests/benchmarks/ui_stall.py [--kills 6] [--drags 12] [--switches 24] [--decoder ffmpeg] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.domain.quantile import quantile
from tests.benchmarks.measure import Lines, Result, lines, profile, say, x_server
from tests.benchmarks.samples import every_moment, summary
from tests.benchmarks.stall_watch import INTERVAL_MS
from tests.benchmarks.streams import Served, small_cameras

MANY, FEW = 64, 16
LIMIT_MS = 16.0
LAYOUTS = ("4×4", "3×3", "2×2", "1+5", "1+7", "1×1")
SWITCH_S = 0.5
STEPS, STEP_S = 20, 0.015
SWAP_S = 3.0
SETTLE_S = 10.0


class Desk:
    """A console under measurement, with a hand on its mouse."""

    def __init__(self, console: Lines, display: str, served: Served, dice: random.Random) -> None:
        self._console = console
        self._environment = {**os.environ, "DISPLAY": display}
        self._ids = served.ids
        self._dice = dice

    def ask(self, word: str, answer: str, **more: Any) -> dict[str, Any]:
        """Give an order and return its answer."""
        self._console.send(ask=word, **more)
        return self._console.wait_for(lambda message: answer in message)

    def late_ms(self, phase: Callable[[], None]) -> list[float]:
        """Return the lateness of every beat while that phase ran."""
        self.ask("stalls", "stalls")
        phase()
        taken: list[float] = self.ask("stalls", "stalls")["stalls"]
        return taken

    def show(self, count: int, grid: str) -> int:
        """Show the first ``count`` cameras and wait for them; return how many came."""
        self.ask("show", "shown_at", wall=self._ids[:count], grid=grid)
        return int(self.ask("until_live", "live_tiles", within_s=60)["live_tiles"])

    def connect_many(self) -> None:
        """Connect the large wall."""
        say(f"{self.show(MANY, '8×8')} of {MANY} tiles came")

    def rest(self) -> None:
        """Show the small wall and let the large one's streams go."""
        self.show(FEW, LAYOUTS[0])
        time.sleep(SETTLE_S)

    def kill_workers(self, times: int) -> None:
        """Kill one worker after the other, each once the wall is live again."""
        for _ in range(times):
            if self.ask("kill_worker", "killed", dice=self._dice.random())["killed"] is None:
                raise SystemExit("there is no decoder worker to kill")
            time.sleep(self._dice.uniform(0.5, 1.0))
            self.ask("until_live", "live_tiles", within_s=20)

    def drag_tiles(self, times: int) -> None:
        """Drag one tile onto another, so that they change places."""
        for _ in range(times):
            before = self.ask("tiles", "tiles")["tiles"]
            a, b = self._dice.sample(range(FEW), 2)
            self._drag(_middle(before[a]), _middle(before[b]))
            self._until_shown({a: before[b]["camera"], b: before[a]["camera"]})

    def switch_layouts(self, times: int) -> None:
        """Choose one layout after the other, every half second."""
        for number in range(1, times + 1):
            grid = LAYOUTS[number % len(LAYOUTS)]
            self.ask("show", "shown_at", wall=self._ids[:FEW], grid=grid)
            time.sleep(SWITCH_S)

    def _until_shown(self, wanted: dict[int, str]) -> None:
        """Wait until these tiles show these cameras: a drag that did nothing would measure nothing."""
        deadline = time.monotonic() + SWAP_S
        while True:
            time.sleep(0.3)
            tiles = self.ask("tiles", "tiles")["tiles"]
            if all(tiles[index]["camera"] == camera for index, camera in wanted.items()):
                return
            if time.monotonic() > deadline:
                raise SystemExit("a drag did not swap its two tiles")

    def _drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        words: list[object] = ["mousemove", *start, "sleep", 0.05, "mousedown", 1]
        for step in range(1, STEPS + 1):
            at = [round(a + (b - a) * step / STEPS) for a, b in zip(start, end, strict=True)]
            words += ["mousemove", *at, "sleep", STEP_S]
        words += ["sleep", 0.05, "mouseup", 1]
        subprocess.run(["xdotool", *map(str, words)], env=self._environment, check=True, timeout=20)


def _middle(tile: dict[str, Any]) -> tuple[int, int]:
    x, y, width, height = tile["video"]
    return x + width // 2, y + height // 2


def measure(served: Served, folder: Path, options: argparse.Namespace) -> dict[str, list[float]]:
    """Run the console through all phases; return the lateness of every beat by phase, in ms."""
    with x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder),
                camera_file=str(served.file),
                wall=[],
                grid="8×8",
                decoder=options.decoder,
            )
            console.wait_for(lambda message: "live" in message)
            time.sleep(SETTLE_S)
            desk = Desk(console, display, served, random.Random(options.seed))
            phases = {"connecting": desk.late_ms(desk.connect_many)}
            desk.rest()
            say(f"{options.kills} decoder workers are killed")
            phases["killing"] = desk.late_ms(lambda: desk.kill_workers(options.kills))
            desk.rest()
            say(f"{options.drags} tiles are dragged")
            phases["dragging"] = desk.late_ms(lambda: desk.drag_tiles(options.drags))
            say(f"{options.switches} layouts are switched")
            phases["switching"] = desk.late_ms(lambda: desk.switch_layouts(options.switches))
    return phases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--drags", type=int, default=12)
    parser.add_argument("--switches", type=int, default=24)
    parser.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with profile() as folder, small_cameras(MANY, folder) as served:
        say(f"{MANY} tiles are connected, decoded by {options.decoder}")
        phases = measure(served, folder / "profile", options)
    beats = [late for phase in phases.values() for late in phase]
    Result(
        name="ui_stall",
        unit="ms of a 5 ms timer's lateness, p99",
        ours=quantile(beats, 0.99),
        limit=LIMIT_MS,
        details={
            "decoder": options.decoder,
            "late_ms": {name: summary(phase) for name, phase in phases.items()},
            "every_moment_ms": {
                name: summary(every_moment(phase, INTERVAL_MS)) for name, phase in phases.items()
            },
        },
    ).print()


if __name__ == "__main__":
    main()
