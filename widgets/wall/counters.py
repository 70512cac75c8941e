"""What was really painted, for the report: counted where the picture is drawn, never estimated."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.domain.camera import StreamKey

WINDOW_S = 5.0
_KEPT = 512
"""Paint times kept per camera: five seconds at 100 pictures a second."""


@dataclass(frozen=True, slots=True)
class PaintCounter:
    """A camera's paints so far: distinct whole pictures, paints undone by a tear, time of the first picture.

    ``first_painted_at`` is on the monotonic clock, None when no picture was painted. ``overtaken`` are the
    pictures that a newer one took the place of before the surface, which could be seen, got to paint them.
    """

    frames_painted: int = 0
    torn: int = 0
    first_painted_at: float | None = None
    overtaken: int = 0


class PaintLog:
    """Counts one camera's paints. A camera in two tiles counts each picture once."""

    __slots__ = ("_followed", "_frames", "_key", "_number", "_overtaken", "_recent", "first_at", "torn")

    def __init__(self) -> None:
        self._frames = 0
        self._key: StreamKey | None = None
        self._number = 0
        self._followed = False
        self._overtaken = 0
        self._recent: deque[float] = deque(maxlen=_KEPT)
        self.torn = 0
        self.first_at: float | None = None

    def painted(self, key: StreamKey, number: int, now: float) -> None:
        """Record that this picture was drawn whole; the same one again changes nothing."""
        if number == self._number and key == self._key:
            return
        if self._followed and key == self._key:
            # A stream's pictures are numbered without a gap; one that was opened anew begins at one.
            self._overtaken += max(0, number - self._number - 1)
        self._followed = True
        self._key, self._number = key, number
        self._frames += 1
        self._recent.append(now)
        if self.first_at is None:
            self.first_at = now

    def pause(self) -> None:
        """Record that nobody can see the camera here: until the next paint no picture is overtaken."""
        self._followed = False

    def counter(self) -> PaintCounter:
        """Return the totals."""
        return PaintCounter(self._frames, self.torn, self.first_at, self._overtaken)

    def fps(self, now: float) -> float:
        """Return new pictures per second over the last five seconds, or since the first one."""
        if self.first_at is None:
            return 0.0
        since = max(now - WINDOW_S, self.first_at)
        if now <= since:
            return 0.0
        return sum(1 for at in self._recent if at > since) / (now - since)
