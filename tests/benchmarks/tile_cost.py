"""What nine live tiles cost: the whole console beside FFmpeg that only decodes, and beside mpv.

Nine RTSP streams 640×360 at 15 pictures a second (H.264), tiles 480×270 on a 1920×1080 screen. The same
streams in turn, each for the same time: ``ffmpeg -f null`` × 9 (the limit: decode and throw away),
``mpv --vo=x11`` × 9, and the console with its hub, decoders and windows. Counted: processor time of all
their processes and of the X server, in percent of one core. The server of the streams is not counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import (
    Result,
    city,
    cpu_by_process,
    cpu_percent,
    lines,
    profile,
    say,
    x_server,
)

TILES = 9
WIDTH, HEIGHT = 480, 270
WARM_S, MEASURED_S = 6.0, 20.0


def subs_only(ready: dict[str, object], folder: Path) -> tuple[Path, list[str], list[str]]:
    """Write a camera file with nine sub streams without passwords; return it, their ids and addresses."""
    cameras = json.loads(Path(str(ready["camera_file"])).read_text("utf-8"))["cameras"]
    chosen, urls = [], []
    for camera in cameras:
        subs = [s for s in camera["streams"] if s["kind"] == "rtsp" and s["quality"] == "sub"]
        if subs and "@" not in subs[0]["url"] and len(chosen) < TILES:
            chosen.append({**camera, "streams": subs})
            urls.append(subs[0]["url"])
    file = folder / "nine.json"
    file.write_text(json.dumps({"cameras": chosen}), "utf-8")
    return file, [camera["id"] for camera in chosen], urls


@contextlib.contextmanager
def crowd(commands: Sequence[Sequence[str]], **environment: str) -> Iterator[list[int]]:
    """Run several commands at once; they end with the block."""
    children = [
        subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        for command in commands
    ]
    try:
        yield [child.pid for child in children]
    finally:
        ended = [child for child in children if child.poll() is not None]
        for child in children:
            child.kill()
            child.wait()
        if ended:
            raise SystemExit(f"{len(ended)} of {len(children)} {commands[0][0]} ended while measured")


def ffmpeg_load(urls: Sequence[str]) -> float:
    options = ["-v", "error", "-threads", "1", "-rtsp_transport", "tcp"]
    commands = [["ffmpeg", *options, "-i", url, "-an", "-f", "null", "-"] for url in urls]
    with crowd(commands) as pids:
        cpu_percent(pids, WARM_S)
        return cpu_percent(pids, MEASURED_S)


def mpv_load(urls: Sequence[str]) -> float:
    with x_server() as (display, server):
        options = [
            "--no-config",
            "--profile=low-latency",
            "--vo=x11",
            "--no-audio",
            "--no-border",
            "--rtsp-transport=tcp",
            "--no-keepaspect-window",
            "--really-quiet",
            "--osc=no",
        ]
        places = [f"--geometry={WIDTH}x{HEIGHT}+{WIDTH * (n % 3)}+{HEIGHT * (n // 3)}" for n in range(TILES)]
        commands = [["mpv", *options, place, url] for place, url in zip(places, urls, strict=True)]
        with crowd(commands, DISPLAY=display) as pids:
            cpu_percent(pids, WARM_S)
            return cpu_percent([*pids, server], MEASURED_S)


def console_load(
    file: Path, ids: Sequence[str], folder: Path, decoder: str
) -> tuple[dict[str, float], dict[str, Any]]:
    with x_server() as (display, server):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(
                profile=str(folder),
                camera_file=str(file),
                wall=list(ids),
                tile=[WIDTH, HEIGHT],
                bare=True,
                decoder=decoder,
            )
            console.wait_for(lambda message: "live" in message)
            cpu_percent([console.child.pid], WARM_S)
            console.send(ask="restart_counters")
            loads = cpu_by_process({"console": console.child.pid, "x_server": server}, MEASURED_S)
            console.send(ask="report")
            return loads, console.wait_for(lambda message: "report" in message)["report"]


def main() -> None:
    with city() as (_, ready), profile() as folder:
        file, ids, urls = subs_only(ready, folder)
        say(f"ffmpeg × {TILES}: decoding for {MEASURED_S:.0f} s")
        limit = ffmpeg_load(urls)
        say(f"mpv × {TILES}: showing for {MEASURED_S:.0f} s")
        peer = mpv_load(urls)
        say(f"the console with {TILES} tiles: showing for {MEASURED_S:.0f} s")
        loads, report = console_load(file, ids, folder / "libvlc", "libvlc")
        say("the same with FFmpeg as its decoder, which is a setting")
        other_loads, other = console_load(file, ids, folder / "ffmpeg", "ffmpeg")
    Result(
        name="tile_cost",
        unit="percent of a core",
        ours=sum(loads.values()),
        limit=limit,
        peers={"mpv": peer},
        details={
            "tiles": f"{TILES} × 640×360@15 H.264 over RTSP/TCP, shown at {WIDTH}×{HEIGHT}",
            "ours_by_part": {name: round(load, 2) for name, load in loads.items()},
            "wall": report["wall"],
            "painted_fps": [tile["painted_fps"] for tile in report["tiles"]],
            "ui_stall_ms": report["ui_stall_ms"],
            "with_ffmpeg_as_decoder": {
                "ours": round(sum(other_loads.values()), 2),
                "ratio_to_mpv": round(sum(other_loads.values()) / peer, 3),
                "painted_fps": [tile["painted_fps"] for tile in other["tiles"]],
            },
        },
    ).print()


if __name__ == "__main__":
    main()
