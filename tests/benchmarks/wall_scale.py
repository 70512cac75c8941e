"""How many tiles a machine carries: 16, 36 and 64 RTSP tiles 640×360@15 on a 1920×1080 screen.

Measured for each wall: the share of the cameras' pictures that were painted, the lateness of the UI thread,
and processor time of all our processes and the X server in percent of one core. The cameras' server runs
on the same machine and is not counted. Cameras that show the same scene are still streams of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Result, cpu_by_process, cpu_percent, lines, profile, say, x_server
from tests.benchmarks.streams import SMALL_FPS, Served, small_cameras

WALLS = {16: "4×4", 36: "6×6", 64: "8×8"}
WARM_S, MEASURED_S = 8.0, 20.0


def wall_load(served: Served, folder: Path, count: int, decoder: str) -> dict[str, Any]:
    """Show a wall of the first ``count`` cameras; return what came of it."""
    with x_server() as (display, server):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder / f"{decoder}-{count}"),
                camera_file=str(served.file),
                wall=served.ids[:count],
                grid=WALLS[count],
                bare=True,
                decoder=decoder,
                until_live_s=60,
            )
            console.wait_for(lambda message: "live" in message)
            cpu_percent([console.child.pid], WARM_S)
            console.send(ask="restart_counters")
            loads = cpu_by_process({"console": console.child.pid, "x_server": server}, MEASURED_S)
            console.send(ask="report")
            report = console.wait_for(lambda message: "report" in message)["report"]
    painted = [tile["painted_fps"] / SMALL_FPS for tile in report["tiles"]]
    states = [tile["state"] for tile in report["tiles"]]
    return {
        "painted_share": round(sum(painted) / len(painted), 4),
        "worst_tile_share": round(min(painted), 4),
        "live_tiles": states.count("live"),
        "ui_stall_ms": report["ui_stall_ms"],
        "cpu_percent": {name: round(load, 1) for name, load in loads.items()},
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--decoder", choices=["ffmpeg", "libvlc"], default="ffmpeg")
    arguments.add_argument("--tiles", type=int, nargs="*", choices=list(WALLS), default=list(WALLS))
    options = arguments.parse_args()
    walls = {}
    with profile() as folder, small_cameras(max(options.tiles), folder) as served:
        for count in options.tiles:
            say(f"{count} tiles, decoded by {options.decoder}: {MEASURED_S:.0f} s")
            walls[count] = wall_load(served, folder, count, options.decoder)
            say(json.dumps(walls[count]))
    largest = walls[max(walls)]
    Result(
        name="wall_scale",
        unit=f"percent of the pictures of {max(walls)} tiles that were painted",
        ours=100 * largest["painted_share"],
        limit=100.0,
        details={"decoder": options.decoder, "walls": {str(count): wall for count, wall in walls.items()}},
    ).print()


if __name__ == "__main__":
    main()
