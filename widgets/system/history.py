"""The last five minutes of one figure, ready to be drawn."""

from __future__ import annotations

from collections import deque
from math import isnan, nan

SPAN_S = 300.0
GAP_S = 2.5
"""A longer pause between two values breaks the line: nobody measured in between."""


class History:
    """Values with the time at which they were measured."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()

    def add(self, at: float, value: float) -> None:
        """Add a value measured at ``at`` (monotonic seconds, later than all before); forget the oldest."""
        if self._points and at - self._points[-1][0] > GAP_S:
            self._points.append((at, nan))
        self._points.append((at, value))
        while self._points[0][0] < at - SPAN_S:
            self._points.popleft()

    def line(self, now: float) -> tuple[list[float], list[float]]:
        """Return the points as seconds before ``now`` (negative) and values; NaN where the line breaks."""
        return [at - now for at, _ in self._points], [value for _, value in self._points]

    @property
    def newest(self) -> float | None:
        """The newest value, None before the first."""
        return self._points[-1][1] if self._points else None

    @property
    def largest(self) -> float | None:
        """The largest value of the five minutes, None before the first."""
        return max((value for _, value in self._points if not isnan(value)), default=None)
