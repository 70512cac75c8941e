"""Questions that views ask the store. Pure reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from rapidfuzz import fuzz, process

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.camera import Camera
from app.domain.geo import LatLon, distance_m
from app.domain.incident import Incident
from app.store.state import Store

FUZZY_CUTOFF = 62.0
"""Score of 100 below which a camera does not match; one wrong letter in six still passes."""
FUZZY_LIMIT = 100
"""Most matches that are added by likeness. With as many exact ones none are looked for: they would stand
below what the operator can reach, and cost two thirds of a key press."""
FUZZY_LETTERS = 3
"""Shortest text for which likeness means anything."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What the queue shows. Empty ``kinds`` means every kind."""

    kinds: frozenset[AlertKind] = frozenset()
    least_urgency: Urgency = Urgency.LOW
    open_only: bool = False
    text: str = ""

    def passes(self, alert: Alert) -> bool:
        """Say whether the queue shows this alert."""
        if self.kinds and alert.kind not in self.kinds:
            return False
        if alert.urgency > self.least_urgency:
            return False
        if self.open_only and alert.status is not AlertStatus.NEW:
            return False
        if not self.text:
            return True
        text = f"{alert.title} {alert.place} {alert.detail} {alert.source} {_kind(alert)}".casefold()
        return all(word in text for word in _words(self.text))


@lru_cache(maxsize=4)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split())


def _kind(alert: Alert) -> str:
    return alert.kind.value.replace("_", " ")


def queue(store: Store, wanted: AlertFilter) -> Iterator[Alert]:
    """Yield the alerts that pass, in queue order."""
    return (alert for alert in store.alerts if wanted.passes(alert))


def nearest_cameras(cameras: Iterable[Camera], point: LatLon, count: int = 4) -> list[Camera]:
    """Return the ``count`` cameras nearest to ``point``, nearest first."""
    return nsmallest(count, cameras, key=lambda c: (distance_m(c.position, point), c.id))


def open_incidents(store: Store) -> list[Incident]:
    """Return the incidents, open ones first, each group newest first."""
    return sorted(store.incidents.values(), key=lambda i: (not i.is_open, -i.opened_at.timestamp(), i.id))


class CameraSearch:
    """Fuzzy search over names, places and tags; keeps the folded texts so that each key press is quick."""

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self._cameras = sorted(cameras, key=lambda c: (c.name.casefold(), c.id))
        self._texts = [
            " ".join((camera.name, camera.place, *camera.tags, camera.id)).casefold()
            for camera in self._cameras
        ]

    def find(self, text: str) -> list[Camera]:
        """Return the matching cameras, best first; all of them, by name, for an empty text."""
        wanted = " ".join(text.casefold().split())
        if not wanted:
            return list(self._cameras)
        words = wanted.split()
        exact = [i for i, known in enumerate(self._texts) if all(word in known for word in words)]
        if len(exact) >= FUZZY_LIMIT or len(wanted) < FUZZY_LETTERS:
            return [self._cameras[index] for index in exact]
        close = process.extract(
            wanted, self._texts, scorer=fuzz.token_set_ratio, score_cutoff=FUZZY_CUTOFF, limit=FUZZY_LIMIT
        )
        near = process.extract(
            wanted, self._texts, scorer=fuzz.partial_ratio, score_cutoff=FUZZY_CUTOFF + 15, limit=FUZZY_LIMIT
        )
        scores: dict[int, float] = {}
        for _, score, index in (*close, *near):
            scores[index] = max(score, scores.get(index, 0.0))
        fuzzy = sorted(scores, key=lambda index: (-scores[index], index))
        return [self._cameras[index] for index in dict.fromkeys((*exact, *fuzzy))]
