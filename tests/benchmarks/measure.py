"""What the benchmarks share: an X server of their own, processor time of process trees, the result line."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Result:
    """One benchmark's outcome. ``None`` where a value has no meaning."""

    name: str
    unit: str
    ours: float | None
    limit: float | None = None
    peers: dict[str, float] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def print(self) -> None:
        """Write the result as the last line, in JSON."""
        best = min(self.peers.values(), default=None)
        line = {
            "name": self.name,
            "unit": self.unit,
            "ours": _rounded(self.ours),
            "limit": _rounded(self.limit),
            "peers": {name: _rounded(value) for name, value in self.peers.items()},
            "ratio_to_limit": _ratio(self.ours, self.limit),
            "ratio_to_best_peer": _ratio(self.ours, best),
            "details": {"machine": f"{os.cpu_count()} cores, {platform.machine()}", **self.details},
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _ratio(ours: float | None, other: float | None) -> float | None:
    return None if not ours or not other else round(ours / other, 3)


def say(text: str) -> None:
    """Tell the person who waits what is happening."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def x_server(width: int = 1920, height: int = 1080) -> Iterator[tuple[str, int]]:
    """Run an X server of our own; yields its display and process id, so that its cost can be counted."""
    read, write = os.pipe()
    child = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}", child.pid
    finally:
        child.terminate()
        child.wait()


def _tree(pids: Sequence[int]) -> dict[int, psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(pid)
            for process in (top, *top.children(recursive=True)):
                found[process.pid] = process
    return found


def cpu_seconds(pids: Sequence[int]) -> dict[int, float]:
    """Return user and system seconds of each process of these trees."""
    seconds = {}
    for pid, process in _tree(pids).items():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds[pid] = times.user + times.system
    return seconds


def cpu_percent(pids: Sequence[int], seconds: float) -> float:
    """Return the load of these process trees over the next ``seconds``, in percent of one core."""
    before, began = cpu_seconds(pids), time.monotonic()
    time.sleep(seconds)
    after, ended = cpu_seconds(pids), time.monotonic()
    spent = sum(total - before.get(pid, 0.0) for pid, total in after.items())
    return 100 * spent / (ended - began)


def cpu_by_process(pids: Mapping[str, int], seconds: float) -> dict[str, float]:
    """Return the load of each named process tree over the same ``seconds``, in percent of one core."""
    before = {name: cpu_seconds([pid]) for name, pid in pids.items()}
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    loads = {}
    for name, pid in pids.items():
        after = cpu_seconds([pid])
        loads[name] = 100 * sum(t - before[name].get(p, 0.0) for p, t in after.items()) / passed
    return loads


class Lines:
    """A child that is spoken to in lines of JSON."""

    def __init__(self, argv: Sequence[str], **environment: str) -> None:
        self._words = " ".join(argv)
        self.child = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            text=True,
        )
        self._messages: list[dict[str, Any]] = []
        self._arrived = threading.Condition()
        self._ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **message: Any) -> None:
        """Write one message."""
        assert self.child.stdin is not None
        print(json.dumps(message), file=self.child.stdin, flush=True)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = 180.0) -> dict[str, Any]:
        """Return the first message that is wanted; those before it are dropped."""
        deadline = time.monotonic() + timeout_s
        with self._arrived:
            while True:
                while self._messages:
                    message = self._messages.pop(0)
                    if "error" in message:
                        raise SystemExit(f"{message['error']} {message.get('hint', '')}")
                    if wanted(message):
                        return message
                if self._ended:
                    raise SystemExit(f"{self._words} ended too soon, with {self.child.wait(5)}")
                if not self._arrived.wait(max(0.0, deadline - time.monotonic())):
                    raise SystemExit("a process of the benchmark did not answer in time")

    def close(self) -> None:
        """Close its input and wait for its end."""
        assert self.child.stdin is not None
        self.child.stdin.close()
        try:
            self.child.wait(15)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                with self._arrived:
                    self._messages.append(message)
                    self._arrived.notify()
        with self._arrived:
            self._ended = True
            self._arrived.notify()


@contextlib.contextmanager
def lines(argv: Sequence[str], **environment: str) -> Iterator[Lines]:
    """Run a child that speaks JSON lines; it ends with the block."""
    child = Lines(argv, **environment)
    try:
        yield child
    finally:
        child.close()


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


@contextlib.contextmanager
def city(*arguments: str) -> Iterator[tuple[Lines, dict[str, Any]]]:
    """Run the demo city alone; yields it and what it told when it was ready."""
    with lines([sys.executable, "main.py", "demo-city", *arguments]) as child:
        ready = child.wait_for(lambda message: "ready" in message, 300)["ready"]
        yield child, ready


@contextlib.contextmanager
def profile() -> Iterator[Path]:
    """Return an empty profile folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="watchfloor-bench-") as folder:
        yield Path(folder)
