"""The one way to change the hub's state: the change, its numbered event and its audit record, or none.

Callers get no connection: they change rows with `UnitOfWork.change`, tell what happened with
`UnitOfWork.record` and whose act it was with `UnitOfWork.audit`. A unit that changed something and told
nothing, or that a person or the hub itself did without a record, is refused before it commits. Where the
record cannot be written there is no act either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.audit import Actor, ActorKind, AuditEntry
from app.domain.errors import ProtocolError
from app.hub.audit.chain import ChainedRecord, chained
from app.hub.db.audit_book import newest_link, rows_of
from app.hub.db.database import Row
from app.hub.db.event_log import LoggedEvent
from app.hub.db.failures import has_no_room, is_lost
from app.hub.db.tables import audit, events, meta
from app.hub.refusals import NoRecordError

CHANNEL = "watchfloor_events"
"""Where PostgreSQL tells other hubs that one has written; its payload is the run that wrote."""


class UnitOfWork:
    """One write transaction at one moment (``now``), on somebody's behalf (``by``).

    ``run`` is the run of a hub that writes it.
    """

    def __init__(self, connection: AsyncConnection, head: int, now: datetime, by: Actor, run: str) -> None:
        self.now = now
        self.by = by
        self.run = run
        self._connection = connection
        self._head = head
        self._changed = False
        self._events: list[LoggedEvent] = []
        self._entries: list[tuple[AuditEntry, Actor | None]] = []

    @staticmethod
    async def on(connection: AsyncConnection, now: Callable[[], datetime], by: Actor, run: str) -> UnitOfWork:
        """Return a unit on an open write transaction, holding the lock that orders the writers."""
        head = await connection.scalar(sa.select(meta.c.head).with_for_update())
        if head is None:
            raise ProtocolError("the database has no meta row")
        # Asked for behind the lock: what follows in the log is not earlier by the clock.
        return UnitOfWork(connection, head, now(), by, run)

    @property
    def head(self) -> int:
        """Return the newest number, this unit's events included."""
        return self._head

    async def rows(self, query: sa.Select[Any]) -> list[Row]:
        """Return the rows of a query."""
        return list((await self._connection.execute(query)).mappings())

    async def change(self, statement: sa.UpdateBase, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Change rows; with ``rows`` the statement runs once for each of them."""
        if rows is not None and not rows:
            return
        self._changed = True
        await self._connection.execute(statement, rows)

    def record(self, kind: str, subject: str, data: BaseModel | Mapping[str, object]) -> int:
        """Add an event and return its number; ``kind`` is its type without the common prefix."""
        text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(dict(data))
        self._head += 1
        self._events.append(LoggedEvent(self._head, kind, self.now, subject, text))
        return self._head

    def audit(self, entry: AuditEntry, by: Actor | None = None) -> None:
        """Put an act on record, of another actor than the unit's where several share it."""
        self._entries.append((entry, by))

    async def position(self) -> int:
        """Return where the newest act of this unit will stand on record."""
        return (await newest_link(self)).position + len(self._entries)

    @property
    def on_record(self) -> bool:
        """Say whether an act was put on record."""
        return bool(self._entries)

    async def settle(self) -> list[LoggedEvent]:
        """Write events and records into the transaction; return the events, to be published after the commit.

        Raises:
            ProtocolError: rows were changed and no event tells of it, or no record says whose act it was.
            NoRecordError: the records cannot be written.
        """
        if self._changed and not self._events:
            raise ProtocolError("a change without an event")
        if self._events and not self._entries and self.by.kind is not ActorKind.SENDER:
            raise ProtocolError("an act without a record")
        await self._write_records()
        if self._events:
            await self._connection.execute(
                sa.insert(events),
                [
                    {
                        "sequence": e.sequence,
                        "type": e.kind,
                        "time": e.time,
                        "subject": e.subject,
                        "data": e.data,
                    }
                    for e in self._events
                ],
            )
            await self._connection.execute(sa.update(meta).values(head=self._head))
            await self._tell_other_hubs()
        return self._events

    async def _tell_other_hubs(self) -> None:
        # Within the transaction: they hear of it when it is committed, or never.
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(sa.select(sa.func.pg_notify(CHANNEL, self.run)))

    async def _write_records(self) -> None:
        if not self._entries:
            return
        records: list[ChainedRecord] = []
        try:
            link = await newest_link(self)
            for entry, by in self._entries:
                records.append(chained(link, self.now, by or self.by, entry))
                link = records[-1].link
            await self._connection.execute(sa.insert(audit), rows_of(records))
        except DBAPIError as error:
            if has_no_room(error) or is_lost(error):
                raise
            raise NoRecordError from error
