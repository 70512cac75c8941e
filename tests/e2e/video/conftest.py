"""Real cameras, real libVLC, real worker processes."""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.camera import Lease, Quality, StreamKey, StreamKind
from app.domain.ids import CameraId
from app.domain.privacy_mask import PrivacyMask
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import StreamFacts, StreamState, StreamStatus, judge
from app.sources.video.supervisor import VideoSupervisor
from tests.fakes.http_cameras import HttpCameras, encode_segments
from tests.fakes.video_clips import encode_access_units, write_clip
from tests.fakes.waiting import until

SERVER = Path(__file__).parents[2] / "fakes" / "rtsp_server.py"
PYTHON = "/usr/bin/python3"
QUICK = RestartPolicy(first_s=0.1, cap_s=0.5, slow_s=0.5)
FPS = 15


class MachineClock:
    """The machine's own time, which the workers write into the rings."""

    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


class RtspCamera:
    """A running RTSP server with nine paths, /1 to /9."""

    def __init__(self, clip: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [PYTHON, str(SERVER), str(clip), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.port = int(json.loads(line)["port"])

    def url(self, path: str = "1", login: str = "") -> str:
        return f"rtsp://{login and login + '@'}127.0.0.1:{self.port}/{path}"

    def command(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="session")
def access_units() -> list[bytes]:
    return encode_access_units(fps=FPS, seconds=4)


@pytest.fixture(scope="session")
def clip(access_units: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "street.bin", access_units)


@pytest.fixture(scope="session")
def plain_camera(clip: Path) -> Iterator[RtspCamera]:
    """A camera without a password that no test may disturb."""
    require_gstreamer()
    camera = RtspCamera(clip)
    yield camera
    camera.stop()


@functools.cache
def require_gstreamer() -> None:
    if sys.platform != "linux" or subprocess.run([PYTHON, "-c", "import gi"], check=False).returncode:
        pytest.skip("GStreamer's RTSP server is not on this system")


@pytest.fixture
def rtsp_camera(clip: Path) -> Iterator[Callable[..., RtspCamera]]:
    require_gstreamer()
    cameras: list[RtspCamera] = []

    def start(*options: str) -> RtspCamera:
        cameras.append(RtspCamera(clip, *options))
        return cameras[-1]

    yield start
    for camera in cameras:
        camera.stop()


@pytest.fixture
def http_cameras(access_units: list[bytes]) -> Iterator[HttpCameras]:
    with HttpCameras(encode_segments(access_units, FPS, FPS)) as cameras:
        yield cameras


class Wall:
    """An engine and what a tile would say of its streams."""

    def __init__(self, engine: VideoSupervisor) -> None:
        self.engine = engine
        self.seen: list[StreamState] = []

    async def open(
        self,
        name: str,
        url: str,
        kind: StreamKind,
        fps: float | None = None,
        masks: tuple[PrivacyMask, ...] = (),
    ) -> StreamKey:
        key = StreamKey(CameraId(name), Quality.SUB)
        await self.engine.open(Lease(f"lease-{name}", key, kind, url, datetime.now(UTC), fps, masks))
        return key

    def facts(self, key: StreamKey) -> StreamFacts:
        facts = self.engine.facts(key)
        assert facts is not None
        return facts

    def status(self, key: StreamKey) -> StreamStatus:
        status = judge(self.facts(key), time.monotonic())
        self.seen.append(status.state)
        return status

    async def until_live(self, *keys: StreamKey, timeout_s: float = 25.0) -> None:
        def live() -> bool:
            return all(self.status(key).state is StreamState.LIVE for key in keys)

        try:
            await until(live, timeout_s)
        except pytest.fail.Exception:
            pytest.fail(f"not live: {[self.facts(key) for key in keys]}")

    async def until_fault(self, key: StreamKey, timeout_s: float = 25.0) -> None:
        await until(lambda: self.facts(key).fault is not None, timeout_s, "a fault")

    def restarts(self, key: StreamKey) -> int:
        counters = self.engine.counters(key)
        assert counters is not None
        return counters.restarts

    async def until_restarted(self, key: StreamKey, times: int = 1, timeout_s: float = 25.0) -> None:
        """Wait for a restart by its count: the fault itself may be over within milliseconds."""
        await until(lambda: self.restarts(key) >= times, timeout_s, f"{times} restarts of {key}")

    async def pictures(self, key: StreamKey, count: int) -> None:
        goal = self.engine.newest_number(key) + count
        await until(lambda: self.engine.newest_number(key) >= goal, 25.0, f"{count} pictures of {key}")


@contextlib.asynccontextmanager
async def wall_with(**options: object) -> AsyncIterator[Wall]:
    """Run an engine; at the end nothing of it may be left."""
    engine = VideoSupervisor(MachineClock(), **{"policy": QUICK, **options})  # type: ignore[arg-type]
    await engine.start()
    try:
        yield Wall(engine)
    finally:
        await engine.aclose()
        assert engine.worker_processes() == {}
