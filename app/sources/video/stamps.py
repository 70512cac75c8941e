"""Dates packets by their arrival: a camera's own clock drifts, jumps and lies."""

from __future__ import annotations

LEAST_STEP_S = 0.002
"""Two dates less than a millisecond apart may be one to libVLC."""


class Stamps:
    """Gives each packet of a run a date of its own. Seconds; the dates strictly increase."""

    def __init__(self) -> None:
        self._last = 0.0

    def next(self, arrived_at: float) -> float:
        """Return the date of a packet that arrived then."""
        self._last = max(arrived_at, self._last + LEAST_STEP_S)
        return self._last


class Pace:
    """Spreads packets that come in whole segments over the time that they show."""

    _JUMP_S = 1.5

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
