"""The demo's HTTP cameras on loopback: HLS, JPEG stills, and one multipart MJPEG answer."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from app.demo.hls import START_SEGMENT, Segmenter, Station
from app.demo.reel import Reel, read_reel

BOUNDARY = "watchfloor-picture"
NO_STORE = {"Cache-Control": "no-store"}
KEPT_SEGMENTS = 8


@dataclass(frozen=True)
class HttpCamera:
    """One camera's two reels and how it serves them: ``hls``, ``stills`` or ``mjpeg``."""

    name: str
    form: str
    reels: dict[str, Path]


def paths(camera: HttpCamera, quality: str) -> str:
    """Return the path of a camera's stream on the server."""
    last = {"hls": "live.m3u8", "stills": "still.jpg", "mjpeg": "video.mjpg"}[camera.form]
    return f"/{camera.name}/{quality}/{last}"


class _Hls:
    def __init__(self, path: Path, station: Station, clock: Callable[[], float]) -> None:
        self._path, self._station, self._clock = path, station, clock
        self._segmenter: Segmenter | None = None
        self._cut = lru_cache(maxsize=KEPT_SEGMENTS)(self._make)

    async def playlist(self, request: Request) -> Response:
        suffix = f"?{request.url.query}" if request.url.query else ""
        text = self._station.playlist(self._clock(), suffix)
        return Response(text, media_type="application/vnd.apple.mpegurl", headers=NO_STORE)

    async def segment(self, request: Request) -> Response:
        number = int(request.path_params["number"])
        # A little older than the playlist's first is still given: the client may have read it just before.
        window = self._station.window(self._clock())
        if not window.start - 2 <= number < window.stop:
            return PlainTextResponse("no such segment", 404)
        return Response(await asyncio.to_thread(self._cut, number), media_type="video/mp2t", headers=NO_STORE)

    def _make(self, number: int) -> bytes:
        if self._segmenter is None:
            self._segmenter = Segmenter(read_reel(self._path), self._station.segment_s)
        return self._segmenter.segment(number)


class _Jpeg:
    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._reel: Reel | None = None

    def reel(self) -> Reel:
        if self._reel is None:
            self._reel = read_reel(self._path)
        return self._reel

    async def still(self, _request: Request) -> Response:
        reel = self.reel()
        number = int(self._clock() * reel.fps)
        return Response(
            reel.picture(number), media_type="image/jpeg", headers=NO_STORE | {"ETag": f'"{number}"'}
        )

    async def video(self, _request: Request) -> Response:
        media_type = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        return StreamingResponse(self._parts(self.reel()), media_type=media_type, headers=NO_STORE)

    async def _parts(self, reel: Reel) -> AsyncIterator[bytes]:
        number = int(self._clock() * reel.fps)
        while True:
            picture = reel.picture(number)
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            yield head.encode() + picture + b"\r\n"
            number += 1
            late = self._clock() - number / reel.fps
            if late > 1.0:  # a slow reader goes on with what is now, as a camera does
                number = int(self._clock() * reel.fps)
            await asyncio.sleep(max(0.0, -late))


def application(
    cameras: list[HttpCamera], station: Station, clock: Callable[[], float] = time.time
) -> Starlette:
    """Return the web application that serves those cameras."""
    routes = []
    for camera in cameras:
        for quality, reel in camera.reels.items():
            path = paths(camera, quality)
            if camera.form == "hls":
                hls = _Hls(reel, station, clock)
                segment = path.replace("live.m3u8", "segment-{number:int}.ts")
                routes += [Route(path, hls.playlist), Route(segment, hls.segment)]
            else:
                jpeg = _Jpeg(reel, clock)
                routes.append(Route(path, jpeg.still if camera.form == "stills" else jpeg.video))
    return Starlette(routes=routes)


class HttpCameras:
    """The running server. Use `start` and `aclose`."""

    def __init__(self, cameras: list[HttpCamera]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)  # whoever comes before `start` is done waits instead of being turned away
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application(cameras, Station(float(int(time.time())))),
            log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._serve(), name="demo http cameras")

    async def _serve(self) -> None:
        # `_serve` leaves the process's signal handlers alone, `serve` would take them.
        await self._server._serve([self._socket])

    async def aclose(self) -> None:
        """Stop answering; open MJPEG answers are cut after a second."""
        self._server.should_exit = True
        if self._task:
            await self._task
        self._socket.close()


__all__ = ["BOUNDARY", "START_SEGMENT", "HttpCamera", "HttpCameras", "application", "paths"]
