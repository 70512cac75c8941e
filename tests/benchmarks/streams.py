"""The benchmarks' cameras: the demo's scenes, served by the demo's RTSP server as many as are needed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import Places
from app.demo.clips import CLIPS_VERSION
from tests.benchmarks.measure import city, lines

SMALL_FPS = 15.0


@dataclass(frozen=True, slots=True)
class Served:
    """Cameras that are being served: a directory file for the console, their ids, their addresses."""

    file: Path
    ids: list[str]
    urls: list[str]


def scenes() -> list[tuple[dict[str, Any], Path]]:
    """Return the demo's RTSP cameras as its directory lists them, each with its small reel."""
    with city() as (_, ready):
        # The city draws the clips if nobody has yet; it need not run any longer.
        known = json.loads(Path(str(ready["camera_file"])).read_text("utf-8"))["cameras"]
    clips = Places.usual().cache / f"demo-clips-v{CLIPS_VERSION}"
    return [
        (camera, clips / f"{camera['id']}-sub.reel")
        for camera in known
        if any(stream["kind"] == "rtsp" and stream["quality"] == "sub" for stream in camera["streams"])
    ]


@contextlib.contextmanager
def small_cameras(count: int, folder: Path) -> Iterator[Served]:
    """Serve ``count`` streams 640×360@15 of their own; cameras that show the same scene are still several."""
    found = scenes()
    cameras, reels = [], []
    for number in range(count):
        camera, reel = found[number % len(found)]
        cameras.append({**camera, "id": f"tile-{number:02}", "name": f"{camera['name']} {number}"})
        reels.append(reel)
    with serving(cameras, reels, SMALL_FPS, folder) as served:
        yield served


@contextlib.contextmanager
def serving(
    cameras: Sequence[Mapping[str, Any]], reels: Sequence[Path], fps: float, folder: Path
) -> Iterator[Served]:
    """Serve one reel for each camera, as its only stream; its id becomes the path."""
    ids = [camera["id"] for camera in cameras]
    with lines(["/usr/bin/python3", "-m", "app.demo.rtsp_server"]) as server:
        server.send(mounts={f"/{name}": {"reel": str(reel)} for name, reel in zip(ids, reels, strict=True)})
        port = server.wait_for(lambda message: "port" in message)["port"]
        urls = [f"rtsp://127.0.0.1:{port}/{name}" for name in ids]
        listed = [
            {**camera, "streams": [{"kind": "rtsp", "quality": "sub", "url": url, "fps": fps}]}
            for camera, url in zip(cameras, urls, strict=True)
        ]
        file = folder / f"cameras-{port}.json"
        file.write_text(json.dumps({"cameras": listed}), "utf-8")
        yield Served(file, ids, urls)
