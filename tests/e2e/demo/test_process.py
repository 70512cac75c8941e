"""The demo city as a process: comes up, is told of the hub, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import httpx
import psutil
import pytest

from app.demo.basemap import BASEMAP_VERSION
from tests.e2e.demo.test_rtsp_server import pytestmark as needs_gstreamer
from tests.fakes.waiting import run, until
from tests.hub.running_hub import INGEST_TOKEN, desk_at_hub

ROOT = Path(__file__).parents[3]

pytestmark = needs_gstreamer


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that have not ended: an ended one is a zombie until who inherited it has looked."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.fixture
def cache(small_town: Path) -> Path:
    """A cache of small clips, and a map's place taken."""
    (small_town / f"demo-map-v{BASEMAP_VERSION}.mbtiles").touch()
    return small_town


class City:
    """The process, spoken to in lines."""

    def __init__(self, cache: Path, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.demo.process", "--cache-dir", str(cache), *more],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        self.children: list[psutil.Process] = []

    async def said(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = 30) -> dict[str, Any]:
        """Return the first line that is wanted."""
        assert self.process.stdout is not None
        async with asyncio.timeout(timeout_s):
            while line := await asyncio.to_thread(self.process.stdout.readline):
                message: dict[str, Any] = json.loads(line)
                if wanted(message):
                    return message
        pytest.fail("the city has ended")

    async def ready(self) -> dict[str, Any]:
        message = await self.said(lambda m: "ready" in m or "error" in m)
        assert "ready" in message, message
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        ready: dict[str, Any] = message["ready"]
        return ready

    def tell(self, **order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Close its stdin, as a parent that dies, and return its exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(15)
        self.process.stdout.close()
        return code


def read_private(path: str) -> dict[str, Any]:
    """Return the camera file, which nobody else may read: it holds passwords."""
    assert Path(path).stat().st_mode & 0o077 == 0
    content: dict[str, Any] = json.loads(Path(path).read_text())
    return content


def test_city_serves_every_kind_and_leaves_no_child(cache: Path) -> None:
    def look(url: str) -> tuple[int, int]:
        with av.open(url, timeout=10) as container:
            frame = next(container.decode(video=0))
            return frame.width, frame.height

    async def scenario() -> None:
        city = City(cache)
        ready = await city.ready()
        assert city.children, "the RTSP server is a child"
        listed = read_private(ready["camera_file"])["cameras"]
        assert {row["id"] for row in listed} >= set(ready["default_wall"])
        for number in (1, 5, 12, 9):  # RTSP, HLS, RTSP with a password, MJPEG
            url = next(s["url"] for s in listed[number - 1]["streams"] if s["quality"] == "sub")
            assert await asyncio.to_thread(look, url) == (160, 90), listed[number - 1]["name"]
        still = next(s["url"] for s in listed[18]["streams"] if s["quality"] == "sub")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(still)).headers["content-type"] == "image/jpeg"
        assert city.end() == 0
        assert not still_running(city.children)

    run(scenario(), timeout_s=50)


def test_city_imports_its_cameras_and_fills_the_queue_within_ten_seconds(cache: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        city = City(cache, "--cameras", "40", "--seed", "5")
        await city.ready()
        async with desk_at_hub(tmp_path / "hub") as desk:
            city.tell(
                hub_url=f"http://127.0.0.1:{desk.port}", ingest_token=INGEST_TOKEN, session_token=desk.session
            )
            assert (await city.said(lambda m: "imported" in m))["imported"]["added"] == 40
            told = await city.said(lambda m: m.get("sent", 0) >= 8, timeout_s=12)
            snapshot = await desk.snapshot()
            assert len(snapshot["alerts"]) >= told["alerts"] >= 8
            assert len(snapshot["cameras"]) == 40
            assert city.end() == 0

    run(scenario(), timeout_s=50)


def test_a_storm_is_sent_at_its_rate(cache: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        city = City(cache, "--storm", "40")
        await city.ready()
        async with desk_at_hub(tmp_path / "hub") as desk:
            city.tell(hub_url=f"http://127.0.0.1:{desk.port}", ingest_token=INGEST_TOKEN)
            first = await city.said(lambda m: m.get("sent", 0) > 0)
            second = await city.said(lambda m: m.get("sent", 0) > first["sent"] + 60)
            assert second["refused"] == 0
            assert city.end() == 0

    run(scenario(), timeout_s=40)


def test_an_order_that_makes_no_sense_is_told_and_the_city_goes_on(cache: Path) -> None:
    async def scenario() -> None:
        city = City(cache)
        await city.ready()
        city.tell(nonsense="yes")
        assert "order" in (await city.said(lambda m: "error" in m))["error"]
        assert city.process.poll() is None
        assert city.end() == 0

    run(scenario(), timeout_s=40)


def test_city_that_is_let_go_while_drawing_ends_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        city = City(tmp_path / "empty")
        first = await city.said(lambda m: "progress" in m)
        assert (first["done"], first["of"]) == (0, 24)
        children = psutil.Process(city.process.pid).children(recursive=True)
        assert city.end() == 0
        # The resource tracker of multiprocessing ends itself once its parent is gone: a moment later.
        await until(lambda: not still_running(children), what="all children ended")
        assert not list((tmp_path / "empty").rglob(".*.reel.*")), "no half file"

    run(scenario(), timeout_s=40)
