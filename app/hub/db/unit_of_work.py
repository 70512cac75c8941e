"""The one way to change the hub's state: the change and its numbered event, or neither.

Callers get no connection: they change rows with `UnitOfWork.change` and tell what happened with
`UnitOfWork.record`. A unit that changed something and told nothing is refused before it commits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import ProtocolError
from app.hub.db.database import Row
from app.hub.db.event_log import LoggedEvent
from app.hub.db.tables import events, meta


class UnitOfWork:
    """One write transaction at one moment (``now``)."""

    def __init__(self, connection: AsyncConnection, head: int, now: datetime) -> None:
        self.now = now
        self._connection = connection
        self._head = head
        self._changed = False
        self._events: list[LoggedEvent] = []

    @staticmethod
    async def on(connection: AsyncConnection, now: datetime) -> UnitOfWork:
        """Return a unit on an open write transaction, holding the lock that orders the writers."""
        head = await connection.scalar(sa.select(meta.c.head).with_for_update())
        if head is None:
            raise ProtocolError("the database has no meta row")
        return UnitOfWork(connection, head, now)

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

    async def settle(self) -> list[LoggedEvent]:
        """Write the events into the transaction and return them, to be published after the commit.

        Raises:
            ProtocolError: rows were changed and no event tells of it.
        """
        if self._changed and not self._events:
            raise ProtocolError("a change without an event")
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
        return self._events
