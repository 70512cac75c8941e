"""Every count of the running console at one moment: what the system page and the metrics are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.camera import StreamKey
from app.domain.ids import CameraId, WallId
from app.domain.ports import ProcessLoad, StreamCounts
from app.domain.quality_policy import NoBudget
from app.domain.stream_state import StreamStatus


@dataclass(frozen=True, slots=True)
class PaintCounts:
    """Different pictures that a wall has painted of a camera, and those that a newer one overtook before."""

    painted: int
    overtaken: int


@dataclass(frozen=True, slots=True)
class StreamLook:
    """One open stream; ``shown``: it is the one of its camera's streams that the tiles paint.

    ``counts`` is None for a stream that the engine does not have: no lease yet, or refused.
    """

    status: StreamStatus
    counts: StreamCounts | None
    shown: bool


@dataclass(frozen=True, slots=True)
class SystemLook:
    """Counts that only grow, and what is true at this moment; ``at`` is on the monotonic clock.

    ``late_s`` is how late the user interface was at worst within the last second, ``late_in_minute_s`` within
    the last minute. ``hub_round_trip_s`` is None while the hub does not answer; ``trouble`` is the engine's
    own, in words, None when all is well. Processes go by name, the console as ``console``. ``decoding``
    says in words how the decoders work, each way once. ``load_mpx_s`` is what the streams chosen last take of
    the budget, in millions of pixels a second.
    """

    at: float
    streams: Mapping[StreamKey, StreamLook]
    paints: Mapping[tuple[WallId, CameraId], PaintCounts]
    loads: Mapping[str, ProcessLoad]
    console: str
    late_s: float
    late_in_minute_s: float
    hub_round_trip_s: float | None
    trouble: str | None
    decoding: tuple[str, ...] = ()
    load_mpx_s: float = 0.0
    budget_mpx_s: float | None = None
    why_no_budget: NoBudget = NoBudget.NOT_MEASURED_YET
