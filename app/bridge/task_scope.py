"""Owns asyncio tasks: names them, cancels them, and routes what they raise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from random import random
from typing import Any

import structlog

from app.domain.restart_policy import RestartPolicy

log = structlog.get_logger(__name__)

OnFailure = Callable[[str, Exception], None]


class TaskScope:
    """Tasks that live as long as one owner. `aclose` cancels them all and waits.

    One of the three places that catch ``Exception`` (with the worker's loop and ``main``).
    """

    def __init__(self, on_failure: OnFailure, *, policy: RestartPolicy = RestartPolicy(first_s=1.0)) -> None:
        self._on_failure = on_failure
        self._policy = policy
        self._tasks: set[asyncio.Task[bool]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[bool] | None:
        """Run ``work`` as a task. ``name`` says what it does, in the operator's words.

        Returns the task, for who may want to give it up; None where everything ends.
        """
        if self._closed:
            work.close()
            return None
        task = asyncio.get_event_loop().create_task(self._guard(name, work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step never reaches the coroutine inside it.
        task.add_done_callback(lambda _: work.close())
        return task

    def keep(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run ``work`` as a task, and anew after a pause each time that it fails.

        For what the console cannot do without: told of once and then dead would be worse than either.
        """
        self.start(name, self._again(name, work))

    async def aclose(self, deadline_s: float = 5.0) -> None:
        """Cancel every task and wait for them, ``deadline_s`` seconds at most."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=deadline_s)
            for task in late:
                log.error("task did not end", task=task.get_name())

    async def _guard(self, name: str, work: Coroutine[Any, Any, Any]) -> bool:
        """Say whether the work ended well."""
        try:
            await work
        except Exception as error:
            log.warning("task failed", task=name, error=repr(error), exc_info=error)
            self._on_failure(name, error)
            return False
        return True

    async def _again(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        started = loop.time()
        while not await self._guard(name, work()):
            failures = self._policy.failures_after(failures, loop.time() - started)
            await asyncio.sleep(self._policy.delay_s(failures, None, random))
            started = loop.time()
