"""A look at a console with two streams, one of which the engine does not have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.camera import Quality, StreamKey
from app.domain.ids import CameraId, WallId
from app.domain.ports import ProcessLoad, StreamCounts
from app.domain.stream_state import Fault, StreamState, StreamStatus
from app.domain.system_look import PaintCounts, StreamLook, SystemLook

ODD = CameraId('gate "3"\n\\north')


def look(at: float = 50.0, **changes: Any) -> SystemLook:
    counts = StreamCounts("wf-decoder-1", 130, 400_000, 4, 116, 2, at - 0.5)
    refused = StreamStatus(StreamState.DENIED, None, Fault.DENIED_BY_HUB, "Not at night")
    made = SystemLook(
        at=at,
        streams={
            StreamKey(ODD, Quality.SUB): StreamLook(StreamStatus(StreamState.LIVE, 0.0), counts, True),
            StreamKey(CameraId("cam-2"), Quality.MAIN): StreamLook(refused, None, False),
        },
        paints={(WallId("wall-1"), ODD): PaintCounts(110, 6)},
        loads={"console": ProcessLoad(at, 12.5, 200.0), "wf-decoder-1": ProcessLoad(at, 3.25, 80.5)},
        console="console",
        late_s=0.004,
        late_in_minute_s=0.031,
        hub_round_trip_s=0.002,
        trouble=None,
    )
    return replace(made, **changes)
