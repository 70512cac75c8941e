"""Stamps packets with the time at which they arrive, so that libVLC never runs ahead or behind.

libVLC plays a pipe by the stream's own clock. A camera's clock drifts and a network delivers in bursts;
either turns into delay that stays. Stamped on arrival, the stream's clock is this machine's clock.
"""

from __future__ import annotations

TICKS = 90_000
"""Ticks a second of MPEG-TS time stamps."""

_AHEAD_S = 0.030
_BEHIND_S = 0.040
_PULL = 0.02
_START = 10 * TICKS
_LEAST_STEP = TICKS // 500
"""Two stamps less than a millisecond apart may be one to libVLC."""


class ArrivalClock:
    """Maps a source's time stamps to arrival times, smoothing jitter of a few hundredths of a second."""

    def __init__(self) -> None:
        self._origin: float | None = None
        self._offset_s: float | None = None
        self._last = 0

    def stamp(self, source_s: float | None, now: float) -> int:
        """Return the stamp, in ticks, of a packet that the source dates ``source_s``, arrived at ``now``.

        Stamps strictly increase. They follow the source's spacing while that agrees with the arrivals
        within some hundredths of a second, else the arrivals. A packet without a date (None) is dated
        by its arrival alone.
        """
        if self._origin is None:
            self._origin = now
        elapsed = now - self._origin
        dated = elapsed
        if source_s is not None:
            if self._offset_s is None:
                self._offset_s = elapsed - source_s
            early = source_s + self._offset_s - elapsed
            if early > _AHEAD_S:
                self._offset_s -= early - _AHEAD_S
            elif early < -_BEHIND_S:
                self._offset_s -= early
            else:
                self._offset_s -= early * _PULL
            dated = source_s + self._offset_s
        self._last = max(_START + round(dated * TICKS), self._last + _LEAST_STEP)
        return self._last


class Pace:
    """Spreads packets that come in whole segments over the time that they show."""

    _JUMP_S = 10.0

    def __init__(self) -> None:
        self._anchor: float | None = None

    def wait_s(self, source_s: float, now: float) -> float:
        """Return how long to hold back a packet that the source dates ``source_s``.

        A late packet, and one beyond a jump in the source's dates, starts the count anew.
        """
        early = 0.0 if self._anchor is None else self._anchor + source_s - now
        if self._anchor is None or early < 0 or early > self._JUMP_S:
            self._anchor = now - source_s
            return 0.0
        return early
