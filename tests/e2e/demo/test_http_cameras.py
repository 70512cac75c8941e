"""The demo's HTTP cameras, as a real client meets them."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import httpx
from PIL import Image

from app.demo.http_cameras import BOUNDARY, HttpCamera, HttpCameras
from tests.fakes.waiting import run


@asynccontextmanager
async def serving(clips: Path) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    def camera(name: str, form: str, clip: str) -> HttpCamera:
        return HttpCamera(name, form, {q: clips / f"{clip}-{q}.reel" for q in ("main", "sub")})

    cameras = [camera("a", "hls", "road"), camera("b", "stills", "stills"), camera("c", "mjpeg", "mjpeg")]
    server = HttpCameras(cameras)
    await server.start()
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            yield f"http://127.0.0.1:{server.port}", client
    finally:
        await server.aclose()


def test_hls_plays_live_at_the_pace_of_the_clock(small_clips: Path) -> None:
    async def scenario() -> None:
        async with serving(small_clips) as (base, _):
            stamps = await asyncio.to_thread(play, f"{base}/a/sub/live.m3u8?n=25")
        steps = [b - a for a, b in itertools.pairwise(stamps)]
        assert max(steps) - min(steps) < 0.002

    def play(url: str) -> list[float]:
        with av.open(url, timeout=10) as container:
            found = []
            for frame in container.decode(video=0):
                assert (frame.width, frame.height) == (160, 90)
                assert frame.time is not None
                found.append(frame.time)
                if len(found) == 60:
                    break
            return found

    run(scenario())


def test_segments_come_as_announced_and_old_ones_are_gone(small_clips: Path) -> None:
    async def scenario() -> None:
        async with serving(small_clips) as (base, client):
            playlist = (await client.get(f"{base}/a/main/live.m3u8")).text
            names = [line for line in playlist.splitlines() if line.endswith(".ts")]
            for name in names:
                answer = await client.get(f"{base}/a/main/{name}")
                assert answer.status_code == 200
                assert answer.headers["content-type"] == "video/mp2t"
            assert (await client.get(f"{base}/a/main/segment-3.ts")).status_code == 404
            assert (await client.get(f"{base}/a/main/segment-999999.ts")).status_code == 404

    run(scenario())


def test_a_still_is_a_new_picture_a_moment_later(small_clips: Path) -> None:
    async def scenario() -> None:
        async with serving(small_clips) as (base, client):
            url = f"{base}/b/sub/still.jpg"
            first = await client.get(url)
            assert first.headers["content-type"] == "image/jpeg"
            assert Image.open(io.BytesIO(first.content)).size == (160, 90)
            async with asyncio.timeout(3):
                while (later := await client.get(url)).content == first.content:
                    assert later.headers["etag"] == first.headers["etag"]
            assert later.headers["etag"] != first.headers["etag"]

    run(scenario())


def test_mjpeg_is_a_multipart_answer_of_fifteen_pictures_a_second(small_clips: Path) -> None:
    async def scenario() -> None:
        async with serving(small_clips) as (base, client):
            loop = asyncio.get_running_loop()
            async with client.stream("GET", f"{base}/c/sub/video.mjpg") as answer:
                assert answer.headers["content-type"] == f"multipart/x-mixed-replace; boundary={BOUNDARY}"
                data = b""
                begun = loop.time()
                async for piece in answer.aiter_bytes():
                    data += piece
                    if data.count(b"--" + BOUNDARY.encode()) >= 31:
                        break
            elapsed = loop.time() - begun
        assert elapsed > 1.6, "thirty pictures take two seconds"
        pictures = [part.split(b"\r\n\r\n", 1)[1] for part in data.split(b"--" + BOUNDARY.encode())[1:-1]]
        assert all(Image.open(io.BytesIO(picture)).size == (160, 90) for picture in pictures)
        assert len(set(pictures)) == 30

    run(scenario())


def test_closing_does_not_wait_for_a_watcher(small_clips: Path) -> None:
    async def scenario() -> None:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            async with serving(small_clips) as (base, _):
                request = client.build_request("GET", f"{base}/c/sub/video.mjpg")
                answer = await client.send(request, stream=True)
                await anext(answer.aiter_bytes())
            await answer.aclose()

    run(scenario(), timeout_s=10)
