"""Knows when the packet behind each decoded picture arrived, and keeps the decoder from falling behind.

A picture's age counts from its packet's arrival: a decoder that lags shows old pictures, and they must
look old. libVLC hands each picture over with its time stamp, moved by an offset that only libVLC knows.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from math import inf
from typing import NamedTuple

from app.sources.video.stamps import LEAST_STEP_S
from app.sources.video.transport import Packet

_BEHIND_S = 1.0
_BEHIND_INTERVALS = 6
"""libVLC holds back up to ten packets, and pictures that are shown out of order wait for each other."""
_SAME_S = 0.0015
"""libVLC rounds to whole milliseconds."""
_JUMP_S = 0.05
_MISSES = 3
_RESET_S = 1.0
_LARGEST = 10_000


class Arrival(NamedTuple):
    """When a picture's packet arrived, and how late it was then, as `Packet.behind_s`."""

    at: float
    behind_s: float


_Entry = tuple[float, Arrival]


class ArrivalBook:
    """One run of one stream. Packets are entered by the transport's thread, pictures by libVLC's.

    All times in seconds; arrivals on the monotonic clock, stamps as the packets have them.
    """

    def __init__(self, fps: float | None, drained: Callable[[], bool]) -> None:
        """Begin a run.

        Args:
            fps: pictures a second, None where unknown.
            drained: says whether the decoder has read all that was written to it.
        """
        self._limit_s = max(_BEHIND_S, _BEHIND_INTERVALS / fps if fps else 0.0)
        self._drained = drained
        self._waiting: deque[_Entry] = deque(maxlen=_LARGEST)
        self._overdue: deque[_Entry] = deque(maxlen=_LARGEST)
        self._lock = threading.Lock()
        self._offset: float | None = None
        self._last_pts = -inf
        self._last_arrival = -inf
        self._misses = 0
        self._skipping = False
        self._unseen_to = -inf

    def expect(self, packet: Packet) -> bool:
        """Enter a packet that has just arrived; False: the decoder is behind and must not get it.

        From then on packets are left out up to the next key picture that finds the decoder on time, so that
        what it shows stays whole.
        """
        stamp, now = packet.shown_s, packet.arrived_at
        with self._lock:
            self._forget_lost(now)
            if self._waiting and now - self._waiting[0][1].at > self._limit_s:
                self._skipping = True
            elif packet.key:
                self._skipping = False
            if self._skipping:
                return False
            self._waiting.append((stamp, Arrival(now, packet.behind_s)))
            if not packet.shown:
                self._unseen_to = max(self._unseen_to, stamp)
            return True

    def _forget_lost(self, now: float) -> None:
        """Set aside packets that had their time while all is read: they are no backlog.

        They are lost, or their pictures are held back inside the decoder until the camera sends again; then
        they must not take a younger packet's date.
        """
        waiting = self._waiting
        if waiting and now - waiting[0][1].at > self._limit_s and self._drained():
            while waiting and now - waiting[0][1].at > self._limit_s:
                self._overdue.append(waiting.popleft())

    def date(self, pts: float) -> Arrival | None:
        """Return when the picture that libVLC dates ``pts`` arrived, None when it is none to show.

        Where the arrival is not certain the answer is the oldest possible one: never too young.
        """
        with self._lock:
            # libVLC shows a stream's first picture twice, a millisecond apart.
            again, self._last_pts = abs(pts - self._last_pts) < LEAST_STEP_S, pts
            if again or not (self._waiting or self._overdue):
                return None
            if not self._overdue and self._next_fits(pts):
                return self._news(*self._waiting.popleft())
            stamp, arrival = self._match(pts)
            # Pictures come in the order of their stamps: what is older was shown or is lost.
            self._waiting = deque((entry for entry in self._waiting if entry[0] > stamp), maxlen=_LARGEST)
            self._overdue = deque((entry for entry in self._overdue if entry[0] > stamp), maxlen=_LARGEST)
            return self._news(stamp, arrival)

    def _news(self, stamp: float, arrival: Arrival) -> Arrival | None:
        """Return the arrival unless it was told before: a packet handed over twice is one picture."""
        if stamp <= self._unseen_to:
            return None
        again, self._last_arrival = arrival.at == self._last_arrival, arrival.at
        return None if again else arrival

    def _next_fits(self, pts: float) -> bool:
        """Say whether the picture is the next one in order, as nearly all are."""
        if self._offset is None or abs(pts - self._offset - self._waiting[0][0]) > _SAME_S:
            return False
        self._misses = 0
        return len(self._waiting) == 1 or self._waiting[1][0] > self._waiting[0][0]

    def _match(self, pts: float) -> _Entry:
        entries = [*self._overdue, *self._waiting]
        oldest = min(entries)
        if self._offset is None:
            self._offset = pts - oldest[0]
            return oldest
        due = pts - self._offset
        newest = max((entry for entry in entries if entry[0] <= due + _SAME_S), default=None)
        if newest is not None and due - newest[0] <= _JUMP_S:
            self._misses = 0
            return newest
        self._misses += 1
        if self._misses >= _MISSES or abs(due - oldest[0]) > _RESET_S:
            # libVLC has begun to count anew.
            self._offset, self._misses = pts - oldest[0], 0
        return oldest
