"""The hub's parts, joined; the API's routes take what they need from here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
import structlog

from app.hub.db import schema
from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.journal import Journal
from app.hub.db.tables import meta
from app.hub.import_plan import ImportDesk
from app.hub.ingest.alerts import AlertIngest
from app.hub.leases import any_expired, end_expired, end_left_open
from app.hub.refusals import NoRoomError
from app.hub.sessions import Sessions
from app.hub.vault import Vault

LEASE_SWEEP_S = 15.0

log = structlog.get_logger("hub")


class Hub:
    """An open hub. Close it with `aclose`."""

    def __init__(
        self, database: Database, log: EventLog, sessions: Sessions, vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.log = log
        self.sessions = sessions
        self.vault = vault
        self.now = now
        self.journal = Journal(database, log, now)
        self.ingest = AlertIngest(self.journal)
        self.imports = ImportDesk(database, self.journal, vault, log.hub_id, now)
        self._sweep: asyncio.Task[None] | None = None

    @staticmethod
    async def open(database: Database, sessions: Sessions, vault: Vault, now: Callable[[], datetime]) -> Hub:
        """Bring the database up to date, end what an earlier run left open, and return the hub.

        Raises:
            OperatorError: the database belongs to a newer Watchfloor.
            sqlalchemy.exc.DatabaseError: the database cannot be read.
        """
        async with database.writing() as connection:
            await schema.upgrade(connection)
            row = (await connection.execute(sa.select(meta))).mappings().first()
            hub_id, head = (row["hub_id"], row["head"]) if row else (uuid4().hex, 0)
            if row is None:
                await connection.execute(
                    sa.insert(meta).values(id=1, hub_id=hub_id, head=0, created_at=now())
                )
        hub = Hub(database, EventLog(database, hub_id, head), sessions, vault, now)
        await hub.journal.write(end_left_open)
        hub._sweep = asyncio.create_task(hub._end_expired_leases(), name="lease sweep")
        return hub

    @property
    def id(self) -> str:
        """Return the id that this hub's database was given when it was made."""
        return self.log.hub_id

    async def aclose(self) -> None:
        """Finish the writes that are under way and close the database."""
        if self._sweep is not None:
            self._sweep.cancel()
            await asyncio.wait([self._sweep])
        await self.ingest.aclose()
        await self.journal.aclose()
        await self.database.aclose()

    async def _end_expired_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SWEEP_S)
            async with self.database.reading() as reading:
                expired = await any_expired(reading, self.now())
            if expired:
                try:
                    await self.journal.write(end_expired)
                except NoRoomError as error:
                    # The console closes its stream at the lease's expiry all the same; the record follows.
                    log.warning("expired leases cannot be put on record", reason=error.message)
