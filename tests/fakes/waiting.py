"""Waiting for conditions, with a limit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import TypeVar

import pytest

T = TypeVar("T")


def wait_until(condition: Callable[[], bool], timeout_s: float = 25.0, what: str = "") -> None:
    """Wait for a condition, never for time; fail with ``what`` when it does not come true."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout_s} s: {what or condition}")
        pause.wait(0.01)


def run(work: Coroutine[None, None, T], timeout_s: float = 30.0) -> T:
    """Run a coroutine to its end, ``timeout_s`` seconds at most."""
    return asyncio.run(asyncio.wait_for(work, timeout_s))


async def until(condition: Callable[[], bool], timeout_s: float = 25.0, what: str = "") -> None:
    """Wait for a condition inside a coroutine."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not condition():
        if loop.time() > deadline:
            pytest.fail(f"not within {timeout_s} s: {what or condition}")
        await asyncio.sleep(0.005)
