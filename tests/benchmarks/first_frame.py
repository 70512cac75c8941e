"""From asking for a camera to its first painted picture, less the camera's own wait for a key picture.

One live RTSP camera (640×360@15, H.264, a key picture a second) that never begins anew for a reader. The
console shows it a hundred times, each time as another camera of the directory, so each open takes a lease,
a place in a decoder worker, a connection and a decoder. An open begins when the wall is told to show the
camera and ends with the paint of its first picture on the wall. Taken off: the time from the server's answer
to PLAY until the key picture that the reader can start with is in the hands of a bare PyAV reader of the
same stream. The moments of opening are random against the key pictures. Streams of the last five seconds
run on behind, as they do for an operator.

The peer is mpv with its window already open: from ``loadfile`` to the event that it has a picture, less the
same wait; fewer opens.

    python tests/benchmarks/first_frame.py [--opens 100] [--peer-opens 25] [--decoder ffmpeg] [--seed 1]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.live_camera import BareReader, LiveCamera, bare_reader, live_camera
from tests.benchmarks.measure import Result, lines, profile, say, x_server
from tests.benchmarks.peer_mpv import idle_mpv
from tests.benchmarks.samples import key_wait, summary
from tests.fakes.video_clips import encode_access_units

FPS, KEY_EVERY = 15, 15
PAUSE_S = (0.3, 1.3)
LIMIT_MS, LIMIT_P99_MS = 150.0, 300.0
BARE_ADDRESS, PEER_ADDRESS = 998, 999


@dataclass(frozen=True, slots=True)
class Open:
    """One open: when it was asked for, answered PLAY and painted, in seconds of the monotonic clock."""

    asked_at: float
    played_at: float
    painted_at: float


def looped(units: list[bytes]) -> Callable[[], tuple[bytes, bool]]:
    """Return what hands out the units round and round, and which of them are key pictures."""
    numbers = itertools.cycle(range(len(units)))

    def next_unit() -> tuple[bytes, bool]:
        number = next(numbers)
        return units[number], number % KEY_EVERY == 0

    return next_unit


def camera_file(camera: LiveCamera, count: int, folder: Path) -> tuple[Path, list[str]]:
    """Write a camera file with the one camera under ``count`` addresses; return it and the ids."""
    ids = [f"open-{number:03}" for number in range(count)]
    cameras = []
    for number, name in enumerate(ids):
        stream = {"kind": "rtsp", "quality": "sub", "url": camera.url(number), "fps": FPS}
        cameras.append({"id": name, "name": name, "lat": 41.6, "lon": -98.4, "streams": [stream]})
    file = folder / "cameras.json"
    file.write_text(json.dumps({"cameras": cameras}), "utf-8")
    return file, ids


def our_opens(camera: LiveCamera, folder: Path, count: int, decoder: str, dice: random.Random) -> list[Open]:
    """Open the camera ``count`` times in a console of its own; one more, the first, warms up."""
    file, ids = camera_file(camera, count + 1, folder)
    opens = []
    with x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(profile=str(folder / decoder), camera_file=str(file), wall=[], decoder=decoder)
            console.wait_for(lambda message: "live" in message)
            for number, name in enumerate(ids):
                time.sleep(dice.uniform(*PAUSE_S))
                console.send(ask="show", wall=[name], grid="3×3")
                asked = console.wait_for(lambda message: "shown_at" in message)["shown_at"]
                console.send(ask="first_painted", camera=name)
                painted = console.wait_for(lambda message: "first_painted" in message)["first_painted"]
                if painted is None:
                    raise SystemExit(f"{name} was not painted in time")
                if number > 0:
                    opens.append(Open(asked, camera.played_at(number, asked), painted))
                if number % 25 == 0:
                    say(f"{number} of {count} opens")
    return opens


def mpv_opens(camera: LiveCamera, folder: Path, count: int, dice: random.Random) -> list[Open]:
    """Open the camera in a waiting mpv; one more, the first, warms up."""
    opens = []
    with x_server() as (display, _), idle_mpv(display, folder) as mpv:
        for number in range(count + 1):
            time.sleep(dice.uniform(*PAUSE_S))
            asked = time.monotonic()
            mpv.command("loadfile", camera.url(PEER_ADDRESS))
            painted = mpv.wait_for("playback-restart")
            if number > 0:
                opens.append(Open(asked, camera.played_at(PEER_ADDRESS, asked), painted))
            mpv.command("stop")
            mpv.wait_for("idle")
    return opens


def less_wait_ms(opens: list[Open], camera: LiveCamera, reader: BareReader) -> list[float]:
    """Return each open's time in ms without its wait for a key picture."""
    times = []
    for each in opens:
        wait = key_wait(each.played_at, each.painted_at, camera.keys_sent, reader.keys_seen)
        if wait is None:
            raise SystemExit("the bare reader did not see a key picture that was sent")
        times.append(1000 * (each.painted_at - each.asked_at - wait))
    return times


@contextmanager
def watched_camera() -> Iterator[tuple[LiveCamera, BareReader]]:
    """Run the camera with a bare reader on it."""
    units = encode_access_units(fps=FPS, gop=KEY_EVERY)
    with live_camera(looped(units), FPS) as camera, bare_reader(camera.url(BARE_ADDRESS)) as reader:
        deadline = time.monotonic() + 10
        while len(reader.keys_seen) < 2:
            if time.monotonic() > deadline:
                raise SystemExit("the bare reader sees no pictures")
            time.sleep(0.05)
        yield camera, reader


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--opens", type=int, default=100)
    parser.add_argument("--peer-opens", type=int, default=25)
    parser.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    dice = random.Random(options.seed)
    with watched_camera() as (camera, reader), profile() as folder:
        say(f"mpv opens the camera {options.peer_opens} times")
        theirs = mpv_opens(camera, folder, options.peer_opens, dice)
        say(f"the console opens it {options.opens} times, decoded by {options.decoder}")
        ours = our_opens(camera, folder, options.opens, options.decoder, dice)
        time.sleep(2 / FPS)
        our_ms = less_wait_ms(ours, camera, reader)
        their_ms = less_wait_ms(theirs, camera, reader)
    our_summary, their_summary = summary(our_ms), summary(their_ms)
    Result(
        name="first_frame",
        unit="ms from asking to the first painted picture, less the wait for a key picture, p50",
        ours=our_summary["p50"],
        limit=LIMIT_MS,
        peers={"mpv": their_summary["p50"]},
        details={
            "decoder": options.decoder,
            "limit_p99_ms": LIMIT_P99_MS,
            "ours_ms": our_summary,
            "mpv_ms": their_summary,
            "ours_until_play_ms": summary([1000 * (o.played_at - o.asked_at) for o in ours]),
            "mpv_until_play_ms": summary([1000 * (o.played_at - o.asked_at) for o in theirs]),
            "ours_with_the_wait_ms": summary([1000 * (o.painted_at - o.asked_at) for o in ours]),
            "mpv_with_the_wait_ms": summary([1000 * (o.painted_at - o.asked_at) for o in theirs]),
        },
    ).print()


if __name__ == "__main__":
    main()
