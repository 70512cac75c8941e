"""What happens in the demo town: alerts that belong together, as a pure function of a seed and a start.

A story is a few beats: a call, a gunshot heard some streets away, a plate read on the avenue that leads
away, a correction of the call. Stories follow each other so that the queue is never still for long.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from app.demo.city_plan import TOWN, position
from app.demo.story_book import OPENERS, STORIES, Beat, small_call

BURST = len(OPENERS)
BURST_STEP_S = 1.15
BUSY = 3
"""With that many beats to come, nothing larger than a single call begins."""
PAUSE_S = (4.0, 6.0)
SOURCES = {
    "call_911": ("county-dispatch", "CAD"),
    "gunshot": ("acoustic-array", "GSH"),
    "plate_hit": ("plate-readers", "LPR"),
    "panic": ("panic-buttons", "PB"),
}
LAG_S = {"call_911": 6.0, "gunshot": 3.0, "plate_hit": 1.0, "panic": 0.5}
"""How long it takes until an event of that kind is reported."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An alert and when to send it, in seconds after the start."""

    due_s: float
    alert: dict[str, Any]


def stories(seed: int, start: datetime, *, per_second: float | None = None) -> Iterator[Planned]:
    """Yield alerts for ever, in the order in which they are to be sent.

    The first eight come within ten seconds, then one every four to six seconds; with ``per_second`` that
    many a second from the start. The same seed and start give the same alerts. Ids hold the start, so that
    a second run on the same hub tells new alerts.
    """
    rng = Random(seed)
    stamp = f"{start:%y%m%d%H%M%S}"
    waiting: list[tuple[float, int, int, Beat]] = []
    order = count()
    begun = 0
    last_s = 0.0
    first_seen: dict[tuple[int, str], datetime] = {}
    for sent in count():
        while not (waiting and (per_second or waiting[0][0] <= last_s + PAUSE_S[1])) or begun < BURST:
            begins_s = BURST_STEP_S * (begun + 0.4) if begun < BURST else last_s + rng.uniform(*PAUSE_S)
            for beat in _next_story(rng, begun, len(waiting)):
                heapq.heappush(waiting, (begins_s + beat.after_s, next(order), begun, beat))
            begun += 1
        last_s, _, story, beat = heapq.heappop(waiting)
        due_s = sent / per_second if per_second else last_s
        seen = start + timedelta(seconds=due_s - LAG_S[beat.kind])
        occurred = first_seen.setdefault((story, beat.slot), seen)
        yield Planned(due_s, _alert(beat, story, stamp, occurred))


def _next_story(rng: Random, begun: int, waiting: int) -> list[Beat]:
    if begun < BURST:
        return OPENERS[begun](rng)
    return small_call(rng) if waiting >= BUSY else rng.choice(STORIES)(rng)


def _alert(beat: Beat, story: int, stamp: str, occurred: datetime) -> dict[str, Any]:
    source, prefix = SOURCES[beat.kind]
    at = position(beat.at)
    return {
        "source": source,
        "external_id": f"{prefix}-{stamp}-{story:05d}{beat.slot}",
        "revision": beat.revision,
        "kind": beat.kind,
        "urgency": beat.urgency,
        "title": beat.title,
        "detail": beat.detail,
        "place": f"{beat.place}, {TOWN}",
        "lat": at.lat,
        "lon": at.lon,
        "occurred_at": occurred.isoformat(),
    }
