"""The numbered events as the live clients read them: a tail in memory, the rest from the database.

Every client has its own cursor and reads when it can, so a slow one is only behind: there are no queues.

Where several hubs write into one database, what this one wrote may be known here before what another wrote
just before it. It then waits until that has been read: nobody is told a number before all lower ones.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from app.hub.db.database import Database
from app.hub.db.tables import events
from app.wire.hub import EVENT_PREFIX

TAIL = 4096
"""Events kept in memory; a client further behind reads from the database."""
PORTION = 1000
"""Events of other hubs that are read at a time."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as it is stored; ``data`` is a JSON object as text."""

    sequence: int
    kind: str
    time: datetime
    subject: str | None
    data: str

    def envelope(self, log_id: str) -> str:
        """Return the event as CloudEvents 1.0 JSON with its ``sequence``."""
        head = {
            "specversion": "1.0",
            "id": str(self.sequence),
            "source": f"urn:watchfloor:hub:{log_id}",
            "type": EVENT_PREFIX + self.kind,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "subject": self.subject,
            "datacontenttype": "application/json",
            "sequence": self.sequence,
        }
        return f'{json.dumps(head)[:-1]}, "data": {self.data}}}'


class EventLog:
    """What has happened, in order, for anybody who follows.

    ``id`` is what the protocol calls the hub's id. It is another one after a restore: the numbers beyond the
    backup are given anew then, and who followed the old ones must not take the new ones for the rest of them.
    """

    def __init__(self, database: Database, log_id: str, head: int) -> None:
        self.id = log_id
        self._database = database
        self._head = head
        self._tail: deque[tuple[int, str]] = deque(maxlen=TAIL)
        self._grown = asyncio.Event()
        self._early: dict[int, LoggedEvent] = {}
        self._watchers: list[Callable[[LoggedEvent], None]] = []
        self.behind = asyncio.Event()
        """Set when the database may hold events that are not known here: `catch_up`."""

    @property
    def head(self) -> int:
        """Return the newest event's number, 0 before the first."""
        return self._head

    def publish(self, new: Iterable[LoggedEvent]) -> None:
        """Take committed events and wake everybody who waits; those known already are left out."""
        for event in new:
            if event.sequence == self._head + 1:
                self._append(event)
            elif event.sequence > self._head:
                self._early[event.sequence] = event
        while self._head + 1 in self._early:
            self._append(self._early.pop(self._head + 1))
        if self._early:
            self._early = {number: event for number, event in self._early.items() if number > self._head}
        if self._early:
            self.behind.set()
        self._grown.set()
        self._grown = asyncio.Event()

    def watch(self, watcher: Callable[[LoggedEvent], None]) -> None:
        """Call ``watcher`` with every event from now on, in order, whichever hub wrote it."""
        self._watchers.append(watcher)

    async def catch_up(self) -> None:
        """Read what other hubs have written since the newest event that is known here.

        Raises:
            NoDatabaseError: the database server does not answer.
        """
        while True:
            found = await self._read(self._head, PORTION)
            if found:
                self.publish(found)
            if len(found) < PORTION:
                return

    def _append(self, event: LoggedEvent) -> None:
        if event.kind == "camera.removed":
            # What was told of it before is not kept in the database any more, and not here either.
            self._tail.clear()
        self._tail.append((event.sequence, event.envelope(self.id)))
        self._head = event.sequence
        for watcher in self._watchers:
            watcher(event)

    async def beyond(self, sequence: int) -> None:
        """Return as soon as there is an event after ``sequence``."""
        while self._head <= sequence:
            await self._grown.wait()

    async def after(self, sequence: int, limit: int) -> list[tuple[int, str]]:
        """Return up to ``limit`` events after ``sequence``: number and envelope, ascending."""
        if sequence >= self._head:
            return []
        if self._tail and self._tail[0][0] <= sequence + 1:
            # Numbers have no gaps, so a number tells its place in the tail.
            start = sequence + 1 - self._tail[0][0]
            return [self._tail[i] for i in range(start, min(start + limit, len(self._tail)))]
        head = self._head
        found = await self._read(sequence, limit)
        return [(event.sequence, event.envelope(self.id)) for event in found if event.sequence <= head]

    async def _read(self, sequence: int, limit: int) -> list[LoggedEvent]:
        query = sa.select(events).where(events.c.sequence > sequence).order_by(events.c.sequence).limit(limit)
        async with self._database.reading() as reading:
            found = await reading.rows(query)
        return [LoggedEvent(r["sequence"], r["type"], r["time"], r["subject"], r["data"]) for r in found]
