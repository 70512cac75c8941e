"""Puts one reading together: from the store, the engine's counters, the tiles and the processes' loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from app.bridge.stall_meter import INTERVAL_MS, StallMeter
from app.domain.camera import StreamKey
from app.domain.ids import CameraId
from app.domain.ports import Clock, EngineFigures, ProcessLoad, StreamCounts
from app.domain.stream_state import StreamStatus
from app.store.state import Store
from widgets.system.rates import Rates
from widgets.system.readings import (
    ProcessReading,
    StreamReading,
    SystemReading,
    share_percent,
    workers_percent,
)
from widgets.view_state import one_line

EVERY_MS = 1000
"""Time between two readings."""
RATE_OVER_S = 5.0
"""Pictures a second are over so long, as on the wall; processor shares are over one interval."""
_LATE_SAMPLES = EVERY_MS // INTERVAL_MS

PaintCounts = Callable[[], Mapping[tuple[str, CameraId], int]]
"""Returns how many pictures of each camera each wall has painted, for the cameras that are on it now."""


class ShownStreams(Protocol):
    """Says which stream of a camera the tiles paint."""

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream, None while none is open."""
        ...


class SystemReader:
    """Remembers the last look, so that counts become rates."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        stall: StallMeter,
        figures: EngineFigures,
        shown: ShownStreams,
        paint_counts: PaintCounts,
    ) -> None:
        self._store = store
        self._clock = clock
        self._stall = stall
        self._figures = figures
        self._shown = shown
        self._paint_counts = paint_counts
        self._received: Rates[StreamKey] = Rates(RATE_OVER_S)
        self._decoded: Rates[StreamKey] = Rates(RATE_OVER_S)
        self._painted: Rates[tuple[str, CameraId]] = Rates(RATE_OVER_S)
        self._cpu: Rates[str] = Rates()

    def begin(self) -> None:
        """Forget the last look: it was before a pause."""
        for rates in (self._received, self._decoded, self._painted, self._cpu):
            rates.forget()

    def take(self, loads: Mapping[str, ProcessLoad]) -> SystemReading:
        """Return the figures of now; ``loads`` are those of the processes, by name."""
        now = self._clock.monotonic()
        counts = {key: self._figures.counts(key) for key in self._store.streams}
        known = {key: count for key, count in counts.items() if count is not None}
        received = self._received.look({key: (now, count.received) for key, count in known.items()})
        decoded = self._decoded.look({key: (now, count.decoded) for key, count in known.items()})
        painted = self._painted.look({key: (now, count) for key, count in self._paint_counts().items()})
        busy = self._cpu.look({name: (load.measured_at, load.cpu_s) for name, load in loads.items()})
        best: dict[CameraId, float] = {}
        for (_, camera_id), rate in painted.items():
            best[camera_id] = max(rate, best.get(camera_id, 0.0))
        streams = tuple(
            self._stream(
                key, status, known.get(key), now, received.get(key), decoded.get(key), best.get(key.camera_id)
            )
            for key, status in self._store.streams.items()
        )
        decoders = [stream.worker for stream in streams]
        shares = share_percent(busy)
        processes = tuple(
            ProcessReading(
                name,
                shares.get(name),
                load.memory_mb,
                None if name == self._figures.console else decoders.count(name),
            )
            for name, load in loads.items()
        )
        return SystemReading(
            at=now,
            late_ms=self._stall.lateness_ms(1.0, _LATE_SAMPLES),
            painted=sum(painted.values()) if painted or not streams else None,
            streams=streams,
            processes=processes,
            console_cpu=shares.get(self._figures.console),
            workers_cpu=workers_percent(shares, self._figures.console),
        )

    def _stream(
        self,
        key: StreamKey,
        status: StreamStatus,
        counts: StreamCounts | None,
        now: float,
        received: float | None,
        decoded: float | None,
        painted: float | None,
    ) -> StreamReading:
        camera = self._store.cameras.get(key.camera_id)
        last = counts.last_picture_at if counts else None
        return StreamReading(
            key=key,
            camera=(one_line(camera.name) if camera else "") or key.camera_id,
            worker=counts.worker if counts else None,
            status=status,
            age_s=None if last is None else max(0.0, now - last),
            received=received,
            decoded=decoded,
            painted=painted if self._shown.key_for(key.camera_id) == key else None,
            restarts=counts.restarts if counts else None,
        )
