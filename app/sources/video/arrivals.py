"""Knows when the packet behind each decoded picture arrived, and keeps the decoder from falling behind.

A picture's age counts from its packet's arrival: a decoder that lags shows old pictures, and they must
look old. libVLC hands each picture over with its time stamp, moved by an offset that only libVLC knows.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

_BEHIND_S = 1.0
_BEHIND_INTERVALS = 6
"""libVLC holds back up to ten packets, and pictures that are shown out of order wait for each other."""
_LOST_S = 0.5
_SAME_S = 0.0015
"""libVLC rounds to whole milliseconds."""
_JUMP_S = 0.05
_LARGEST = 10_000


class ArrivalBook:
    """One run of one stream. Packets are entered by the transport's thread, pictures by libVLC's.

    All times in seconds; arrivals on the monotonic clock, stamps on the byte stream's own.
    """

    def __init__(self, fps: float | None, drained: Callable[[], bool]) -> None:
        """Begin a run.

        Args:
            fps: pictures a second, None where unknown.
            drained: says whether the decoder has read all that was written to it.
        """
        self._limit_s = max(_BEHIND_S, _BEHIND_INTERVALS / fps if fps else 0.0)
        self._drained = drained
        self._waiting: deque[tuple[float | None, float]] = deque(maxlen=_LARGEST)
        self._lock = threading.Lock()
        self._offset: float | None = None
        self._last: float | None = None
        self._skipping = False
        self.skipped = 0

    def expect(self, stamp: float | None, key: bool, now: float) -> bool:
        """Enter a packet that arrived ``now``; False: the decoder is behind and must not get it.

        From then on packets are left out up to the next key picture that finds the decoder on time, so that
        what it shows stays whole. ``stamp`` is None in byte streams that have none.
        """
        with self._lock:
            self._forget_lost(now)
            if self._waiting and now - self._waiting[0][1] > self._limit_s:
                self._skipping = True
            elif key:
                self._skipping = False
            if self._skipping:
                self.skipped += 1
                return False
            self._waiting.append((stamp, now))
            return True

    def _forget_lost(self, now: float) -> None:
        """Drop packets that never became a picture: all is read, and they had their time."""
        waiting = self._waiting
        if not waiting:
            return
        patience = self._limit_s if waiting[0][0] is not None else _LOST_S
        if now - waiting[0][1] > patience and self._drained():
            while waiting and now - waiting[0][1] > patience:
                waiting.popleft()

    def date(self, pts: float) -> float | None:
        """Return when the picture that libVLC dates ``pts`` arrived, None before any packet.

        Where that is not certain the answer is the oldest possible arrival: never too young.
        """
        with self._lock:
            found = self._match(pts)
            if found is None:
                # libVLC shows a stream's first picture twice.
                return self._last
            stamp, self._last = found
            if stamp is None:
                self._waiting.popleft()
            else:
                # Pictures come in the order of their stamps: what is older was shown or is lost.
                self._waiting = deque(
                    (entry for entry in self._waiting if entry[0] is not None and entry[0] > stamp),
                    maxlen=_LARGEST,
                )
            return self._last

    def _match(self, pts: float) -> tuple[float | None, float] | None:
        if not self._waiting:
            return None
        if self._waiting[0][0] is None:
            return self._waiting[0]
        stamped = [(stamp, at) for stamp, at in self._waiting if stamp is not None]
        if self._offset is not None:
            due = pts - self._offset
            reached = [entry for entry in stamped if entry[0] <= due + _SAME_S]
            if reached:
                newest = max(reached)
                if due - newest[0] <= _JUMP_S:
                    return newest
        # The first picture, or libVLC has begun to count anew.
        oldest = min(stamped)
        self._offset = pts - oldest[0]
        return oldest
