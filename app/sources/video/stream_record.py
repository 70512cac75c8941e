"""What the console keeps of one open stream: its rings, its fault, and the facts that follow from them.

While a stream starts anew, the last picture of its former ring stays readable and keeps its age; the
new ring takes over with its first picture, and pictures go on being numbered from the last one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from app.domain.camera import Lease
from app.domain.picture_size import PictureSize
from app.domain.ports import Frame
from app.domain.stream_state import Fault, StreamFacts
from app.sources.video.ring import RingFigures, RingReader, RingShape
from app.sources.video.segment import Segment
from app.sources.video.worker_process import WorkerProcess
from app.wire.privacy_masks import masks_to
from app.wire.worker import OpenStream, RenewStream

_DEFAULT_FPS = 15.0


@dataclass(frozen=True, slots=True)
class StreamCounters:
    """A stream's counts since it was opened."""

    packets: int = 0
    packet_bytes: int = 0
    left_out: int = 0
    pictures: int = 0
    restarts: int = 0

    def plus(self, ring: RingFigures) -> StreamCounters:
        """Return the counts with those of one more ring."""
        return StreamCounters(
            self.packets + ring.packets_read,
            self.packet_bytes + ring.bytes_read,
            self.left_out + ring.packets_left_out,
            self.pictures + ring.pictures_decoded,
            self.restarts,
        )


class PlacedRing:
    """A ring, the worker that writes it, and the number of the last picture before it."""

    def __init__(self, segment: Segment, shape: RingShape, worker: WorkerProcess) -> None:
        self.segment, self.shape, self.worker = segment, shape, worker
        self.reader = RingReader(segment)
        self.base_number = 0


