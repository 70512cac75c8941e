"""Counts that only grow, turned into amounts per second over the time between two looks."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Rates(Generic[K]):
    """Remembers the last looks at each count, and nothing of counts that are gone."""

    def __init__(self, over_s: float = 0.0) -> None:
        """Make it forget everything older than ``over_s`` seconds but for the last look before.

        With 15 pictures a second, a second holds 14 to 16 of them: a rate over several tells of the camera
        and not of when one looked.
        """
        self._over_s = over_s
        self._looks: dict[K, deque[tuple[float, float]]] = {}

    def look(self, counts: Mapping[K, tuple[float, float]]) -> dict[K, float]:
        """Return each count's growth per second.

        Args:
            counts: per key the time of the look (seconds) and the count.

        A key that is new, or whose count went back (it counts another thing by now), has no rate yet.
        """
        rates = {}
        looks: dict[K, deque[tuple[float, float]]] = {}
        for key, (at, count) in counts.items():
            kept = self._looks.get(key, deque())
            if kept and count < kept[-1][1]:
                kept.clear()
            while len(kept) > 1 and kept[0][0] < at - self._over_s:
                kept.popleft()
            if kept and at > kept[0][0]:
                rates[key] = (count - kept[0][1]) / (at - kept[0][0])
            kept.append((at, count))
            looks[key] = kept
        self._looks = looks
        return rates

    def forget(self) -> None:
        """Begin anew: what was counted before is too long ago to be a rate of now."""
        self._looks.clear()
