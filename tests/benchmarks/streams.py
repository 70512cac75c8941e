"""The benchmarks' cameras: the demo's scenes, served by the demo's RTSP server as many as are needed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from app.config import Places
from app.demo.clips import CLIPS_VERSION
from app.demo.reel import Reel, read_reel, write_reel
from tests.benchmarks.measure import city, lines

SMALL_FPS = 15.0
LARGE, LARGE_FPS, LARGE_BITS = (1920, 1080), 25, 4_000_000


@dataclass(frozen=True, slots=True)
class Served:
    """Cameras that are being served: a directory file for the console, their ids, their addresses."""

    file: Path
    ids: list[str]
    urls: list[str]


def scenes() -> list[tuple[dict[str, Any], Path]]:
    """Return the demo's RTSP cameras as its directory lists them, each with the stem of its reels."""
    with city() as (_, ready):
        # The city draws the clips if nobody has yet; it need not run any longer.
        known = json.loads(Path(str(ready["camera_file"])).read_text("utf-8"))["cameras"]
    clips = Places.usual().cache / f"demo-clips-v{CLIPS_VERSION}"
    return [
        (camera, clips / str(camera["id"]))
        for camera in known
        if any(stream["kind"] == "rtsp" and stream["quality"] == "sub" for stream in camera["streams"])
    ]


@contextlib.contextmanager
def small_cameras(count: int, folder: Path) -> Iterator[Served]:
    """Serve ``count`` streams 640×360@15 of their own; cameras that show the same scene are still several."""
    found = scenes()
    chosen = [found[number % len(found)] for number in range(count)]
    reels = [stem.with_name(f"{stem.name}-sub.reel") for _, stem in chosen]
    with serving(_numbered("tile", chosen), reels, SMALL_FPS, folder) as served:
        yield served


@contextlib.contextmanager
def large_cameras(count: int, folder: Path) -> Iterator[Served]:
    """Serve ``count`` streams 1920×1080@25: the demo's large clips, enlarged and encoded for the purpose."""
    chosen = scenes()[:count]
    reels = []
    for camera, stem in chosen:
        reels.append(folder / f"{camera['id']}-large.reel")
        write_reel(reels[-1], _enlarged(read_reel(stem.with_name(f"{stem.name}-main.reel"))))
    with serving(_numbered("large", chosen), reels, LARGE_FPS, folder) as served:
        yield served


def _numbered(name: str, chosen: Sequence[tuple[dict[str, Any], Path]]) -> list[dict[str, Any]]:
    # Nobody else blanks masks: what they cost is no part of a comparison.
    return [
        {**camera, "id": f"{name}-{number:02}", "name": f"{camera['name']} {number}", "privacy_masks": []}
        for number, (camera, _) in enumerate(chosen)
    ]


def _enlarged(reel: Reel) -> Reel:
    """Return the reel's pictures as 1920×1080 at 25 a second, with a key picture a second."""
    decoder = av.CodecContext.create("h264", "r")
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = LARGE
    encoder.pix_fmt, encoder.bit_rate = "yuv420p", LARGE_BITS
    encoder.time_base, encoder.framerate = Fraction(1, LARGE_FPS), Fraction(LARGE_FPS)
    encoder.gop_size, encoder.max_b_frames = LARGE_FPS, 0
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}
    units: list[bytes] = []
    pictures = [av.Packet(unit) for unit in reel.pictures[: len(reel.pictures) // LARGE_FPS * LARGE_FPS]]
    for number, frame in enumerate(f for packet in [*pictures, None] for f in decoder.decode(packet)):
        large = frame.reformat(*LARGE, format="yuv420p")
        large.pts, large.pict_type = number, av.video.frame.PictureType.NONE
        units += [bytes(packet) for packet in encoder.encode(large)]
    units += [bytes(packet) for packet in encoder.encode(None)]
    return Reel("h264", *LARGE, LARGE_FPS, LARGE_FPS, tuple(units))


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
