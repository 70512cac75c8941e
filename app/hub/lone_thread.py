"""Runs one call in a thread that nobody waits for at the program's end.

asyncio's own pool is joined there: a write to a place that hangs would keep the hub from ever ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger("hub")


class LoneThread:
    """Calls one after another; one that hangs is left behind, and nothing more is begun until it is back."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_out = False

    async def call(self, work: Callable[[], None], deadline_s: float) -> None:
        """Run ``work`` in a thread.

        Raises:
            TimeoutError: it is not done in time, or the one before it still is not.
            OSError: its own.
        """
        if self._is_out:
            raise TimeoutError
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def settle(error: OSError | None) -> None:
            self._is_out = False
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def run() -> None:
            failure: OSError | None = None
            try:
                work()
            except OSError as error:
                failure = error
            try:
                loop.call_soon_threadsafe(settle, failure)
            except RuntimeError:
                log.warning("a call was back after the hub had ended", thread=self._name)

        self._is_out = True
        threading.Thread(target=run, name=self._name, daemon=True).start()
        async with asyncio.timeout(deadline_s):
            await done
