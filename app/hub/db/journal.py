"""The single writer: runs units of work one after another and publishes their events after the commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Actor
from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.failures import has_no_room
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.measures import Durations
from app.hub.refusals import NoDatabaseError, NoRecordError, NoRoomError

log = structlog.get_logger("hub")

T = TypeVar("T")
Work = Callable[[UnitOfWork], Awaitable[T]]


class Journal:
    """Writes to the hub's database, in order."""

    def __init__(self, database: Database, log: EventLog, now: Callable[[], datetime]) -> None:
        self._database = database
        self._log = log
        self._now = now
        self._turn = asyncio.Lock()
        self._writing: set[asyncio.Task[object]] = set()
        self.commits = Durations()
        """How long the transactions took that were committed, the wait for their turn left out."""
        self.record_fails = False
        """Whether the last act could not be put on record."""

    async def write(self, by: Actor, work: Work[T]) -> T:
        """Run ``work`` in one transaction on somebody's behalf; return its result once it is committed.

        A caller that is cancelled gives up the answer, not the write: a commit that nobody published
        would leave the live clients waiting for it.

        Raises:
            NoRoomError: the disk is full; nothing of the work was written.
            NoRecordError: the audit record cannot be written; nothing of the work was either.
            NoDatabaseError: the database server does not answer. Where it went in the middle of a commit, the
                work is done whole or not at all, and what was done is told as another hub's would be.
        """
        task: asyncio.Task[T] = asyncio.create_task(self._write(by, work), name="hub write")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Wait for the writes that are under way."""
        if self._writing:
            await asyncio.wait(self._writing)

    async def _write(self, by: Actor, work: Work[T]) -> T:
        async with self._turn:
            began = time.perf_counter()
            try:
                async with self._database.writing() as connection:
                    unit = await UnitOfWork.on(connection, self._now, by, self._database.run)
                    result = await work(unit)
                    events = await unit.settle()
            except NoDatabaseError:
                self.record_fails = True
                self._log.behind.set()
                raise
            except NoRecordError as error:
                self.record_fails = True
                log.error("the audit record cannot be written; nobody can act", exc_info=error.__cause__)
                raise
            except DBAPIError as error:
                if has_no_room(error):
                    self.record_fails = True
                    raise NoRoomError from error
                raise
            self.commits.add(time.perf_counter() - began)
            if unit.on_record:
                self.record_fails = False
            if events:
                self._log.publish(events)
            return result
