"""What every test lives by: nothing is left behind, and nothing goes wrong unseen in the log."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform == "linux":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium refuses to run as root with its sandbox; containers and CI are root.
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

from app.bridge.garbage import collect_due

SHARED_MEMORY = Path("/dev/shm")
SETTLE_S = 20.0
PATIENCE_MS = 20_000
LASTING = ("QtWebEngineProc", "resource_tracker", "forkserver", "watchfloor-postgresql-", "postgres: ")
"""Children that live as long as the test run: Chromium's own, multiprocessing's, and the database server."""


def _children() -> set[int]:
    found = set()
    for child in psutil.Process().children(recursive=True):
        try:
            words = " ".join(child.cmdline()) or child.name()
            if child.status() != psutil.STATUS_ZOMBIE and not any(mark in words for mark in LASTING):
                found.add(child.pid)
        except psutil.NoSuchProcess:
            continue
    return found


def _segments() -> set[str]:
    """Return the names of segments that this process made, or that processes made which have ended."""
    if not SHARED_MEMORY.is_dir():
        return set()
    found = set()
    for path in SHARED_MEMORY.glob("wf-*"):
        maker = path.name.split("-")[1]
        if maker == str(os.getpid()) or not psutil.pid_exists(int(maker)):
            found.add(path.name)
    return found


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive()}


@pytest.fixture(autouse=True, scope="session")
def _garbage_on_this_thread() -> Iterator[None]:
    """Hold for the test run what holds for the console: Qt objects are collected on Qt's thread alone."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _collect_between_tests(_garbage_on_this_thread: None) -> Iterator[None]:
    yield
    collect_due()


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    children, segments, threads = _children(), _segments(), _threads()
    yield
    deadline = time.monotonic() + SETTLE_S
    pause = threading.Event()
    while True:
        multiprocessing.active_children()  # reaps those that have ended
        left = [f"child {pid}" for pid in _children() - children]
        left += [f"shared memory {name}" for name in _segments() - segments]
        left += [
            f"thread {t.name}"
            for t in _threads() - threads
            if not t.name.startswith(("asyncio_", "ThreadPoolExecutor", "AnyIO"))
        ]
        if not left:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"{request.node.name} left behind: {', '.join(sorted(left))}")
        pause.wait(0.02)


class PatientBot(QtBot):
    """pytest-qt's, whose five seconds are too short for a busy machine."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


class LogLines(list[dict[str, Any]]):
    """The log lines of one test; what a test expects, it takes out with `expect`."""

    def expect(self, event: str) -> dict[str, Any]:
        """Take out the first line with that event and return it; the test fails when there is none."""
        for line in self:
            if line["event"] == event:
                self.remove(line)
                return line
        return pytest.fail(f"no log line {event!r} in {[line['event'] for line in self]}")


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[LogLines]:
    """Collect the log; an error in it that the test did not expect fails the test."""
    lines = LogLines()

    def collect(_logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        lines.append({**event, "level": method})
        raise structlog.DropEvent

    structlog.configure(processors=[collect], cache_logger_on_first_use=False)
    yield lines
    wrong = [line for line in lines if line["level"] in ("error", "critical", "exception")]
    structlog.reset_defaults()
    if wrong:
        pytest.fail(f"unexpected errors in the log: {wrong}")
