"""Stops streams on their workers, and moves them from one worker to another without a gap.

A worker that has grown too large is emptied stream by stream: each is opened on another worker, painted
from there as soon as it has a picture, and only then stopped where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from app.domain.ports import Clock
from app.sources.video.fleet import WorkerFleet
from app.sources.video.stream_record import StreamRecord
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import CloseStream

_log = structlog.get_logger(__name__)

_STOP_PATIENCE_S = 30.0
"""Longer than a transport's longest wait for its camera."""
_MOVE_S = 10.0
"""How long a stream may take to be shown by its next worker before it is stopped on the last one."""
_LOOK_S = 0.05


class StreamStops:
    """The streams that were told to stop; a worker that does not do so in time is killed."""

    def __init__(self, fleet: WorkerFleet) -> None:
        self._fleet = fleet
        self._timers: dict[tuple[int, str], asyncio.TimerHandle] = {}

    def stop(self, worker: WorkerProcess, number: int) -> None:
        """Stop a stream on that worker."""
        worker.send(CloseStream(stream=number))
        self._fleet.release(worker, number)
        loop = asyncio.get_running_loop()
        self._timers[number, worker.name] = loop.call_later(
            _STOP_PATIENCE_S, self._on_overdue, worker, number
        )

    def stopped(self, worker: WorkerProcess, number: int) -> None:
        """Take notice that nothing of the stream runs there any more."""
        timer = self._timers.pop((number, worker.name), None)
        if timer is not None:
            timer.cancel()
        if not worker.streams:
            self._fleet.dismiss(worker)

    def clear(self) -> None:
        """Wait for none of them any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _on_overdue(self, worker: WorkerProcess, number: int) -> None:
        del self._timers[number, worker.name]
        if not worker.gone:
            _log.warning("decoder_worker_does_not_stop", name=worker.name)
            worker.kill()


class StreamMoves:
    """Empties workers, one at a time."""

    def __init__(
        self,
        clock: Clock,
        fleet: WorkerFleet,
        stops: StreamStops,
        *,
        record_of: Callable[[int], StreamRecord | None],
        put_on: Callable[[WorkerProcess, StreamRecord], None],
    ) -> None:
        """Make what moves streams.

        Args:
            clock: for the patience with each move.
            fleet: knows the workers with room.
            stops: ends a stream where it was.
            record_of: finds an open stream by its number.
            put_on: opens a stream on a worker.
        """
        self._clock, self._fleet, self._stops = clock, fleet, stops
        self._record_of, self._put_on = record_of, put_on

    async def empty(self, worker: WorkerProcess) -> None:
        """Move the worker's streams to others: each is shown there before it stops here."""
        for number in sorted(worker.streams):
            record = self._still_on(worker, number)
            if record is None:
                continue
            other = await self._fleet.with_room(alone=worker.reserved)
            if self._still_on(worker, number) is None:
                self._fleet.dismiss(other)
                continue
            record.leaving = worker
            self._put_on(other, record)
            until = self._clock.monotonic() + _MOVE_S
            while record.leaving is worker and not record.shown_by(other):
                if self._clock.monotonic() > until:
                    break
                await asyncio.sleep(_LOOK_S)
            if record.leaving is worker:
                self.give_up(record)

    def give_up(self, record: StreamRecord) -> None:
        """Stop the stream on the worker that it is being moved from, if it is."""
        worker, record.leaving = record.leaving, None
        if worker is not None and not worker.gone:
            self._stops.stop(worker, record.number)

    def _still_on(self, worker: WorkerProcess, number: int) -> StreamRecord | None:
        record = self._record_of(number)
        return record if record is not None and record.worker is worker else None
