"""From a camera's picture to the screen: a clock drawn into the picture, read back from the X server.

This process draws the machine's monotonic clock into each picture (640×360@25), encodes it at once (H.264, no
picture held back) and serves it over RTSP/TCP. Another process reads the clock from the pixels of the X
screen every 5 ms. Latency is the time at which a picture is first seen there less the time drawn into it:
encoding, the RTSP server, the network, decoding, painting and the X server are all in it. The console and
``mpv --profile=low-latency`` show the same camera in the same size, one after the other for the same time.
Drift is the median of the last fifth of that time less the median of the first.

    python tests/benchmarks/latency.py [--minutes 0.75] [--decoders ffmpeg libvlc]

With more than one decoder the first is the result; the others, in the details, run for 2 minutes at most.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.clock_source import FPS, HEIGHT, WIDTH, ClockPictures
from tests.benchmarks.live_camera import LiveCamera, live_camera
from tests.benchmarks.measure import Lines, Result, crowd, lines, profile, say, x_server
from tests.benchmarks.peer_mpv import OPTIONS
from tests.benchmarks.samples import drift, summary
from widgets.view_state_notices import INFO_STAYS_S

SHOWN = (960, 540)
PLACE = (40, 40)
WARM_S = 5.0
STILL_S, STILL_LIMIT_S = INFO_STAYS_S + 1.0, 60.0
LONGEST_OTHER_S = 120.0
LIMIT_MS, DRIFT_MS = 250.0, 50.0


def seen_on(display: str, video: list[int], seconds: float) -> dict[str, Any]:
    """Watch that place of the screen; return the latency of the pictures that were seen."""
    time.sleep(WARM_S)
    argv = [sys.executable, str(Path(__file__).with_name("screen_reader.py"))]
    with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as reader:
        reader.send(video=video, seconds=seconds)
        seen = reader.wait_for(lambda message: "seen" in message, seconds + 60)["seen"]
    if not seen:
        raise SystemExit(f"no clock was seen at {video}")
    latencies = [at - ms for ms, at in seen]
    return {
        "latency_ms": summary(latencies),
        "drift_ms": round(drift(latencies), 1),
        "pictures_seen": round(len(seen) / (seconds * FPS), 3),
    }


def place_of(console: Lines) -> list[int]:
    """Return where the console's first tile has its picture on the screen."""
    console.send(ask="tiles")
    video: list[int] = console.wait_for(lambda message: "tiles" in message)["tiles"][0]["video"]
    return video


def settled_place(console: Lines) -> list[int]:
    """Return that place once no passing notice can push the wall down any more."""
    place, since = place_of(console), time.monotonic()
    deadline = since + STILL_LIMIT_S
    while time.monotonic() - since < STILL_S:
        if time.monotonic() > deadline:
            raise SystemExit("the tile does not come to rest")
        time.sleep(0.5)
        if (now := place_of(console)) != place:
            place, since = now, time.monotonic()
    return place


def ours(camera: LiveCamera, folder: Path, decoder: str, seconds: float) -> dict[str, Any]:
    """Show the camera in the console, alone on its wall."""
    stream = {"kind": "rtsp", "quality": "sub", "url": camera.url(), "fps": FPS}
    file = folder / "cameras.json"
    listed = {"id": "clock", "name": "Clock", "lat": 41.6, "lon": -98.4, "streams": [stream]}
    file.write_text(json.dumps({"cameras": [listed]}), "utf-8")
    with x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder / decoder),
                camera_file=str(file),
                wall=["clock"],
                grid="1×1",
                tile=SHOWN,
                bare=True,
                decoder=decoder,
            )
            console.wait_for(lambda message: "live" in message)
            video = settled_place(console)
            outcome = seen_on(display, video, seconds)
            if place_of(console) != video:
                raise SystemExit("the tile moved while it was watched")
            return outcome


def mpv(camera: LiveCamera, seconds: float) -> dict[str, Any]:
    """Show the camera in mpv, as large."""
    (width, height), (left, top) = SHOWN, PLACE
    with x_server() as (display, _):
        command = ["mpv", *OPTIONS, f"--geometry={width}x{height}+{left}+{top}", camera.url()]
        with crowd([command], DISPLAY=display):
            return seen_on(display, [left, top, width, height], seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=0.75, help="for how long each one shows the camera")
    parser.add_argument("--decoders", nargs="*", choices=["ffmpeg", "libvlc"], default=["ffmpeg", "libvlc"])
    options = parser.parse_args()
    seconds = 60 * options.minutes
    outcome: dict[str, Any] = {}
    with live_camera(ClockPictures().next_unit, FPS) as camera, profile() as folder:
        say(f"mpv shows the clock for {seconds:.0f} s")
        outcome["mpv"] = mpv(camera, seconds)
        for number, decoder in enumerate(options.decoders):
            for_s = seconds if number == 0 else min(seconds, LONGEST_OTHER_S)
            say(f"the console, decoded by {decoder}, shows it for {for_s:.0f} s")
            outcome[decoder] = ours(camera, folder, decoder, for_s)
            say(json.dumps(outcome[decoder]))
    first = outcome[options.decoders[0]]
    Result(
        name="latency",
        unit="ms from the drawn picture to the screen, p50",
        ours=first["latency_ms"]["p50"],
        limit=LIMIT_MS,
        peers={"mpv": outcome["mpv"]["latency_ms"]["p50"]},
        details={
            "decoder": options.decoders[0],
            "camera": f"{WIDTH}×{HEIGHT}@{FPS}, shown at {SHOWN[0]}×{SHOWN[1]}",
            "seconds": seconds,
            "drift_limit_ms": DRIFT_MS,
            **outcome,
        },
    ).print()


if __name__ == "__main__":
    main()
