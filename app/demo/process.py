"""The demo city's process: draws and serves the streams, then sends alerts to the hub it is told of.

It reads JSON lines on stdin, ``{"hub_url": ..., "ingest_token": ...}``, at any time and again when the hub
has moved; with ``"session_token"`` it imports its cameras first. It writes JSON lines on stdout:
``{"progress", "done", "of"}``, one ``{"ready": {...}}``, then ``{"sent", "alerts", "refused"}`` every
second, and ``{"error", "hint"}`` when something fails. It ends when stdin does, and with it all that it
started.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from app.demo.basemap import BASEMAP_VERSION, ensure_basemap
from app.demo.city import CAMERAS, DEFAULT_WALL, PASSWORDS, camera_file
from app.demo.clips import CLIPS_VERSION, ensure_clips
from app.demo.http_cameras import HttpCamera, HttpCameras
from app.demo.sender import AlertSender, HubAddress, HubDoor, import_cameras
from app.demo.stories import stories
from app.domain.errors import SourceError

ROOT = Path(__file__).resolve().parents[2]
RTSP_START_S = 20.0
STORM_LANES = 8


def main(argv: list[str]) -> int:
    """Run the demo city until stdin ends. Returns 0, or 2 when it could not start."""
    parser = argparse.ArgumentParser(
        prog="demo-city", description="Serves a made-up town's cameras and alerts."
    )
    parser.add_argument("--storm", type=float, metavar="N", help="send N alerts a second")
    parser.add_argument("--cameras", type=int, default=len(CAMERAS), metavar="N", help="cameras to list")
    parser.add_argument("--seed", type=int, default=1, help="another seed tells other stories")
    parser.add_argument(
        "--cache-dir", type=Path, default=Path(platformdirs.user_cache_dir("watchfloor")), metavar="DIR"
    )
    options = parser.parse_args(argv)
    if options.storm is not None and options.storm <= 0:
        parser.error("--storm needs a number above 0")
    try:
        asyncio.run(_run(options))
    except SourceError as error:
        _say({"error": error.message, "hint": getattr(error, "hint", "")})
        return 2
    return 0


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def _run(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    ended = threading.Event()
    threading.Thread(target=_read_stdin, args=(loop, lines, ended), name="demo stdin", daemon=True).start()
    address = HubAddress()
    sessions: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    city = asyncio.create_task(_city(options, address, sessions, ended.is_set), name="demo city")
    listening = asyncio.create_task(_listen(lines, address, sessions), name="demo orders")
    await asyncio.wait({city, listening}, return_when=asyncio.FIRST_COMPLETED)
    failed = city.done()
    for task in (city, listening):
        task.cancel()
    results = await asyncio.gather(city, listening, return_exceptions=True)
    if failed and isinstance(results[0], BaseException):
        raise results[0]


def _read_stdin(
    loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None], ended: threading.Event
) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    ended.set()
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def _listen(
    lines: asyncio.Queue[str | None], address: HubAddress, sessions: asyncio.Queue[tuple[str, str]]
) -> None:
    while (line := await lines.get()) is not None:
        if not line.strip():
            continue
        try:
            order = json.loads(line)
            door = HubDoor(str(order["hub_url"]).rstrip("/"), str(order["ingest_token"]))
        except (ValueError, KeyError, TypeError) as error:
            _say({"error": "an order on stdin could not be read", "hint": type(error).__name__})
            continue
        if "session_token" in order:
            sessions.put_nowait((door.url, str(order["session_token"])))
        address.set(door)


async def _city(
    options: argparse.Namespace, address: HubAddress, sessions: asyncio.Queue[tuple[str, str]],
    ended: Callable[[], bool],
) -> None:  # fmt: skip
    cache: Path = options.cache_dir
    clips = cache / f"demo-clips-v{CLIPS_VERSION}"
    mbtiles = cache / f"demo-map-v{BASEMAP_VERSION}.mbtiles"

    def progress(what: str) -> Callable[[int, int], None]:
        return lambda done, of: _say({"progress": what, "done": done, "of": of})

    jobs = [camera.clip for camera in CAMERAS]
    await asyncio.to_thread(ensure_clips, jobs, clips, progress("Drawing street scenes"), cancelled=ended)
    await asyncio.to_thread(ensure_basemap, mbtiles, progress("Drawing the map"))
    rtsp, rtsp_port = await _start_rtsp(clips)
    http = HttpCameras(
        [
            HttpCamera(camera.id, camera.serves, {q: camera.clip.path(clips, q) for q in ("main", "sub")})
            for camera in CAMERAS
            if camera.serves != "rtsp"
        ]
    )
    try:
        await http.start()
        listing = camera_file(rtsp_port, http.port, options.cameras)
        listing_path = cache / "demo-cameras.json"
        await asyncio.to_thread(_write_private, listing_path, listing)
        _say(
            {
                "ready": {
                    "camera_file": str(listing_path),
                    "mbtiles": str(mbtiles),
                    "rtsp_port": rtsp_port,
                    "http_port": http.port,
                    "default_wall": list(DEFAULT_WALL),
                }
            }
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(_tell(options, address), name="demo alerts")
            group.create_task(_import(sessions, listing), name="demo import")
            group.create_task(_watch(rtsp), name="demo rtsp watch")
    finally:
        await http.aclose()
        await _end(rtsp)


def _write_private(path: Path, content: bytes) -> None:
    # The list holds the demo's camera passwords: only its user may read it.
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_bytes(content)
    half.replace(path)


async def _start_rtsp(clips: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Start the RTSP server with the system's Python, which has GStreamer's bindings."""
    python = shutil.which("/usr/bin/python3") or shutil.which("python3")
    if python is None:
        raise SourceError(
            "the demo's RTSP cameras need python3 with GStreamer's bindings (Debian: python3-gi)"
        )
    mounts: dict[str, dict[str, str]] = {}
    for camera in CAMERAS:
        if camera.serves == "rtsp":
            login = PASSWORDS.get(camera.id)
            secret = {"user": login[0], "password": login[1]} if login else {}
            for quality in ("main", "sub"):
                mounts[f"/{camera.id}/{quality}"] = {"reel": str(camera.clip.path(clips, quality)), **secret}
    child = await asyncio.create_subprocess_exec(
        python, "-m", "app.demo.rtsp_server", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps({"mounts": mounts}).encode() + b"\n")
    try:
        async with asyncio.timeout(RTSP_START_S):
            await child.stdin.drain()
            answer = json.loads(await child.stdout.readline() or b"{}")
    except (TimeoutError, ValueError, ConnectionError) as error:
        await _end(child)
        raise SourceError("the demo's RTSP server did not start") from error
    if "port" not in answer:
        await _end(child)
        words = f"{answer.get('error', 'the RTSP server ended at once')}. {answer.get('hint', '')}".strip()
        raise SourceError(words, retryable=False)
    return child, int(answer["port"])


