"""The decoder workers as a whole: spawns them, keeps one warm, and ends those that misbehave.

A worker takes some tenths of a second to start. One that is started ahead makes a killed worker's
streams live again within the time that the cameras need.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Literal

import psutil
import structlog

from app.domain.ports import Clock
from app.domain.restart_policy import RestartPolicy
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import Event, WorkerReady

_log = structlog.get_logger(__name__)

_WATCH_S = 0.5
_SILENT_S = 5.0
_START_S = 20.0
_MEMORY_EVERY = 10
_END_S = 2.0


class WorkerFleet:
    """Owns the worker processes; the supervisor owns the streams."""

    def __init__(
        self,
        clock: Clock,
        decoder: Literal["libvlc", "ffmpeg", "synthetic"],
        policy: RestartPolicy,
        *,
        streams_per_worker: int,
        memory_ceiling_mb: float,
        on_event: Callable[[WorkerProcess, Event], None],
        on_lost: Callable[[WorkerProcess], None],
    ) -> None:
        self._clock = clock
        self._decoder = decoder
        self._policy = policy
        self._per_worker = streams_per_worker
        self._ceiling = memory_ceiling_mb * 1e6
        self._on_event, self._on_lost = on_event, on_lost
        self._workers: list[WorkerProcess] = []
        self._spare: asyncio.Task[WorkerProcess] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._failures = 0
        self._closing = False
        self.trouble: str | None = None
        """What the last worker said was missing, None when all is well."""

    def start(self) -> None:
        """Begin to watch, and warm up the first worker."""
        self._watching = asyncio.create_task(self._watch(), name="video-watch")
        self._warm_up()

    async def with_room(self, *, alone: bool) -> WorkerProcess:
        """Return a worker for one more stream, a fresh one that is kept for it if it is to be alone."""
        if not alone:
            # Full workers first: fewer processes, and the spare stays for emergencies.
            open_ones = [w for w in self._workers if not w.gone and self._has_room(w)]
            if open_ones:
                return max(open_ones, key=lambda worker: len(worker.streams))
        if self._spare is None:
            self._warm_up()
        assert self._spare is not None
        spare, self._spare = self._spare, None
        worker = await spare
        worker.reserved = alone
        self._workers.append(worker)
        self._warm_up()
        return worker

    def _has_room(self, worker: WorkerProcess) -> bool:
        return not worker.reserved and 0 < len(worker.streams) < self._per_worker

    def processes(self) -> dict[str, int]:
        """Return the running workers' names and process ids, the warm one included."""
        workers = list(self._workers)
        if self._spare is not None and self._spare.done() and not self._spare.cancelled():
            workers.append(self._spare.result())
        return {w.name: w.pid for w in workers if w.pid is not None and not w.gone}

    def dismiss(self, worker: WorkerProcess) -> None:
        """End a worker that has no streams left."""
        if worker in self._workers and not worker.streams:
            self._workers.remove(worker)
            worker.end()

    async def aclose(self) -> None:
        """End all workers; one that does not obey within seconds is killed."""
        self._closing = True
        if self._watching is not None:
            self._watching.cancel()
        if self._spare is not None:
            self._workers.append(await self._spare)
            self._spare = None
        loop = asyncio.get_running_loop()
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            if not await loop.run_in_executor(None, worker.join, _END_S):
                worker.kill()
                await loop.run_in_executor(None, worker.join, _END_S)
        self._workers.clear()

    def _warm_up(self) -> None:
        self._spare = asyncio.create_task(self._spawn(), name="video-spare")

    async def _spawn(self) -> WorkerProcess:
        if self._failures:
            # Workers that fail to start would else be spawned in a tight loop.
            await asyncio.sleep(self._policy.delay_s(self._failures, None, lambda: 0.5))
        loop = asyncio.get_running_loop()
        name = f"wf-decoder-{next(self._numbers)}"
        worker = WorkerProcess(name, loop, self._hear, self._lose)
        await loop.run_in_executor(None, worker.spawn, self._decoder, self._policy)
        worker.heard_at = self._clock.monotonic()
        return worker

    def _hear(self, worker: WorkerProcess, event: Event) -> None:
        worker.heard_at = self._clock.monotonic()
        if isinstance(event, WorkerReady):
            worker.ready = event.trouble is None
            self.trouble = event.trouble
            self._failures = 0 if worker.ready else self._failures
        self._on_event(worker, event)

    def _lose(self, worker: WorkerProcess) -> None:
        worker.gone = True
        if not worker.ready:
            self._failures += 1
        if self._closing:
            return
        if worker in self._workers:
            self._workers.remove(worker)
            _log.warning("decoder_worker_lost", name=worker.name, streams=len(worker.streams))
            self._on_lost(worker)
        elif self._spare is not None and self._spare.done() and self._spare.result() is worker:
            self._warm_up()

    async def _watch(self) -> None:
        for turn in itertools.count(1):
            await asyncio.sleep(_WATCH_S)
            now = self._clock.monotonic()
            for worker in list(self._workers):
                if now - worker.heard_at > (_SILENT_S if worker.ready else _START_S):
                    _log.warning("decoder_worker_silent", name=worker.name)
                    worker.heard_at = now
                    worker.kill()
                elif turn % _MEMORY_EVERY == 0 and _resident_bytes(worker) > self._ceiling:
                    _log.warning("decoder_worker_too_large", name=worker.name)
                    worker.kill()


def _resident_bytes(worker: WorkerProcess) -> int:
    try:
        return int(psutil.Process(worker.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
