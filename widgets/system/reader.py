"""Turns one look after the other into what the page shows: counts become rates, ids become names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.camera import StreamKey
from app.domain.ids import CameraId, WallId
from app.domain.ports import StreamCounts
from app.domain.system_look import StreamLook, SystemLook
from app.store.state import Store
from widgets.system.rates import Rates
from widgets.system.readings import (
    ProcessReading,
    StreamReading,
    SystemReading,
    share_percent,
    total,
    workers_percent,
)
from widgets.view_state import one_line
from widgets.view_state_cost import load_words

EVERY_MS = 1000
"""Time between two readings."""
RATE_OVER_S = 5.0
"""Rates of pictures are over so long, as on the wall; processor shares are over one interval."""
_STREAM_COUNTS: dict[str, Callable[[StreamCounts], int]] = {
    "bytes": lambda counts: counts.received_bytes,
    "received": lambda counts: counts.received,
    "left_out": lambda counts: counts.left_out,
    "decoded": lambda counts: counts.decoded,
}


class SystemReader:
    """Remembers the last look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: dict[str, Rates[StreamKey]] = {name: Rates(RATE_OVER_S) for name in _STREAM_COUNTS}
        self._painted: Rates[tuple[WallId, CameraId]] = Rates(RATE_OVER_S)
        self._overtaken: Rates[tuple[WallId, CameraId]] = Rates(RATE_OVER_S)
        self._cpu: Rates[str] = Rates()

    def begin(self) -> None:
        """Forget the last look: it was before a pause."""
        self._cpu.forget()
        for rates in self._counted.values():
            rates.forget()
        for paints in (self._painted, self._overtaken):
            paints.forget()

    def take(self, look: SystemLook) -> SystemReading:
        """Return the figures of that look, as rates since the ones before."""
        now = look.at
        known = {key: stream.counts for key, stream in look.streams.items() if stream.counts is not None}
        rates = {
            name: self._counted[name].look({key: (now, count(counts)) for key, counts in known.items()})
            for name, count in _STREAM_COUNTS.items()
        }
        painted = self._painted.look({key: (now, paint.painted) for key, paint in look.paints.items()})
        overtaken = self._overtaken.look({key: (now, paint.overtaken) for key, paint in look.paints.items()})
        best = _best_walls(painted)
        streams = []
        for key, stream in look.streams.items():
            mine = {name: found.get(key) for name, found in rates.items()}
            wall = best.get(key.camera_id) if stream.shown else None
            streams.append(
                self._stream(
                    key,
                    stream,
                    now,
                    mine,
                    painted.get(wall) if wall else None,
                    overtaken.get(wall, 0.0) if wall else 0.0,
                )
            )
        shares = share_percent(
            self._cpu.look({name: (load.measured_at, load.cpu_s) for name, load in look.loads.items()})
        )
        decoders = [stream.worker for stream in streams]
        hub_s = look.hub_round_trip_s
        return SystemReading(
            at=now,
            late_ms=1000 * look.late_s,
            hub_ms=None if hub_s is None else 1000 * hub_s,
            painted=sum(painted.values()) if painted or not streams else None,
            dropped=total(stream.dropped for stream in streams) if streams else 0.0,
            streams=tuple(streams),
            processes=tuple(
                ProcessReading(
                    name,
                    shares.get(name),
                    load.memory_mb,
                    None if name == look.console else decoders.count(name),
                )
                for name, load in look.loads.items()
            ),
            console_cpu=shares.get(look.console),
            workers_cpu=workers_percent(shares, look.console),
            trouble=look.trouble or "",
            decoding=" · ".join(look.decoding),
            load=load_words(look.load_mpx_s, look.budget_mpx_s, look.why_no_budget),
        )

    def _stream(
        self,
        key: StreamKey,
        stream: StreamLook,
        now: float,
        rates: Mapping[str, float | None],
        painted: float | None,
        overtaken: float,
    ) -> StreamReading:
        camera = self._store.cameras.get(key.camera_id)
        counts = stream.counts
        last = counts.last_picture_at if counts else None
        bytes_per_s, left_out = rates["bytes"], rates["left_out"]
        return StreamReading(
            key=key,
            camera=(one_line(camera.name) if camera else "") or key.camera_id,
            worker=counts.worker if counts else None,
            status=stream.status,
            age_s=None if last is None else max(0.0, now - last),
            kbit=None if bytes_per_s is None else bytes_per_s * 8 / 1000,
            received=rates["received"],
            decoded=rates["decoded"],
            painted=painted,
            dropped=None if left_out is None else left_out + overtaken,
            restarts=counts.restarts if counts else None,
        )


def _best_walls(
    painted: Mapping[tuple[WallId, CameraId], float],
) -> dict[CameraId, tuple[WallId, CameraId]]:
    """Return for each camera the wall that paints most of its pictures: nobody misses what is seen there."""
    best: dict[CameraId, tuple[WallId, CameraId]] = {}
    for place, rate in painted.items():
        known = best.get(place[1])
        if known is None or rate > painted[known]:
            best[place[1]] = place
    return best
