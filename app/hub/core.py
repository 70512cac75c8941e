"""The hub's parts, joined; the API's routes take what they need from here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import THE_HUB, Act, Actor, AuditEntry
from app.domain.rights import PROOF_TIME, Right
from app.hub.accounts.seal import Seal, open_seal
from app.hub.accounts.secrets import Passwords
from app.hub.accounts.signing_in import SigningIn
from app.hub.audit.checkpoints import Checkpoints
from app.hub.backup import notes
from app.hub.db import schema
from app.hub.db.account_book import all_accounts
from app.hub.db.audit_book import newest_link
from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.hub_book import say_alive
from app.hub.db.journal import Journal
from app.hub.db.tables import meta
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.denials import Denials
from app.hub.import_plan import ImportDesk
from app.hub.ingest.alerts import AlertIngest
from app.hub.leases import any_expired, any_left_open, end_expired, end_left_open
from app.hub.live_places import LivePlaces
from app.hub.measures import Measures
from app.hub.owner_pace import OwnerPace
from app.hub.refusals import NoRecordError, NoRoomError
from app.hub.relay import Refused, Relay
from app.hub.session_care import SessionCare
from app.hub.session_ends import SessionEnds, end_all_of
from app.hub.sessions import Session, Sessions
from app.hub.side_by_side import follow, leave, stay_alive
from app.hub.vault import Vault

if TYPE_CHECKING:
    from app.hub.oidc.sign_ins import OidcSignIns

LEASE_SWEEP_S = 15.0
CHECKPOINT_LOOK_S = 5.0
DENIALS_LOOK_S = 5.0

log = structlog.get_logger("hub")


class Hub:
    """An open hub. Close it with `aclose`."""

    def __init__(
        self,
        hub_id: str,
        database: Database,
        log: EventLog,
        sessions: Sessions,
        vault: Vault,
        now: Callable[[], datetime],
    ) -> None:
        self.id = hub_id
        """Given to the hub's database when it was made; its record and its vault's secrets go by it."""
        self.database = database
        self.log = log
        self.sessions = sessions
        self.vault = vault
        self.now = now
        ends = SessionEnds(sessions)
        log.watch(ends.note)
        self.journal = Journal(database, log, now)
        self.denials = Denials(self.journal, now)
        self.live_places = LivePlaces()
        self.owner_pace = OwnerPace(now)
        self.ingest = AlertIngest(self.journal)
        self.passwords = Passwords()
        self.seal = Seal()
        self.signing_in = SigningIn(database, self.journal, now, sessions, self.passwords)
        self.oidc: OidcSignIns | None = None
        """None where no provider of the agency is set up."""
        self.care = SessionCare(database, self.journal, sessions, ends, now)
        self.proof_time = PROOF_TIME
        """For so long a proof of who one is is good for privileged acts."""
        self.imports = ImportDesk(database, self.journal, vault, hub_id, now)
        self.measures = Measures()
        self.second_person: frozenset[Right] = frozenset()
        """Rights that take a second person's agreement at private cameras (R15)."""
        self.relay: Relay | None = None
        self.refused_reads = Refused(now)
        self.checkpoints: Checkpoints | None = None
        """None where the record is not signed, as in tests of other things."""
        self._tasks: list[asyncio.Task[None]] = []

    @staticmethod
    async def open(
        database: Database,
        sessions: Sessions,
        vault: Vault,
        now: Callable[[], datetime],
        checkpoints: Path | None = None,
        data_dir: Path | None = None,
    ) -> Hub:
        """Bring the database up to date, end what an earlier run left open, and return the hub.

        Args:
            database: the hub's.
            sessions: who may speak to it.
            vault: keeps its secrets.
            now: the wall clock, in UTC.
            checkpoints: the folder for signed checkpoints of the record.
            data_dir: the folder where backups leave their notes.

        Raises:
            OperatorError: the database belongs to a newer Watchfloor.
            sqlalchemy.exc.DatabaseError: the database cannot be read.
        """
        async with database.writing() as connection:
            await schema.upgrade(connection)
            row = (await connection.execute(sa.select(meta))).mappings().first()
            hub_id, head = (row["hub_id"], row["head"]) if row else (uuid4().hex, 0)
            log_id = row["log_id"] if row else None
            if row is None:
                await connection.execute(
                    sa.insert(meta).values(id=1, hub_id=hub_id, head=0, created_at=now())
                )
            if database.shared:
                await say_alive(connection, database.run)
        hub = Hub(hub_id, database, EventLog(database, log_id or hub_id, head), sessions, vault, now)
        try:
            await hub.journal.write(THE_HUB, end_left_open)
        except (NoRoomError, NoRecordError) as error:
            # It still tells what it knows; the leases end with their time.
            log.warning("leases of an earlier run cannot be ended", reason=error.message)
        await hub._use_seal()
        if checkpoints is not None:
            hub.checkpoints = await Checkpoints.open(checkpoints, hub.id, vault, now)
            await hub._sign(hub.checkpoints, at_once=True)
            hub._begin(hub._sign_now_and_then(hub.checkpoints), "checkpoints")
        await hub.care.recall()
        if data_dir is not None:
            hub._begin(notes.follow(data_dir, hub.journal), "backup notes")
        if database.shared:
            hub._begin(follow(database, hub.log), "event follower")
            hub._begin(stay_alive(database), "sign of life")
        hub._begin(hub._end_expired_leases(), "lease sweep")
        hub._begin(hub._sum_up_denials(), "denials")
        hub._begin(hub.care.run(), "session sweep")
        return hub

    async def _use_seal(self) -> None:
        """Find the key of the second factors, and seal those that lie open."""
        self.seal = await open_seal(self.database, self.journal, self.vault, self.id)
        self.signing_in.seal = self.seal

    @property
    def record_state(self) -> Literal["ok", "unsigned", "failing"]:
        """Say whether acts can be put on record, and its checkpoints be written where they belong."""
        if self.journal.record_fails or any(task.done() for task in self._tasks):
            return "failing"
        unsigned = self.checkpoints is None or self.checkpoints.failed is not None
        return "unsigned" if unsigned else "ok"

    async def aclose(self) -> None:
        """Finish the writes that are under way and close the database."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        try:
            if self.oidc is not None:
                await self.oidc.aclose()
            await self.ingest.aclose()
            await self.denials.sum_up(at_once=True)
            await self.journal.aclose()
            if self.checkpoints is not None:
                await self._sign(self.checkpoints, at_once=True)
            if self.database.shared:
                await leave(self.database)
        finally:
            await self.database.aclose()

    def _begin(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_tell_failure)
        self._tasks.append(task)

    async def _sign_now_and_then(self, checkpoints: Checkpoints) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_LOOK_S)
            await self._sign(checkpoints)

    async def _sign(self, checkpoints: Checkpoints, *, at_once: bool = False) -> None:
        """Sign the newest record where that is due; a failure is told, and tried again later."""
        try:
            if checkpoints.key_is_new:
                await self.journal.write(THE_HUB, partial(_key_on_record, key_id=checkpoints.key_id))
                checkpoints.key_is_new = False
            async with self.database.reading() as reading:
                newest = await newest_link(reading)
        except (NoRoomError, NoRecordError, DBAPIError) as error:
            checkpoints.failed = f"the record cannot be read or written: {type(error).__name__}"
            log.error("the record cannot be signed", exc_info=error)
            return
        if at_once or checkpoints.due(newest):
            await checkpoints.sign(newest)

    async def has_accounts(self) -> bool:
        """Say whether anybody has an account here."""
        async with self.database.reading() as reading:
            return bool(await all_accounts(reading))

    async def end_sessions(self, by: Actor, user: str, words: str) -> None:
        """End everything that goes on in a person's name, on every hub: sessions, live sockets and looks."""
        # Here at once, whatever becomes of the record.
        self.sessions.end_of(user, words)

        async def work(uow: UnitOfWork) -> None:
            uow.audit(AuditEntry(Act.SESSION_END, f"account/{user}"))
            await end_all_of(uow, user, words)

        await self.journal.write(by, work)

    async def end_session(self, session: Session, by: Actor, act: Act, words: str) -> None:
        """End one session with its looks, and put that on record as an act."""
        await self.care.end(session, by, act, words)

    async def lock(self, session: Session, by: Actor) -> None:
        """Lock a session's desk: its looks end, and its live socket closes."""
        await self.care.lock(session, by)

    async def tend_sessions(self) -> None:
        """Let the sessions follow their shifts now."""
        await self.care.tend()

    async def _sum_up_denials(self) -> None:
        while True:
            await asyncio.sleep(DENIALS_LOOK_S)
            await self.denials.sum_up()

    async def _end_expired_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SWEEP_S)
            try:
                async with self.database.reading() as reading:
                    expired = await any_expired(reading, self.now())
                    left_open = await any_left_open(reading, self.database.run)
                if expired:
                    await self.journal.write(THE_HUB, end_expired)
                if left_open:
                    await self.journal.write(THE_HUB, end_left_open)
            except (NoRoomError, NoRecordError, DBAPIError) as error:
                # The console closes its stream at the lease's expiry all the same; the record follows.
                log.warning("expired leases cannot be put on record", reason=str(error))


async def _key_on_record(uow: UnitOfWork, key_id: str) -> None:
    uow.audit(AuditEntry(Act.AUDIT_KEY, f"key/{key_id}"))


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a task of the hub failed", task=task.get_name(), exc_info=task.exception())