async def _watch(rtsp: asyncio.subprocess.Process) -> None:
    code = await rtsp.wait()
    _say({"error": f"the demo's RTSP server has ended ({code})", "hint": "Start the demo again."})


async def _end(child: asyncio.subprocess.Process) -> None:
    """Let a child end by the end of its stdin; after two seconds by force."""
    if child.stdin:
        child.stdin.close()
    try:
        async with asyncio.timeout(2):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


async def _tell(options: argparse.Namespace, address: HubAddress) -> None:
    await address.get()
    sender = AlertSender(address, lanes=STORM_LANES if options.storm else 1)
    planned = stories(options.seed, datetime.now(UTC), per_second=options.storm)
    async with asyncio.TaskGroup() as group:
        group.create_task(_count(sender), name="demo count")
        group.create_task(sender.run(planned, time.monotonic), name="demo sender")


async def _count(sender: AlertSender) -> None:
    while True:
        await asyncio.sleep(1)
        _say({"sent": sender.sent, "alerts": sender.alerts, "refused": sender.refused})


async def _import(sessions: asyncio.Queue[tuple[str, str]], listing: bytes) -> None:
    while True:
        hub_url, token = await sessions.get()
        plan = await import_cameras(hub_url, token, listing)
        _say({"imported": {key: plan[key] for key in ("added", "changed", "unchanged")}})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
