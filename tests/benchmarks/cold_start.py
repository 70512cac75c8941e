"""From the start of the console's process to its first live tile.

The profile is furnished (cameras imported, nine RTSP tiles on the wall), as on any day but the first. Each
run is a new process; the hub starts with it. Both clocks begin at the process's start as the system knows it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.domain.quantile import quantile
from tests.benchmarks.measure import Result, lines, profile, say, x_server
from tests.benchmarks.streams import small_cameras

RUNS, TILES = 7, 9


def main() -> None:
    first, every = [], []
    with profile() as folder, small_cameras(TILES, folder) as served, x_server() as (display, _server):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        for run in range(RUNS + 1):
            with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
                order = {"profile": str(folder / "profile"), "wall": served.ids}
                if run == 0:
                    order["camera_file"] = str(served.file)
                console.send(**order)
                every_s = console.wait_for(lambda message: "live" in message)["live"]
                console.send(ask="report")
                first_s = console.wait_for(lambda message: "report" in message)["report"]["first_live_s"]
            say(f"run {run}: first tile {first_s} s, all nine {every_s} s{' (furnishing)' * (run == 0)}")
            if run > 0:
                first.append(first_s)
                every.append(every_s)
    Result(
        name="cold_start",
        unit="s, median",
        ours=quantile(first, 0.5),
        details={
            "first_tile_s": {"min": min(first), "median": quantile(first, 0.5), "max": max(first)},
            "all_nine_s": {"min": min(every), "median": quantile(every, 0.5), "max": max(every)},
            "runs": RUNS,
        },
    ).print()


if __name__ == "__main__":
    main()
