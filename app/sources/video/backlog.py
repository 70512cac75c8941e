"""Notices a decoder that has fallen behind: its pictures would be seconds old and look live.

libVLC is told not to drop late pictures, because a clock that is off by some hundredths of a second would
then drop them all. On a machine that is too slow it queues them instead, and says so nowhere.
"""

from __future__ import annotations

_LIMIT_S = 3.0
_LEAST = 30
_TURNS = 8
_DEFAULT_FPS = 15.0


class Backlog:
    """Compares packets in with displays out.

    A picture that is shown again lowers the mark (libVLC does that only when it has nothing newer), so
    that pictures lost on the way do not add up to a backlog.
    """

    def __init__(self, fps: float | None) -> None:
        self._limit = max(_LEAST, (fps or _DEFAULT_FPS) * _LIMIT_S)
        self._mark: int | None = None
        self._turns = 0

    def grown(self, packets: int, displays: int) -> bool:
        """Take the counts of now, several times a second; say whether too much has been waiting too long."""
        ahead = packets - displays
        self._mark = ahead if self._mark is None else min(self._mark, ahead)
        self._turns = self._turns + 1 if ahead - self._mark > self._limit else 0
        return self._turns >= _TURNS
