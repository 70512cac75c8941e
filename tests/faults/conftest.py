"""The fault rig: real cameras and networks that fail. Slow: it runs only when named, `pytest tests/faults`.

Each test says what the tile shows during its fault and measures two times, printed at the end: from the
fault to the honest state, and from the fault's end to live pictures.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.camera import StreamKey
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import StreamState
from tests.e2e.video.conftest import FPS, RtspCamera, Wall, require_gstreamer
from tests.fakes.video_clips import encode_access_units, write_clip
from tests.fakes.waiting import until

HERE = Path(__file__).parent
POLICY = RestartPolicy()
HONEST_S = 3.0
BACK_S = 2.0
_ROWS: list[tuple[str, str, str, str]] = []


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    named = any("faults" in Path(arg.partition("::")[0]).parts for arg in config.args)
    return None if named else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _ROWS:
        return
    terminalreporter.section("faults")
    for row in (("fault", "the tile said", "honest after", "live again after"), *_ROWS):
        terminalreporter.write_line(f"{row[0]:<42} {row[1]:<44} {row[2]:>12} {row[3]:>26}")


class FaultyCamera(RtspCamera):
    """A camera whose process can be stopped, killed and started again on its port."""

    def pause(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def dead(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        if self._process.poll() is None:
            self.go_on()
        super().stop()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    units = encode_access_units(fps=FPS, seconds=4)
    return write_clip(tmp_path_factory.mktemp("clips") / "street.bin", units)


@pytest.fixture
def camera(clip: Path) -> Iterator[Callable[..., FaultyCamera]]:
    """Start cameras: ``camera(*options, clip=…)``."""
    require_gstreamer()
    cameras: list[FaultyCamera] = []
    street = clip

    def start(*options: str, clip: Path = street) -> FaultyCamera:
        cameras.append(FaultyCamera(clip, *options))
        return cameras[-1]

    yield start
    for each in cameras:
        each.stop()


class Tile:
    """What one tile says, from before a fault to after it."""

    def __init__(self, wall: Wall, key: StreamKey, fault: str) -> None:
        self._wall, self._key, self._fault = wall, key, fault
        self.said: list[str] = []
        self._honest_s: float | None = None
        self._began = self._restarts = 0.0

    @property
    def state(self) -> StreamState:
        """Look at the tile."""
        status = self._wall.status(self._key)
        words = status.state if status.fault is None else f"{status.state}/{status.fault}"
        if not self.said or self.said[-1] != words:
            self.said.append(words)
        return status.state

    def begins(self) -> None:
        """The fault begins now."""
        self.said.clear()
        self._began = time.monotonic()
        self._restarts = self._wall.restarts(self._key)

    async def honest(self, *states: StreamState, within_s: float = HONEST_S) -> None:
        """Wait for one of ``states`` (none: for any but live) and note how long it took from the fault."""
        reached = (lambda: self.state in states) if states else (lambda: self.state is not StreamState.LIVE)
        left = self._began + within_s - time.monotonic()
        await until(reached, left, f"{states or 'not live'}; said {self.said}, {self._wall.facts(self._key)}")
        self._honest_s = time.monotonic() - self._began

    async def for_s(self, seconds: float, *, never: StreamState = StreamState.LIVE) -> None:
        """Watch until ``seconds`` after the fault's begin; the tile must not say ``never`` meanwhile."""
        while time.monotonic() - self._began < seconds:
            assert self.state is not never, self.said
            await asyncio.sleep(0.02)

    def step_s(self) -> float:
        """Return the longest wait that the backoff may be in now, 0 when nothing failed."""
        failures = int(self._wall.restarts(self._key) - self._restarts)
        return POLICY.delay_s(failures, None, lambda: 1.0) if failures else 0.0

    async def live_again(self, *, more_s: float = 0.0) -> None:
        """The fault ends now: wait for live pictures, for the backoff's step and two seconds at most."""
        ended, said = time.monotonic(), " ".join(self.said)
        step, seen = self.step_s(), self._wall.engine.newest_number(self._key)
        limit = BACK_S + more_s

        def back() -> bool:
            return self.state is StreamState.LIVE and self._wall.engine.newest_number(self._key) > seen

        await until(back, 44.0, f"live again; said {self.said}, {self._wall.facts(self._key)}")
        took, step = time.monotonic() - ended, max(step, self.step_s())
        honest = "-" if self._honest_s is None else f"{self._honest_s:.2f} s"
        _ROWS.append((self._fault, said, honest, f"{took:.2f} s (step ≤ {step:.1f} s)"))
        assert took <= step + limit, f"{took:.1f} s, step {step:.1f} s, said {self.said}"

    def note(self, outcome: str) -> None:
        """Write a row of the table for a fault that is not one to recover from."""
        honest = "-" if self._honest_s is None else f"{self._honest_s:.2f} s"
        _ROWS.append((self._fault, " ".join(self.said), honest, outcome))
