"""What the console knows of a stream from its rings."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from app.domain.camera import Lease, Quality, StreamKey, StreamKind
from app.domain.ids import CameraId
from app.sources.video.ring import RingShape, RingWriter, create_ring
from app.sources.video.stream_record import PlacedRing, StreamRecord
from app.sources.video.worker_process import WorkerProcess
from tests.fakes.world import FakeClock

SHAPE = RingShape(width=62, height=20, aspect=1.5)
LEASE = Lease("lease", StreamKey(CameraId("gate"), Quality.SUB), StreamKind.RTSP, "", datetime.now(UTC))


def test_a_stream_at_rest_gives_signs_of_life_by_its_packets() -> None:
    """Its worker must not be ended for pictures that nobody asked for."""
    loop = asyncio.new_event_loop()
    worker = WorkerProcess("worker", loop, FakeClock(), lambda *_: None, lambda _: None)
    loop.close()
    segment = create_ring(SHAPE, generation=1)
    record, writer = StreamRecord(1, LEASE, 0.0), RingWriter(segment)
    record.give_ring(PlacedRing(segment, SHAPE, worker))
    assert record.last_sign_at() == 0.0
    writer.begin()
    writer.publish(5.0)
    writer.count_packet(65.0, 100)
    assert record.last_sign_at() == 5.0
    record.resting = True
    assert record.last_sign_at() == 65.0
    record.drop_rings()
