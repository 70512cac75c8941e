"""Tells how far a camera's pictures have fallen behind on their way, by the camera's own clock.

Pictures may keep coming at their rate and be late all the same: a full buffer in the network, or here, makes
each a little later than the one before. As in one-way delay estimation (LEDBAT, RFC 6817), the least
difference ever seen between a packet's arrival and its own date is the baseline; what present packets have
above it is delay that has grown. Neither clock needs to be right. A camera's wall clock, as RTCP reports tell
it, is left out of it: that one often is wrong, and by any amount.
"""

from __future__ import annotations

from collections import deque
from math import inf

_DRIFT = 500e-6
"""The baseline may rise that quickly, in seconds a second: clocks that are slewed run off by 500 ppm at most,
and quartz by less. A window of minutes would forget delay that stays; so seconds of it are told for hours.
"""
_RECENT = 4
_RECENT_S = 0.9
"""A key picture takes longer than others, and pictures come out of order: the best of the last few counts."""
_HELD_S = 0.5
"""What was worst holds on for a moment: a network that trembles must not make a tile flicker."""
_DEFAULT_FPS = 15.0
_ORDER_INTERVALS = 4
_BACK_S = 0.3
_AHEAD_S = 1.0
_OPENING_S = 30.0
_SETTLED_S = 0.3
_LOWER_S = 0.01
_BELIEVED_S = 30.0
"""No live stream has more on its way: a clock that says so is none."""


class Lateness:
    """One connection's. All times in seconds; arrivals on the monotonic clock."""

    def __init__(self, fps: float | None) -> None:
        """Begin a connection whose camera takes ``fps`` pictures a second, None where unknown."""
        order_s = _ORDER_INTERVALS / (fps or _DEFAULT_FPS)
        self._back_s = max(_BACK_S, order_s)
        self._ahead_s = max(_AHEAD_S, order_s)
        self._last: tuple[float, float] | None = None
        self._shift = 0.0
        self._baseline = inf
        self._recent: deque[tuple[float, float]] = deque(maxlen=_RECENT)
        self._opening: _Opening | None = None
        self._held_s, self._held_from = 0.0, -inf
        self._behind_s = 0.0
        self._believed = True

    def behind_s(self, dated_s: float | None, arrived_at: float) -> float:
        """Return how much later than the best of its connection a packet came, 0 where nothing tells.

        Args:
            dated_s: the packet's date by the camera's clock, None for none. It may jump and stand still.
            arrived_at: when it arrived, never before the one before it.
        """
        if dated_s is None or not self._believed:
            return self._behind_s
        passed_s = 0.0
        if self._last is not None:
            step_s, passed_s = dated_s - self._last[0], max(0.0, arrived_at - self._last[1])
            if step_s == 0.0:
                return self._behind_s
            if self._jumped(step_s, passed_s, arrived_at - dated_s + self._shift):
                # What was known of the delay holds on: the packet is taken to be as late as those before it.
                self._shift = self._least_recent() - (arrived_at - dated_s)
        self._last = (dated_s, arrived_at)
        transit_s = arrived_at - dated_s + self._shift
        self._baseline = min(self._baseline + _DRIFT * passed_s, transit_s)
        while self._recent and arrived_at - self._recent[0][0] > _RECENT_S:
            self._recent.popleft()
        self._recent.append((arrived_at, transit_s))
        grown_s = max(0.0, self._least_recent() - self._baseline)
        if grown_s > _BELIEVED_S:
            self._believed, grown_s, self._held_s = False, 0.0, 0.0
        if grown_s >= self._held_s or arrived_at - self._held_from > _HELD_S:
            self._held_s, self._held_from = grown_s, arrived_at
        self._behind_s = max(self._held_s, self._opened_behind_s(transit_s, arrived_at))
        return self._behind_s

    def _jumped(self, step_s: float, passed_s: float, transit_s: float) -> bool:
        """Say whether the camera's clock was set: back, or ahead of what any delay that heals explains."""
        ahead = step_s - passed_s > self._ahead_s and transit_s < self._baseline - self._ahead_s
        return ahead or step_s < -self._back_s

    def _least_recent(self) -> float:
        return min(transit_s for _, transit_s in self._recent)

    def _opened_behind_s(self, transit_s: float, arrived_at: float) -> float:
        if self._opening is None:
            self._opening = _Opening(transit_s, arrived_at)
        return self._opening.behind_s(transit_s, arrived_at)


class _Opening:
    """Recognizes a connection that begins with the past: a buffer that is sent faster than it was taken.

    How much of it is still to come nobody knows; the tile is behind at least by what has been caught up.
    """

    def __init__(self, transit_s: float, arrived_at: float) -> None:
        self._first_s, self._began = transit_s, arrived_at
        self._least_s, self._least_at = transit_s, arrived_at
        self._over = False

    def behind_s(self, transit_s: float, arrived_at: float) -> float:
        """Return how much has been caught up while it lasts, 0 from then on for good."""
        if transit_s < self._least_s - _LOWER_S:
            self._least_s, self._least_at = transit_s, arrived_at
        caught_up_s, passed_s = self._first_s - self._least_s, arrived_at - self._began
        # Dates that merely run too fast are no sign of a buffer.
        slow = passed_s > _SETTLED_S and caught_up_s < passed_s / 2
        self._over = self._over or slow or arrived_at - self._least_at > _SETTLED_S or passed_s > _OPENING_S
        return 0.0 if self._over else min(caught_up_s, _BELIEVED_S)
