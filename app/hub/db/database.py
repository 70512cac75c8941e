"""Opens the database: one connection that writes, and a pool that can only read.

On SQLite every writing transaction begins with the write lock, and on both engines the readers are read-only,
so that a change outside the unit of work fails at once instead of missing from the event log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Row = sa.RowMapping

_SHARED_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)
# WAL keeps readers and the writer apart. FULL syncs at every commit: an alert that was accepted survives
# a power cut too, not only a killed hub; ingest commits in groups, so the sync is shared.
_WRITER_PRAGMAS = (*_SHARED_PRAGMAS, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
_READER_PRAGMAS = (*_SHARED_PRAGMAS, "PRAGMA query_only=ON")


class Rows(Protocol):
    """Something to read rows from: a read transaction or a unit of work."""

    async def rows(self, query: sa.Select[Any]) -> list[Row]:
        """Return the rows of a query."""
        ...


class Reading:
    """One read transaction: everything read through it belongs to the same moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, query: sa.Select[Any]) -> list[Row]:
        """Return the rows of a query."""
        return list((await self._connection.execute(query)).mappings())


class Database:
    """The hub's database. Close it with `aclose`.

    ``run`` names this run of a hub among all that the database has seen; on a ``shared`` one several live at
    the same time.
    """

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.run = uuid4().hex
        self.shared = url.get_backend_name() != "sqlite"
        if self.shared:
            from app.hub.db import postgresql  # noqa: PLC0415 (a hub on a file needs no driver for it)

            self._writer = postgresql.engine(url, read_only=False)
            self._readers = postgresql.engine(url, read_only=True)
            self._failing: Callable[[], AbstractContextManager[None]] = postgresql.lost_in_words
        else:
            self._writer = _sqlite_engine(url, _WRITER_PRAGMAS, "BEGIN IMMEDIATE", pool_size=1)
            self._readers = _sqlite_engine(url, _READER_PRAGMAS, "BEGIN", pool_size=4)
            self._failing = nullcontext

    @staticmethod
    def on_file(path: Path) -> Database:
        """Return the database in an SQLite file, made at the first use."""
        return Database(sa.URL.create("sqlite+aiosqlite", database=str(path)))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """Open one read transaction.

        Raises:
            NoDatabaseError: the server does not answer.
        """
        with self._failing():
            async with self._readers.connect() as connection, connection.begin():
                yield Reading(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open one write transaction, committed at the end; the journal's, the schema's and the runs' own.

        Raises:
            NoDatabaseError: the server does not answer.
        """
        with self._failing():
            async with self._writer.begin() as connection:
                yield connection

    async def aclose(self) -> None:
        """Close every connection."""
        await self._readers.dispose()
        await self._writer.dispose()


def _sqlite_engine(url: sa.URL, pragmas: tuple[str, ...], begin: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True, pool_size=pool_size, max_overflow=0)

    def on_connect(connection: Any, _record: object) -> None:
        # The driver would open transactions by its own rules, too late for a consistent read.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine.sync_engine, "connect", on_connect)
    sa.event.listen(engine.sync_engine, "begin", on_begin)
    return engine
