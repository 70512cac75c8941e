"""What a tile costs in memory: RTSP tiles 640×360@15 on a 1920×1080 screen, 16 of them and 64.

One console shows no camera, then 16, then 64. Counted per tile: the proportional set size (PSS: a page that
several processes share counts by its share) of the console's own process and of all its decoder workers,
the one in reserve included, less that of the same console without a camera, divided by the tiles. The hub
and the web engine's processes are in the totals only: they know nothing of tiles. The pictures in shared
memory are mapped by worker and console and so count once in all. Each figure is the median of several looks
after the wall has run for a while.

    python tests/benchmarks/memory.py [--tiles 16 64] [--settle 15] [--decoder ffmpeg]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from app.domain.quantile import quantile
from tests.benchmarks.measure import Lines, Result, lines, profile, say, x_server
from tests.benchmarks.streams import Served, small_cameras

WALLS = {16: "4×4", 36: "6×6", 64: "8×8"}
LIMIT_MB = 35.0
LOOKS, BETWEEN_S = 5, 1.0
WORKER = "wf-decoder"


def weigh(console: Lines) -> dict[str, float]:
    """Return the median memory in MB of the console, its workers, and everything else of it."""
    looks: dict[str, list[float]] = {"console": [], "workers": [], "others": []}
    for _ in range(LOOKS):
        console.send(ask="report")
        found = console.wait_for(lambda message: "report" in message)["report"]["memory_mb"]
        workers = [mb for name, mb in found.items() if name.startswith(WORKER)]
        looks["console"].append(found["console"])
        looks["workers"].append(sum(workers))
        looks["others"].append(sum(found.values()) - found["console"] - sum(workers))
        time.sleep(BETWEEN_S)
    return {name: round(quantile(values, 0.5), 1) for name, values in looks.items()}


def show(console: Lines, served: Served, count: int, settle_s: float) -> dict[str, Any]:
    """Show the first ``count`` cameras; return what the console weighs with them, and how many are live."""
    console.send(ask="show", wall=served.ids[:count], grid=WALLS[count])
    console.wait_for(lambda message: "shown_at" in message)
    console.send(ask="until_live", within_s=60)
    live = console.wait_for(lambda message: "live_tiles" in message)["live_tiles"]
    time.sleep(settle_s)
    return {**weigh(console), "live_tiles": live}


def per_tile_mb(weight: dict[str, Any], empty: dict[str, float], count: int) -> float:
    """Return the console's and the workers' growth over the empty wall, in MB a tile."""
    grown = sum(weight[part] - empty[part] for part in ("console", "workers"))
    return float(grown / count)


def measure(served: Served, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Run the console with no tile and with each number of tiles; return the figures of each."""
    walls: dict[str, Any] = {}
    with x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder),
                camera_file=str(served.file),
                wall=[],
                grid=WALLS[min(options.tiles)],
                bare=True,
                decoder=options.decoder,
            )
            console.wait_for(lambda message: "live" in message)
            time.sleep(options.settle)
            empty = walls["0"] = weigh(console)
            say(f"without a camera: {empty}")
            for count in sorted(options.tiles):
                weight = show(console, served, count, options.settle)
                walls[str(count)] = {"per_tile": round(per_tile_mb(weight, empty, count), 2), **weight}
                say(f"{count} tiles: {walls[str(count)]}")
    return walls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tiles", type=int, nargs="*", choices=list(WALLS), default=[16, 64])
    parser.add_argument("--settle", type=float, default=15.0, help="seconds before each look")
    parser.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    options = parser.parse_args()
    with profile() as folder, small_cameras(max(options.tiles), folder) as served:
        walls = measure(served, folder / "profile", options)
    Result(
        name="memory",
        unit=f"MB per tile, {min(options.tiles)} tiles",
        ours=walls[str(min(options.tiles))]["per_tile"],
        limit=LIMIT_MB,
        details={"decoder": options.decoder, "mb_by_tiles": walls},
    ).print()


if __name__ == "__main__":
    main()
