"""Everything fails, in random order, for as long as you like: does a tile ever lie, is anything left behind?

Nine RTSP cameras (640×360@15), each a process of its own. At random moments a camera is frozen (SIGSTOP) or
killed and comes back some seconds later, a decoder worker is killed, or the wall's layout and cameras change.
Ten times a second every tile on the wall is asked what it says. It lies where it says LIVE while its camera
has been stopped, or its newest picture been the same, for longer than a live picture's age may be and half a
second. Before and after, with an empty wall, the console's threads, files, children and shared memory are
counted (every piece more is a leak) and its own memory, which it shares with nobody, is weighed (more than a
twentieth more is a leak).

    python tests/benchmarks/soak.py [--minutes 1] [--seed 1] [--decoder ffmpeg]
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.lies import LieDetector, leaks
from tests.benchmarks.measure import Lines, Result, lines, profile, say, x_server
from tests.fakes.video_clips import encode_access_units, write_clip
from tests.faults.conftest import FaultyCamera

CAMERAS, FPS = 9, 15
GRIDS = ("3×3", "2×2", "4×4", "1+5", "1+7", "1×1")
LOOK_S = 0.1
BETWEEN_S = (0.2, 1.5)
DOWN_S = (0.5, 6.0)
WARM_UP_S = 15.0
SETTLE_S, SETTLE_LIMIT_S = 5.0, 30.0
BACK_S = 60.0


class Street:
    """The cameras, what is wrong with each now, and when that ends."""

    def __init__(self, clip: Path, detector: LieDetector, dice: random.Random) -> None:
        self._clip = clip
        self._detector = detector
        self._dice = dice
        self._cameras = {f"cam-{number}": FaultyCamera(clip) for number in range(CAMERAS)}
        self._ports = {name: camera.port for name, camera in self._cameras.items()}
        self._ends: dict[str, float] = {}
        self._starting: dict[str, Future[FaultyCamera]] = {}
        self._starter = ThreadPoolExecutor(CAMERAS)

    @property
    def ids(self) -> list[str]:
        """All cameras."""
        return list(self._cameras)

    def directory(self) -> dict[str, Any]:
        """Return the cameras as a camera file lists them."""
        listed = []
        for name, port in self._ports.items():
            url = f"rtsp://127.0.0.1:{port}/1"
            stream = {"kind": "rtsp", "quality": "sub", "url": url, "fps": FPS}
            listed.append({"id": name, "name": name, "lat": 41.6, "lon": -98.4, "streams": [stream]})
        return {"cameras": listed}

    def freeze(self) -> bool:
        """Freeze a camera that is well; say whether there was one."""
        return self._fail(FaultyCamera.pause)

    def kill(self) -> bool:
        """Kill a camera that is well; say whether there was one."""
        return self._fail(FaultyCamera.kill)

    def _fail(self, how: Callable[[FaultyCamera], None]) -> bool:
        well = [name for name in self._cameras if name not in self._ends and name not in self._starting]
        if not well:
            return False
        name = self._dice.choice(well)
        how(self._cameras[name])
        self._detector.stopped(name, time.monotonic())
        self._ends[name] = time.monotonic() + self._dice.uniform(*DOWN_S)
        return True

    def mend(self, *, all_of_them: bool = False) -> None:
        """Let those cameras come back whose time has come; a killed one takes a moment to start."""
        now = time.monotonic()
        for name in [n for n, end in self._ends.items() if all_of_them or end <= now]:
            del self._ends[name]
            self._detector.goes_on(name)
            if self._cameras[name].dead:
                self._starting[name] = self._starter.submit(
                    FaultyCamera, self._clip, "--port", str(self._ports[name])
                )
            else:
                self._cameras[name].go_on()
        for name in [n for n, start in self._starting.items() if all_of_them or start.done()]:
            self._cameras[name].stop()
            self._cameras[name] = self._starting.pop(name).result()

    def close(self) -> None:
        """End all cameras."""
        self.mend(all_of_them=True)
        self._starter.shutdown()
        for camera in self._cameras.values():
            camera.stop()


@contextmanager
def street(clip: Path, detector: LieDetector, dice: random.Random) -> Iterator[Street]:
    """Run the cameras; they end with the block."""
    cameras = Street(clip, detector, dice)
    try:
        yield cameras
    finally:
        cameras.close()


class Soak:
    """One console and its cameras, and what is done to them."""

    def __init__(self, console: Lines, cameras: Street, detector: LieDetector, dice: random.Random) -> None:
        self._console = console
        self._street = cameras
        self._detector = detector
        self._dice = dice
        self.done: collections.Counter[str] = collections.Counter()
        self.said: collections.Counter[str] = collections.Counter()

    def ask(self, word: str, answer: str, **more: Any) -> dict[str, Any]:
        """Give an order and return its answer."""
        self._console.send(ask=word, **more)
        return self._console.wait_for(lambda message: answer in message)

    def run(self, seconds: float) -> None:
        """Let things fail for so long, and look all the while."""
        ending = time.monotonic() + seconds
        due = 0.0
        while (now := time.monotonic()) < ending:
            if now >= due:
                self._do_something()
                due = now + self._dice.uniform(*BETWEEN_S)
            self._street.mend()
            self._look()
            time.sleep(max(0.0, now + LOOK_S - time.monotonic()))

    def _do_something(self) -> None:
        what = self._dice.choice(["freeze", "kill camera", "kill worker", "layout", "layout"])
        if what == "freeze":
            happened = self._street.freeze()
        elif what == "kill camera":
            happened = self._street.kill()
        elif what == "kill worker":
            happened = self.ask("kill_worker", "killed", dice=self._dice.random())["killed"] is not None
        else:
            shown = self._dice.sample(self._street.ids, self._dice.randint(0, CAMERAS))
            self.ask("show", "shown_at", wall=shown, grid=self._dice.choice(GRIDS))
            happened = True
        self.done[what] += happened

    def _look(self) -> None:
        answer = self.ask("tiles", "tiles")
        shown = [tile for tile in answer["tiles"] if tile["camera"] is not None]
        self.said.update(tile["state"] for tile in shown)
        self._detector.look({t["camera"]: (t["state"], t["number"]) for t in shown}, answer["at"])

    def live_again(self) -> int:
        """Mend everything, show every camera, and return how many tiles are live within a minute."""
        self._street.mend(all_of_them=True)
        self.ask("show", "shown_at", wall=self._street.ids, grid=GRIDS[0])
        return int(self.ask("until_live", "live_tiles", within_s=BACK_S)["live_tiles"])

    def holdings(self, wanted: dict[str, float] | None = None) -> dict[str, float]:
        """Empty the wall and return what the console holds once it is idle.

        With ``wanted``, wait some time for it to come down to that: processes take a moment to end.
        """
        self.ask("show", "shown_at", wall=[], grid=GRIDS[0])
        if not self.ask("until_idle", "idle", within_s=SETTLE_LIMIT_S)["idle"]:
            raise SystemExit("the console does not let its streams go")
        time.sleep(SETTLE_S)
        deadline = time.monotonic() + SETTLE_LIMIT_S
        while True:
            held: dict[str, float] = self.ask("holdings", "holdings")["holdings"]
            if wanted is None or not leaks(wanted, held) or time.monotonic() > deadline:
                return held
            time.sleep(1.0)


def measure(cameras: Street, detector: LieDetector, folder: Path, options: argparse.Namespace) -> Result:
    """Run the console through the soak; return what came of it."""
    dice = random.Random(options.seed)
    file = folder / "cameras.json"
    file.write_text(json.dumps(cameras.directory()), "utf-8")
    with x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder / "profile"),
                camera_file=str(file),
                wall=cameras.ids,
                decoder=options.decoder,
            )
            console.wait_for(lambda message: "live" in message)
            soak = Soak(console, cameras, detector, dice)
            say(f"{WARM_UP_S:.0f} s to warm up: what is loaded once is no leak")
            soak.run(WARM_UP_S)
            soak.live_again()
            before = soak.holdings()
            say(f"before: {before}; everything fails for {60 * options.minutes:.0f} s")
            soak.run(60 * options.minutes)
            back = soak.live_again()
            after = soak.holdings(before)
    left = leaks(before, after)
    return Result(
        name="soak",
        unit="lies and leaks",
        ours=len(detector.lies) + len(left),
        limit=0,
        details={
            "decoder": options.decoder,
            "minutes": options.minutes,
            "seed": options.seed,
            "done": dict(soak.done),
            "looks": detector.looks,
            "said": dict(soak.said),
            "lies": detector.lies,
            "leaks": left,
            "live_again_at_the_end": f"{back} of {CAMERAS}",
            "before": before,
            "after": after,
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    options = parser.parse_args()
    detector, dice = LieDetector(1 / FPS), random.Random(options.seed)
    with profile() as folder:
        clip = write_clip(folder / "street.bin", encode_access_units(fps=FPS))
        with street(clip, detector, dice) as cameras:
            result = measure(cameras, detector, folder, options)
    result.print()


if __name__ == "__main__":
    main()