class StreamRecord:
    """One open stream."""

    def __init__(self, number: int, lease: Lease, opened_at: float) -> None:
        self.number = number
        self.lease = lease
        self.opened_at = opened_at
        self.generation = 0
        self.worker: WorkerProcess | None = None
        self.leaving: WorkerProcess | None = None
        """The worker that shows the stream until the next one's first picture, while it is being moved."""
        self.placed_at = 0.0
        self.crashes = 0
        self.restarts = 0
        self.fault: Fault | None = None
        self.interval_s = 1 / (lease.fps or _DEFAULT_FPS)
        self.wanted: PictureSize | None = None
        self.resting = False
        self.ring_lock = asyncio.Lock()
        self._source: PictureSize | None = None
        self._aspect = 0.0
        self._forgotten_number = 0
        """Number of the newest picture that was let go of without another one to follow at once."""
        self._shown: PlacedRing | None = None
        self._coming: PlacedRing | None = None
        self._past = StreamCounters()
        """The counts of the rings that are gone."""

    @property
    def is_replay(self) -> bool:
        """Whether this is the past of another stream, which lies with that one's worker."""
        return self.lease.key.replay_s > 0

    def opening(self) -> OpenStream:
        """Return what tells a worker to open the stream under its lease."""
        return OpenStream(
            stream=self.number,
            generation=self.generation,
            kind=self.lease.kind,
            url=self.lease.url,
            fps=self.lease.fps,
            privacy_masks=masks_to(self.lease.privacy_masks),
        )

    def renewal(self) -> RenewStream:
        """Return what tells the worker of a lease that took another one's place."""
        return RenewStream(
            stream=self.number,
            url=self.lease.url,
            fps=self.lease.fps,
            privacy_masks=masks_to(self.lease.privacy_masks),
        )

    def probed(self, size: PictureSize, aspect: float, fps: float | None) -> None:
        """Record that the camera is open, what its pictures are and how many a second it promises."""
        self.fault = None
        self._source, self._aspect = size, aspect
        self.interval_s = 1 / (fps or self.lease.fps or _DEFAULT_FPS)

    def shape(self) -> RingShape | None:
        """Return what the ring should hold: the wall's size, else the camera's; None before it is open."""
        if self._source is None:
            return None
        size = (self.wanted or self._source).offered_by(self._source)
        return RingShape(size.width, size.height, self._aspect)

    def ring_for(self, shape: RingShape, worker: WorkerProcess) -> Segment | None:
        """Return the ring that this run can go on using, None when it needs a new one."""
        ring = self._coming or self._shown
        if ring is not None and ring.worker is worker and ring.shape == shape:
            return ring.segment
        return None

    def ring_of(self, worker: WorkerProcess) -> Segment | None:
        """Return what that worker has to write into, of whatever size; None when it has nothing."""
        rings = (ring for ring in (self._coming, self._shown) if ring is not None and ring.worker is worker)
        ring = next(rings, None)
        return None if ring is None else ring.segment

    def give_ring(self, ring: PlacedRing) -> None:
        """Let ``ring`` take over as soon as it has a picture."""
        self._promote()
        if self._coming is not None:
            self._past = self._past.plus(self._coming.reader.figures())
            self._coming.segment.unlink()
        if self._shown is None:
            ring.base_number = self._forgotten_number
            self._shown = ring
        else:
            self._coming = ring

    def shown_by(self, worker: WorkerProcess) -> bool:
        """Say whether the picture that is shown now is that worker's."""
        ring = self._promote()
        return ring is not None and ring.worker is worker and ring.reader.newest_number > 0

    def attached(self, name: str) -> None:
        """The worker has mapped the ring of that name: nobody else needs the name."""
        for ring in (self._shown, self._coming):
            if ring is not None and ring.segment.name == name:
                ring.segment.unlink()

    def drop_rings(self) -> None:
        """Let go of the shared memory; a frame that is being painted stays valid."""
        for ring in (self._shown, self._coming):
            if ring is not None:
                ring.segment.unlink()
        self._shown = self._coming = None

    def forget_pictures(self, now: float) -> None:
        """Let go of every picture so far, as if the stream had been opened now; their numbers are used up."""
        ring = self._promote()
        if ring is not None:
            self._forgotten_number = ring.base_number + ring.reader.newest_number
            self._past = self.counters()
        self.drop_rings()
        self.opened_at = now

    def newest_number(self) -> int:
        """Return the newest picture's number, 0 for none."""
        ring = self._promote()
        number = 0 if ring is None else ring.reader.newest_number
        return ring.base_number + number if ring is not None and number else 0

    def last_sign_at(self) -> float:
        """Return when a picture last arrived, or a packet while none is decoded at rest; 0 for never."""
        facts = self.facts()
        return (facts.last_packet_at if self.resting else facts.last_picture_at) or 0.0

    def newest(self) -> Frame | None:
        """Return the newest whole picture, None for none."""
        ring = self._promote()
        return None if ring is None else ring.reader.newest(ring.base_number)

    def counters(self) -> StreamCounters:
        """Return the counts over all rings so far."""
        self._promote()
        counts = replace(self._past, restarts=self.restarts)
        for ring in (self._shown, self._coming):
            if ring is not None:
                counts = counts.plus(ring.reader.figures())
        return counts

    def facts(self) -> StreamFacts:
        """Return what is known now, from the rings' headers."""
        ring = self._promote()
        if ring is None:
            counts = self.counters()
            return StreamFacts(
                opened_at=self.opened_at,
                packets_read=counts.packets,
                pictures_decoded=counts.pictures,
                interval_s=self.interval_s,
                fault=self.fault,
            )
        counts, figures = self.counters(), ring.reader.figures()
        last_packet_at = figures.last_packet_at
        if self._coming is not None:
            last_packet_at = self._coming.reader.figures().last_packet_at or last_packet_at
        return StreamFacts(
            opened_at=self.opened_at,
            packets_read=counts.packets,
            last_packet_at=last_packet_at,
            pictures_decoded=counts.pictures,
            last_picture_at=figures.last_picture_at,
            interval_s=self.interval_s,
            fault=self.fault,
            behind_s=figures.behind_s,
        )

    def _promote(self) -> PlacedRing | None:
        old, new = self._shown, self._coming
        if old is not None and new is not None and new.reader.newest_number:
            new.base_number = old.base_number + old.reader.newest_number
            self._past = self._past.plus(old.reader.figures())
            # A worker that died before it had the old ring open never said that its name may go.
            old.segment.unlink()
            self._shown, self._coming = new, None
        return self._shown
