"""The video engine: keeps the streams that the console wants running on its decoder workers.

A stream's own failures (camera down, password refused) are the worker's to retry; a worker's failures are
handled here: its streams move to another worker, and one that brings down every worker gets one alone.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Mapping
from functools import partial
from random import random
from typing import Literal

import structlog

from app.domain.camera import Lease, StreamKey
from app.domain.picture_size import PictureSize
from app.domain.ports import Clock, Frame
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault, StreamFacts
from app.sources.video.fleet import WorkerFleet
from app.sources.video.moving import StreamMoves, StreamStops
from app.sources.video.past import StreamPast
from app.sources.video.ring_giving import give_ring
from app.sources.video.segment import sweep
from app.sources.video.sounds import StreamSounds
from app.sources.video.stream_record import StreamCounters, StreamRecord
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import (
    DirectSynthetic,
    Event,
    RestStream,
    RingAttached,
    SoundTold,
    StreamFaulted,
    StreamProbed,
    StreamSaved,
    StreamStopped,
)

_log = structlog.get_logger(__name__)

_STAGGER_S = 0.02


class VideoSupervisor:
    """Implements `app.domain.ports.VideoEngine` on decoder processes and shared memory."""

    def __init__(
        self,
        clock: Clock,
        *,
        streams_per_worker: int = 4,
        decoder: Literal["ffmpeg", "libvlc", "synthetic"] = "ffmpeg",
        hardware_decoding: bool = False,
        policy: RestartPolicy = RestartPolicy(),
        memory_ceiling_mb: float = 1500.0,
    ) -> None:
        """Make an engine that does nothing yet.

        Args:
            clock: must tell the machine's own monotonic time, which is what the workers write.
            streams_per_worker: a crash costs so many tiles for a moment.
            decoder: what decodes in software; ``synthetic`` draws its pictures, for tests.
            hardware_decoding: let libVLC decode in hardware where it can.
            policy: when to try a broken camera or worker again.
            memory_ceiling_mb: a worker that holds more is ended and replaced.
        """
        self._clock = clock
        self._policy = policy
        self._records: dict[StreamKey, StreamRecord] = {}
        self._by_number: dict[int, StreamRecord] = {}
        self._numbers = itertools.count(1)
        self._waiting: asyncio.Queue[StreamRecord] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._placing: asyncio.Task[None] | None = None
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._moving: set[asyncio.Task[None]] = set()
        self._fleet = WorkerFleet(
            clock,
            decoder,
            policy,
            hardware_decoding=hardware_decoding,
            streams_per_worker=streams_per_worker,
            memory_ceiling_mb=memory_ceiling_mb,
            on_event=self._on_event,
            on_lost=self._on_worker_lost,
            on_outgrown=self._on_worker_outgrown,
            last_sign_at=partial(_last_sign_at, self._by_number),
        )
        self.decoding: Mapping[str, str] = self._fleet.decoding
        """How each worker decodes, by the worker's name, in the operator's words."""
        self._stops = StreamStops(self._fleet)
        self.past = StreamPast(self._records, enter=self._enter, place=self._place, stop=self._stop)
        """What the streams showed before now."""
        self.sounds = StreamSounds(self._records)
        """What is heard of them."""
        self._moves = StreamMoves(
            clock, self._fleet, self._stops, record_of=self._by_number.get, put_on=self._put_on
        )

    async def start(self) -> None:
        """Begin; the first worker warms up in the background."""
        swept = sweep()
        if swept:
            _log.info("stale_shared_memory_removed", segments=len(swept))
        self._fleet.start()
        self._placing = self._own(self._place_waiting(), "video-placing")

    async def aclose(self) -> None:
        """Stop every stream and worker and free the shared memory."""
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        self._stops.clear()
        records = list(self._records.values())
        self._records.clear()
        self._by_number.clear()
        for record in records:
            record.worker = None
        if self._placing is not None:
            self._placing.cancel()
        for moving in self._moving:
            moving.cancel()
        # Not cancelled: a ring that is being made must be there to be unlinked.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._fleet.aclose()
        for record in records:
            record.drop_rings()

    # Streams

    async def open(self, lease: Lease) -> None:
        """Start the stream of that lease; a stream that already runs goes on with the new lease."""
        record = self._records.get(lease.key)
        if record is not None and record.lease.kind is lease.kind:
            before, record.lease = record.lease, lease
            worker = record.worker
            if worker is not None:
                worker.send(record.renewal())
            if lease.privacy_masks != before.privacy_masks:
                # What the pictures so far show may be hidden now, so none of them stays. The worker has heard
                # of the masks before it gets a new ring: that one holds no other pictures.
                self._moves.give_up(record)
                self.past.end_with(lease.key)
                record.forget_pictures(self._clock.monotonic())
                if worker is not None and record.shape() is not None:
                    self._own(give_ring(record, worker, record.generation), "video-masks")
            return
        if record is not None:
            self._stop(lease.key)
        self._waiting.put_nowait(self._enter(lease))

    def _enter(self, lease: Lease) -> StreamRecord:
        record = StreamRecord(next(self._numbers), lease, self._clock.monotonic())
        self._records[lease.key] = self._by_number[record.number] = record
        return record

    async def close(self, key: StreamKey) -> None:
        """Stop the stream; unknown keys are ignored. Returns at once."""
        self._stop(key)

    def _stop(self, key: StreamKey) -> None:
        record = self._records.pop(key, None)
        if record is None:
            return
        self._by_number.pop(record.number)
        self.past.end_with(key)
        handle = self._timers.pop(record.number, None)
        if handle is not None:
            handle.cancel()
        self._moves.give_up(record)
        worker, record.worker = record.worker, None
        record.drop_rings()
        if worker is not None:
            self._stops.stop(worker, record.number)

    def fit(self, key: StreamKey, size: PictureSize) -> None:
        """Make the stream's pictures that large; it goes on without a gap."""
        record = self._records.get(key)
        if record is None:
            return
        worker = record.worker
        if record.resting:
            record.resting = False
            if worker is not None:
                worker.send(RestStream(stream=record.number, resting=False))
        if record.wanted == size:
            return
        record.wanted = size
        if worker is not None and record.shape() is not None:
            self._own(give_ring(record, worker, record.generation), "video-fit")

    def rest(self, key: StreamKey) -> None:
        """Keep the stream's camera open and decode nothing until the next `fit`."""
        record = self._records.get(key)
        if record is not None and not record.resting:
            record.resting = True
            if record.worker is not None:
                record.worker.send(RestStream(stream=record.number, resting=True))

    def facts(self, key: StreamKey) -> StreamFacts | None:
        """Return what is known of the stream now, None when it is not open. Never blocks."""
        record = self._records.get(key)
        return None if record is None else record.facts()

    def newest_number(self, key: StreamKey) -> int:
        """Return the newest complete picture's number, 0 when there is none."""
        record = self._records.get(key)
        return 0 if record is None else record.newest_number()

    def newest(self, key: StreamKey) -> Frame | None:
        """Return the newest complete picture, None when there is none."""
        record = self._records.get(key)
        return None if record is None else record.newest()

    def counters(self, key: StreamKey) -> StreamCounters | None:
        """Return the stream's counts since it was opened, None when it is not open."""
        record = self._records.get(key)
        return None if record is None else record.counters()

    def worker_processes(self) -> dict[str, int]:
        """Return the workers' names and process ids."""
        return self._fleet.processes()

    @property
    def trouble(self) -> str | None:
        """What is missing for decoding, in the operator's words; None when all is well."""
        return self._fleet.trouble

    def worker_of(self, key: StreamKey) -> str | None:
        """Return the name of the worker that decodes the stream, None while there is none."""
        record = self._records.get(key)
        return None if record is None or record.worker is None else record.worker.name

    def direct(self, key: StreamKey, act: str, width: int = 0, height: int = 0) -> None:
        """Tell a synthetic camera what to do next; see `app.wire.worker.DirectSynthetic`."""
        record = self._records.get(key)
        if record is not None and record.worker is not None:
            command = {"stream": record.number, "act": act, "width": width, "height": height}
            record.worker.send(DirectSynthetic.model_validate(command))

    # Workers

    async def _place_waiting(self) -> None:
        """Hand streams to workers one by one, a little apart: cameras and CPU start better that way."""
        while True:
            record = await self._waiting.get()
            if self._by_number.get(record.number) is not record or record.worker is not None:
                continue
            worker = await self._fleet.with_room(alone=record.crashes > 1)
            if self._by_number.get(record.number) is not record:
                self._fleet.dismiss(worker)
                continue
            self._put_on(worker, record)
            await asyncio.sleep(_STAGGER_S)

    def _place(self, worker: WorkerProcess, record: StreamRecord) -> None:
        record.worker = worker
        record.generation += 1
        record.placed_at = self._clock.monotonic()
        worker.streams.add(record.number)

    def _put_on(self, worker: WorkerProcess, record: StreamRecord) -> None:
        # The past stays with the worker that had the stream.
        self.past.end_with(record.lease.key)
        self._place(worker, record)
        worker.send(record.opening())
        if record.resting:
            worker.send(RestStream(stream=record.number, resting=True))

    def _on_event(self, worker: WorkerProcess, event: Event) -> None:
        match event:
            case StreamProbed() | StreamFaulted():
                record = self._by_number.get(event.stream)
                if record is None or record.worker is not worker or event.generation != record.generation:
                    return
                if isinstance(event, StreamFaulted):
                    # The camera takes no second connection, perhaps: the first one goes.
                    self._moves.give_up(record)
                    record.fault = event.fault
                    record.restarts += 1
                    return
                record.probed(PictureSize(event.width, event.height), event.aspect, event.fps)
                self._own(give_ring(record, worker, event.generation), "video-ring")
            case RingAttached():
                record = self._by_number.get(event.stream)
                if record is not None:
                    record.attached(event.name)
            case StreamSaved():
                self.past.saved(event)
            case SoundTold():
                self.sounds.told(worker, event)
            case StreamStopped():
                self._stops.stopped(worker, event.stream)

    def _on_worker_outgrown(self, worker: WorkerProcess) -> None:
        self.past.end_on(worker)
        task = self._own(self._moves.empty(worker), "video-moving")
        self._moving.add(task)
        task.add_done_callback(self._moving.discard)

    def _on_worker_lost(self, worker: WorkerProcess) -> None:
        now = self._clock.monotonic()
        self.past.lost(worker)
        for number in sorted(worker.streams):
            record = self._by_number.get(number)
            if record is None or record.worker is not worker:
                continue
            self._moves.give_up(record)
            record.worker = None
            record.fault = Fault.DECODER_LOST
            record.restarts += 1
            record.crashes = self._policy.failures_after(record.crashes, now - record.placed_at)
            if record.crashes == 1:
                self._waiting.put_nowait(record)
                continue
            delay = self._policy.delay_s(record.crashes - 1, Fault.DECODER_LOST, random)
            loop = asyncio.get_running_loop()
            self._timers[number] = loop.call_later(delay, self._waiting.put_nowait, record)
        worker.streams.clear()

    def _own(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("video_task_failed", task=task.get_name(), exc_info=task.exception())


def _last_sign_at(records: Mapping[int, StreamRecord], worker: WorkerProcess) -> float:
    """Return when any of the worker's streams last showed that it goes on, 0 for never."""
    on_it = [records[number] for number in worker.streams if number in records]
    return max((record.last_sign_at() for record in on_it), default=0.0)
