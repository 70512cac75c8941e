"""What an engine counts and a hub answers, as a test puts it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.camera import StreamKey
from app.domain.ports import ProcessLoad, StreamCounts


@dataclass
class GivenFigures:
    """Implements `EngineFigures` with what a test puts in."""

    known: dict[StreamKey, StreamCounts] = field(default_factory=dict)
    loads: dict[str, ProcessLoad] = field(default_factory=dict)
    weighed: int = 0
    console: str = "console"
    trouble: str | None = None
    decoding: tuple[str, ...] = ("In software, by libVLC",)

    def counts(self, key: StreamKey) -> StreamCounts | None:
        return self.known.get(key)

    def processes(self) -> dict[str, int]:
        return dict.fromkeys(self.loads, 1)

    def weigh(self, processes: Mapping[str, int]) -> dict[str, ProcessLoad]:
        self.weighed += 1
        return {name: self.loads[name] for name in processes}


@dataclass
class GivenPulse:
    """Implements `HubPulse`."""

    round_trip_s: float | None = 0.004
