"""Gives a stream's run the shared memory that its pictures go into, as soon as there is room for it."""

from __future__ import annotations

import asyncio

from app.domain.stream_state import Fault
from app.sources.video.ring import RingShape, create_ring
from app.sources.video.segment import NoRoomError, Segment
from app.sources.video.stream_record import PlacedRing, StreamRecord
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import UseRing

_ROOM_AGAIN_S = 0.5


async def give_ring(record: StreamRecord, worker: WorkerProcess, generation: int) -> None:
    """Give the run a ring of the size that is wanted now, a new one if need be; wait for room if so."""
    while True:
        async with record.ring_lock:
            shape = record.shape()
            if record.worker is not worker or record.generation != generation or shape is None:
                return
            fitting = record.ring_for(shape, worker) or await _new_ring(record, worker, shape)
            # Pictures of another size than wanted are better than none.
            segment = fitting or record.ring_of(worker)
            if segment is not None:
                worker.send(
                    UseRing(
                        stream=record.number,
                        generation=generation,
                        name=segment.name,
                        size=len(segment.memory),
                    )
                )
                return
        await asyncio.sleep(_ROOM_AGAIN_S)


async def _new_ring(record: StreamRecord, worker: WorkerProcess, shape: RingShape) -> Segment | None:
    """Return a new ring of the record's, None when there is no room or the run is over."""
    generation = record.generation
    loop = asyncio.get_running_loop()
    try:
        # Reserving tens of megabytes takes milliseconds, which the paint tick does not have.
        segment = await loop.run_in_executor(None, create_ring, shape, generation)
    except NoRoomError:
        if record.ring_of(worker) is None:
            record.fault = Fault.NO_ROOM
        return None
    if record.worker is not worker or record.generation != generation:
        segment.unlink()
        return None
    if record.fault is Fault.NO_ROOM:
        record.fault = None
    record.give_ring(PlacedRing(segment, shape, worker))
    return segment
