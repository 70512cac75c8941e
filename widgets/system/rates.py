"""Counts that only grow, turned into amounts per second over the time between two looks."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Rates(Generic[K]):
    """Remembers the last look at each count, and nothing of counts that are gone."""

    def __init__(self) -> None:
        self._before: dict[K, tuple[float, float]] = {}

    def look(self, counts: Mapping[K, tuple[float, float]]) -> dict[K, float]:
        """Return each count's growth per second since the last look.

        Args:
            counts: per key the time of the look (seconds) and the count.

        A key that is new, or whose count went back (it counts another thing by now), has no rate yet.
        """
        rates = {}
        for key, (at, count) in counts.items():
            then, before = self._before.get(key, (at, count))
            if at > then and count >= before:
                rates[key] = (count - before) / (at - then)
        self._before = dict(counts)
        return rates

    def forget(self) -> None:
        """Begin anew: what was counted before is too long ago to be a rate of now."""
        self._before.clear()
