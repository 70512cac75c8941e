"""The decoder workers as a whole: spawns them, keeps one warm, and ends those that misbehave.

A worker takes some tenths of a second to start. One that is started ahead makes a killed worker's
streams live again within the time that the cameras need.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Literal

import psutil
import structlog

from app.domain.ports import Clock
from app.domain.restart_policy import RestartPolicy
from app.sources.video.hearing import Hearing, Patience
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import DecodingChanged, Event, WorkerReady

_log = structlog.get_logger(__name__)

_WATCH_S = 0.2
_PATIENCE = Patience()
_MEMORY_EVERY = 25
_HARD_CEILING = 1.5
"""Times the memory ceiling: a worker that holds so much has no time to be emptied stream by stream."""
_RETIRE_EVERY_S = 30.0
_END_S = 2.0
_PARTING_S = 1.0
"""How long a worker without streams may take to part from its cameras in good order."""
_NO_PROCESS = "The computer cannot start another video decoder: too many files or processes are open"
_HARDWARE_LOST = "In software: a decoder that used the hardware ended unexpectedly"
_NO_START = "The video decoders end while they start; the log says more"


class WorkerFleet:
    """Owns the worker processes; the supervisor owns the streams."""

    def __init__(
        self,
        clock: Clock,
        decoder: Literal["ffmpeg", "libvlc", "synthetic"],
        policy: RestartPolicy,
        *,
        hardware_decoding: bool,
        streams_per_worker: int,
        memory_ceiling_mb: float,
        on_event: Callable[[WorkerProcess, Event], None],
        on_lost: Callable[[WorkerProcess], None],
        on_outgrown: Callable[[WorkerProcess], None],
        last_sign_at: Callable[[WorkerProcess], float],
    ) -> None:
        self._clock = clock
        self._decoder = decoder
        self._policy = policy
        self._hardware_decoding = hardware_decoding
        self._hardware_lost = False
        self._per_worker = streams_per_worker
        self._ceiling = memory_ceiling_mb * 1e6
        self._on_event, self._on_lost, self._on_outgrown = on_event, on_lost, on_outgrown
        self._last_sign_at = last_sign_at
        self._workers: list[WorkerProcess] = []
        self._parting: set[WorkerProcess] = set()
        self._spare: asyncio.Task[WorkerProcess] | None = None
        self._taking = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._failures = 0
        self._retired_at: float | None = None
        self._closing = asyncio.Event()
        self.trouble: str | None = None
        """What is missing for decoding, in the operator's words; None when all is well."""
        self.decoding: dict[str, str] = {}
        """How each worker decodes, by the worker's name, in the operator's words."""

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
        async with self._taking:
            while True:
                spare = self._spare or self._warm_up()
                # Shielded: who is cancelled here must not leave a process behind that nobody knows.
                worker = await asyncio.shield(spare)
                if not worker.gone:
                    break
                if self._spare is spare:
                    self._warm_up()
            worker.reserved = alone
            self._workers.append(worker)
            self._warm_up()
        return worker

    def _has_room(self, worker: WorkerProcess) -> bool:
        if self._hardware_lost and worker.in_hardware:
            return False
        return not worker.reserved and not worker.retiring and 0 < len(worker.streams) < self._per_worker

    def processes(self) -> dict[str, int]:
        """Return the running workers' names and process ids, the spare one once it is ready."""
        workers = [*self._workers, *self._parting, *(w for w in self._warm() if w.ready)]
        return {w.name: w.pid for w in workers if w.pid is not None and not w.gone}

    def release(self, worker: WorkerProcess, stream: int) -> None:
        """Take a stream off its worker; a worker without streams ends, though the stream still stops.

        A camera that has fallen silent takes as long to let go as its reader's timeout: the end of the
        process is quicker.
        """
        worker.streams.discard(stream)
        if not worker.streams and not worker.gone:
            asyncio.get_running_loop().call_later(_PARTING_S, self.dismiss, worker)

    def dismiss(self, worker: WorkerProcess) -> None:
        """End a worker that has no streams left; one that does not obey is killed."""
        if worker not in self._workers or worker.streams:
            return
        self._workers.remove(worker)
        self._dismiss(worker)

    def _dismiss(self, worker: WorkerProcess) -> None:
        self._parting.add(worker)
        worker.end()
        asyncio.get_running_loop().call_later(_END_S, self._part, worker)

    def _part(self, worker: WorkerProcess) -> None:
        if worker in self._parting:
            worker.kill()

    async def aclose(self) -> None:
        """End all workers; one that does not obey within seconds is killed."""
        self._closing.set()
        if self._watching is not None:
            self._watching.cancel()
        if self._spare is not None:
            await asyncio.wait({self._spare})
        workers = [*self._workers, *self._parting, *self._warm()]
        self._spare = None
        loop = asyncio.get_running_loop()
        for worker in workers:
            worker.end()
        for worker in workers:
            if not await loop.run_in_executor(None, worker.join, _END_S):
                worker.kill()
                await loop.run_in_executor(None, worker.join, _END_S)
        self._workers.clear()
        self._parting.clear()

    def _warm_up(self) -> asyncio.Task[WorkerProcess]:
        self._spare = asyncio.create_task(self._spawn(), name="video-spare")
        return self._spare

    def _warm(self) -> list[WorkerProcess]:
        """Return the spare worker, once it runs."""
        spare = self._spare
        if spare is None or not spare.done() or spare.cancelled() or spare.exception() is not None:
            return []
        worker = spare.result()
        return [] if worker in self._workers else [worker]

    async def _spawn(self) -> WorkerProcess:
        loop = asyncio.get_running_loop()
        while True:
            if self._failures:
                # Workers that fail to start would else be spawned in a tight loop.
                await self._pause(self._policy.delay_s(self._failures, None, lambda: 0.5))
            name = f"wf-decoder-{next(self._numbers)}"
            worker = WorkerProcess(name, loop, self._clock, self._hear, self._lose)
            try:
                await loop.run_in_executor(
                    None, worker.spawn, self._decoder, self._policy, self._hardware_decoding
                )
            except OSError as error:
                self._failures += 1
                self.trouble = _NO_PROCESS
                _log.warning("decoder_worker_not_started", name=name, error=repr(error))
            else:
                return worker

    async def _pause(self, delay_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._closing.wait()
        if self._closing.is_set():
            raise asyncio.CancelledError

    def _hear(self, worker: WorkerProcess, event: Event) -> None:
        if isinstance(event, WorkerReady):
            worker.ready = event.trouble is None
            self.trouble = event.trouble
            self._failures = 0 if worker.ready else self._failures
        if isinstance(event, WorkerReady | DecodingChanged):
            worker.in_hardware = event.in_hardware
            self.decoding[worker.name] = _HARDWARE_LOST if self._hardware_lost else event.decoding
        self._on_event(worker, event)

    def _lose(self, worker: WorkerProcess) -> None:
        worker.gone = True
        self.decoding.pop(worker.name, None)
        self._parting.discard(worker)
        if not worker.ready:
            self._failures += 1
            if self._failures > 1:
                self.trouble = self.trouble or _NO_START
        if self._closing.is_set():
            return
        if worker in self._workers:
            self._workers.remove(worker)
            _log.warning("decoder_worker_lost", name=worker.name, streams=len(worker.streams))
            if worker.in_hardware:
                self._leave_hardware()
            self._on_lost(worker)
        elif worker in self._warm():
            self._warm_up()

    def _leave_hardware(self) -> None:
        """Start later workers in software: drivers that fail take the process with them, again and again."""
        self._hardware_decoding, self._hardware_lost = False, True
        for spare in self._warm():
            if spare.in_hardware:
                self._warm_up()
                self._dismiss(spare)

    async def _watch(self) -> None:
        watched_at = self._clock.monotonic()
        for turn in itertools.count(1):
            await asyncio.sleep(_WATCH_S)
            now = self._clock.monotonic()
            # What the console itself slept through does not count as a worker's silence.
            awake_s = min(now - watched_at, 1.5 * _WATCH_S)
            watched_at = now
            workers = [*self._workers, *self._warm()]
            for worker in workers:
                worker.hearing.listen(worker.heard_at, awake_s)
            for worker in workers:
                if not worker.gone:
                    self._judge(worker, workers, now)
            if turn % _MEMORY_EVERY == 0:
                self._weigh()

    def _judge(self, worker: WorkerProcess, workers: list[WorkerProcess], now: float) -> None:
        hung = worker.hearing.hung(
            _PATIENCE,
            ready=worker.ready,
            sign_age_s=now - self._last_sign_at(worker),
            others=[other.hearing for other in workers if other is not worker and other.ready],
        )
        if hung:
            _log.warning("decoder_worker_silent", name=worker.name, silent_s=worker.hearing.silent_s)
            worker.hearing = Hearing()
            worker.kill()

    def _weigh(self) -> None:
        """Have the streams of a worker that has grown too large moved to another, one worker at a time."""
        for worker in list(self._workers):
            size = _resident_bytes(worker)
            if size > _HARD_CEILING * self._ceiling:
                _log.warning("decoder_worker_far_too_large", name=worker.name)
                worker.kill()
            elif size > self._ceiling and self._may_retire():
                _log.warning("decoder_worker_too_large", name=worker.name)
                worker.retiring = True
                self._retired_at = self._clock.monotonic()
                self._on_outgrown(worker)

    def _may_retire(self) -> bool:
        """One at a time, and seldom: cameras that need more than the ceiling must not wander without end."""
        if any(worker.retiring for worker in self._workers):
            return False
        last = self._retired_at
        return last is None or self._clock.monotonic() - last > _RETIRE_EVERY_S


def _resident_bytes(worker: WorkerProcess) -> int:
    try:
        return int(psutil.Process(worker.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
