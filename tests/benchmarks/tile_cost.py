"""What live tiles cost: the whole console beside FFmpeg that only decodes, and beside mpv.

Walls on a 1920×1080 screen, H.264 over RTSP/TCP: 16 streams 640×360 at 15 pictures a second, 4 streams
1920×1080 at 25, and when it is named 9 of the small ones. The same streams in turn, each for the same time:
as many ``ffmpeg -f null`` (the limit: decode and throw away), the same scaled and converted to the tile's
pixels before they are thrown away, as many ``mpv --vo=x11``, and the console with its hub, decoders and
windows, with either decoder. Counted: processor time of all their processes and of the X server, in percent
of one core. The server of the streams is not counted. mpv and the console show the pictures at the same size.

    python tests/benchmarks/tile_cost.py [--seconds 20] [--walls small nine large] [--decoders ffmpeg libvlc]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import (
    Result,
    cpu_by_process,
    cpu_percent,
    crowd,
    lines,
    profile,
    say,
    x_server,
)
from tests.benchmarks.peer_mpv import OPTIONS
from tests.benchmarks.streams import Served, large_cameras, small_cameras

WARM_S = 6.0
MARK = {"ratio_to_limit": 1.5, "ratio_to_mpv": 0.6}


@dataclass(frozen=True, slots=True)
class Measured:
    """One wall to measure: how many tiles a side, and their size on the screen in pixels."""

    words: str
    side: int
    width: int
    height: int

    @property
    def tiles(self) -> int:
        """How many tiles the wall has."""
        return self.side**2


# As large as four rows, or two, find room for below the console's bars.
SMALL = Measured("640×360@15", 4, 432, 243)
NINE = Measured("640×360@15", 3, 480, 270)
BIG = Measured("1920×1080@25", 2, 864, 486)


def ffmpeg_load(urls: Sequence[str], seconds: float, *filters: str) -> float:
    options = ["-v", "error", "-threads", "1", "-rtsp_transport", "tcp"]
    commands = [["ffmpeg", *options, "-i", url, "-an", *filters, "-f", "null", "-"] for url in urls]
    with crowd(commands) as pids:
        cpu_percent(pids, WARM_S)
        return cpu_percent(pids, seconds)


def mpv_load(urls: Sequence[str], wall: Measured, seconds: float) -> float:
    with x_server() as (display, server):
        places = [
            (number % wall.side * wall.width, number // wall.side * wall.height)
            for number in range(wall.tiles)
        ]
        commands = [
            ["mpv", *OPTIONS, f"--geometry={wall.width}x{wall.height}+{x}+{y}", url]
            for (x, y), url in zip(places, urls, strict=True)
        ]
        with crowd(commands, DISPLAY=display) as pids:
            cpu_percent(pids, WARM_S)
            return cpu_percent([*pids, server], seconds)


def console_load(
    served: Served, wall: Measured, folder: Path, decoder: str, seconds: float
) -> tuple[dict[str, float], dict[str, Any]]:
    with x_server() as (display, server):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder),
                camera_file=str(served.file),
                wall=served.ids,
                grid=f"{wall.side}×{wall.side}",
                tile=[wall.width, wall.height],
                bare=True,
                decoder=decoder,
            )
            console.wait_for(lambda message: "live" in message)
            cpu_percent([console.child.pid], WARM_S)
            console.send(ask="restart_counters")
            loads = cpu_by_process({"console": console.child.pid, "x_server": server}, seconds)
            console.send(ask="report")
            return loads, console.wait_for(lambda message: "report" in message)["report"]


def ours(
    served: Served, wall: Measured, folder: Path, decoder: str, seconds: float, peers: dict[str, float]
) -> dict[str, Any]:
    """Return what the console costs with that decoder, beside what the others cost."""
    loads, report = console_load(served, wall, folder, decoder, seconds)
    total = sum(loads.values())
    return {
        "ours": round(total, 2),
        "ratio_to_limit": round(total / peers["ffmpeg"], 3),
        "ratio_to_mpv": round(total / peers["mpv"], 3),
        "by_part": {name: round(load, 2) for name, load in loads.items()},
        "wall": report["wall"],
        "painted_fps": [tile["painted_fps"] for tile in report["tiles"]],
        "ui_stall_ms": report["ui_stall_ms"],
    }


def compare(served: Served, wall: Measured, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure all on one wall, one after the other."""
    said = f"{wall.tiles} × {wall.words}"
    say(f"ffmpeg, {said}: decoding for {options.seconds:.0f} s")
    peers = {"ffmpeg": ffmpeg_load(served.urls, options.seconds)}
    say(f"ffmpeg, {said}: decoding, scaling and converting for {options.seconds:.0f} s")
    pixels = f"scale={wall.width}:{wall.height}:flags=fast_bilinear,format=bgra"
    scaled = ffmpeg_load(served.urls, options.seconds, "-vf", pixels)
    say(f"mpv, {said}: showing for {options.seconds:.0f} s")
    peers["mpv"] = mpv_load(served.urls, wall, options.seconds)
    outcome: dict[str, Any] = {
        "tiles": f"{said} H.264 over RTSP/TCP, shown at {wall.width}×{wall.height}",
        "limit": round(peers["ffmpeg"], 2),
        "ffmpeg_to_pixels": round(scaled, 2),
        "mpv": round(peers["mpv"], 2),
    }
    for decoder in options.decoders:
        say(f"the console, {said}, decoded by {decoder}: showing for {options.seconds:.0f} s")
        outcome[decoder] = ours(
            served, wall, folder / f"{wall.tiles}-{decoder}", decoder, options.seconds, peers
        )
        say(json.dumps(outcome[decoder], ensure_ascii=False))
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--walls", nargs="*", choices=["small", "nine", "large"], default=["small", "large"])
    parser.add_argument("--decoders", nargs="*", choices=["ffmpeg", "libvlc"], default=["ffmpeg", "libvlc"])
    options = parser.parse_args()
    walls: dict[str, dict[str, Any]] = {}
    with profile() as folder:
        if "small" in options.walls:
            with small_cameras(SMALL.tiles, folder) as served:
                walls[SMALL.words] = compare(served, SMALL, folder, options)
        if "nine" in options.walls:
            with small_cameras(NINE.tiles, folder) as served:
                walls[f"{NINE.tiles} × {NINE.words}"] = compare(served, NINE, folder, options)
        if "large" in options.walls:
            say("encoding the large streams")
            with large_cameras(BIG.tiles, folder) as served:
                walls[BIG.words] = compare(served, BIG, folder, options)
    first = next(iter(walls.values()))
    Result(
        name="tile_cost",
        unit=f"percent of a core, {first['tiles']}",
        ours=first[options.decoders[0]]["ours"],
        limit=first["limit"],
        peers={"mpv": first["mpv"]},
        details={"decoder": options.decoders[0], "mark": MARK, "walls": walls},
    ).print()


if __name__ == "__main__":
    main()
