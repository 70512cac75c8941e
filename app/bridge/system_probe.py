"""Takes one look at everything that counts: on the UI thread, but for the weighing of processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from app.bridge.stall_meter import INTERVAL_MS, StallMeter
from app.domain.camera import StreamKey
from app.domain.ids import CameraId, WallId
from app.domain.ports import Clock, EngineFigures, HubPulse
from app.domain.quality_policy import QualityPolicy
from app.domain.system_look import PaintCounts, StreamLook, SystemLook
from app.store.state import Store

_SECOND, _MINUTE = 1000 // INTERVAL_MS, 60_000 // INTERVAL_MS

WallPaints = Callable[[], Mapping[tuple[WallId, CameraId], PaintCounts]]
"""Returns what each wall has painted of each camera that is on it now."""


class ShownStreams(Protocol):
    """Says which stream of a camera the tiles paint, and by which rule it was chosen."""

    @property
    def qualities(self) -> QualityPolicy:
        """Knows the budget and the load."""
        ...

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream, None while none is open."""
        ...


class SystemProbe:
    """Knows where each count is kept; keeps none itself."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        stall: StallMeter,
        figures: EngineFigures,
        pulse: HubPulse,
        shown: ShownStreams,
        paints: WallPaints,
    ) -> None:
        self._store = store
        self._clock = clock
        self._stall = stall
        self._figures = figures
        self._pulse = pulse
        self._shown = shown
        self._paints = paints

    async def look(self) -> SystemLook:
        """Return the counts of now; takes the milliseconds that the processes' memory takes to be read."""
        figures, policy = self._figures, self._shown.qualities
        loads = await asyncio.to_thread(figures.weigh, figures.processes())
        streams = {
            key: StreamLook(status, figures.counts(key), self._shown.key_for(key.camera_id) == key)
            for key, status in self._store.streams.items()
        }
        return SystemLook(
            at=self._clock.monotonic(),
            streams=streams,
            paints=self._paints(),
            loads=loads,
            console=figures.console,
            late_s=self._stall.lateness_ms(1.0, _SECOND) / 1000,
            late_in_minute_s=self._stall.lateness_ms(1.0, _MINUTE) / 1000,
            hub_round_trip_s=self._pulse.round_trip_s,
            trouble=figures.trouble,
            decoding=figures.decoding,
            load_mpx_s=policy.load_mpx_s,
            budget_mpx_s=policy.budget_mpx_s,
            why_no_budget=policy.why_no_budget,
        )
