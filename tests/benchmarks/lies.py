"""Catches tiles that say LIVE of a picture that is provably old.

Two things prove it: the camera is known to have been stopped, or the newest picture has had the same number
for as long as the tile was looked at. Either is a lie once it is longer ago than a live picture's age may be,
and a margin for the time between two looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.stream_state import StreamState, Thresholds

MARGIN_S = 0.5


@dataclass(slots=True)
class _Watched:
    """What is known of one camera. Times in seconds of the monotonic clock."""

    number: int = -1
    same_since: float = 0.0
    stopped_at: float | None = None
    lying: bool = False


class LieDetector:
    """Is told what happened to the cameras and what their tiles say; keeps the lies, in words."""

    def __init__(self, interval_s: float) -> None:
        self._limit_s = Thresholds().live_limit_s(interval_s) + MARGIN_S
        self._watched: dict[str, _Watched] = {}
        self.lies: list[str] = []
        self.looks = 0

    def stopped(self, camera: str, at: float) -> None:
        """From now on the camera sends nothing."""
        self._of(camera).stopped_at = at

    def goes_on(self, camera: str) -> None:
        """The camera may send again; say so before it does."""
        self._of(camera).stopped_at = None

    def look(self, said: dict[str, tuple[str, int]], at: float) -> None:
        """Judge all tiles: what each camera's says, and its newest picture's number.

        One lie is one however often it is looked at. A camera that is not shown is begun anew later.
        """
        for camera, (state, number) in said.items():
            self.looks += 1
            watched = self._of(camera)
            if number != watched.number:
                watched.number, watched.same_since = number, at
            stopped = watched.stopped_at is not None
            old_s = at - min(t for t in (watched.same_since, watched.stopped_at) if t is not None)
            lying = state == StreamState.LIVE.value and old_s > self._limit_s
            if lying and not watched.lying:
                why = "its camera had stopped" if stopped else "no picture had come"
                self.lies.append(f"{camera} was LIVE where {why} for {old_s:.2f} s")
            watched.lying = lying
        for camera in self._watched.keys() - said.keys():
            self._watched[camera].number = -1
            self._watched[camera].lying = False

    def _of(self, camera: str) -> _Watched:
        return self._watched.setdefault(camera, _Watched())


def leaks(before: dict[str, float], after: dict[str, float], growth: float = 0.05) -> list[str]:
    """Return what is held after that was not held before, each piece in words; memory by its share only."""
    left = []
    for what in ("threads", "files", "children", "shared_memory"):
        more = round(after[what] - before[what])
        left += [f"{what}: {before[what]:.0f} before, {after[what]:.0f} after"] * max(0, more)
    if after["memory_mb"] > (1 + growth) * before["memory_mb"]:
        left.append(f"memory: {before['memory_mb']:.1f} MB before, {after['memory_mb']:.1f} MB after")
    return left
