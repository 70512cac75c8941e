"""Looks after the sessions: knows those that were kept, ends them in time, lets them follow shifts.

What the database keeps is the word: what a hub has in memory follows the log, and what is asked for before
the log has told of it is looked up. Each hub of a database tends all of them; who comes second to an end
finds it done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import THE_HUB, Act, Actor
from app.domain.scope import EVERYTHING
from app.domain.shift import Shift
from app.hub.db.database import Database
from app.hub.db.journal import Journal
from app.hub.db.session_book import (
    DESK_LOCKED,
    drop_session,
    is_kept,
    kept_sessions,
    kept_state,
    write_lock,
)
from app.hub.db.shift_book import shifts_by_id
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.desks import end_at_lock
from app.hub.leases import revoke_looks_under
from app.hub.refusals import LockedError, NoRecordError, NoRoomError, NotSignedInError
from app.hub.session_ends import SessionEnds
from app.hub.sessions import Session, Sessions
from app.hub.shifts import release_alerts

SWEEP_S = 1.0
KEPT_SWEEPS = 15
"""Every how many sweeps the kept sessions are looked through that no hub may have in memory any more."""
_TIME_OVER = "This session's time is over."
_SHIFT_OVER = "Your shift has ended."
_UNWRITTEN = (NoRoomError, NoRecordError, DBAPIError)

log = structlog.get_logger("hub")


class SessionCare:
    """Ends sessions on record, with everything that goes on under them."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        sessions: Sessions,
        ends: SessionEnds,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._journal = journal
        self._sessions = sessions
        self._ends = ends
        self._now = now
        self._failing = False
        self._owed: list[tuple[Session, Actor, Act, str]] = []
        """Sessions that are over here, and of which neither the record nor another hub knows that yet."""

    async def session(self, authorization: str | None, *, locked_too: bool = False) -> Session:
        """Return the session that an Authorization header carries, whichever hub of the database made it.

        Raises:
            NotSignedInError: no bearer token, or not a session's.
            NotAllowedError: the ingest token, which may send alerts and nothing else.
            LockedError: its desk is locked.
            NoDatabaseError: it is not known here, and the database that may know it does not answer.
        """
        if self._database.shared:
            key = self._sessions.unknown(authorization)
            if key is not None:
                await self.recall(key)
        return self._sessions.session(authorization, locked_too=locked_too)

    async def needs_proof(self, session: Session, good_for: timedelta) -> bool:
        """Say whether a session's last proof, at whichever hub of the database, is too old (R3).

        Raises:
            NotSignedInError: another hub has ended the session.
            LockedError: or locked it.
        """
        if self._database.shared and session.is_kept:
            # What is privileged does not rest on what the log has told this hub so far.
            async with self._database.reading() as reading:
                kept = await kept_state(reading, session.id)
            if kept is None:
                raise NotSignedInError("This session is over.", "Sign in again.")
            if kept["locked"]:
                raise LockedError
            session.proved_at = kept["proved_at"]
        return session.needs_proof(self._now(), good_for)

    async def recall(self, key: str | None = None) -> None:
        """Know the sessions that this hub or another one kept, or only the one of a key."""
        while True:
            told = self._ends.told
            kept = await self._kept(key)
            if told == self._ends.told:
                break
            # One of them may have ended while they were read: nobody comes to life again.
        for key_of_one, session in kept:
            if session.until is not None and session.until > self._now():
                self._sessions.recall(key_of_one, session)

    async def run(self) -> None:
        """Tend the sessions for ever."""
        while True:
            await self._tend_kept()
            for _ in range(KEPT_SWEEPS):
                await asyncio.sleep(SWEEP_S)
                await self._tend_known()

    async def tend(self) -> None:
        """Let the sessions follow their shifts, and end those whose time is over, whichever hub made them."""
        await self._tend_known()
        await self._tend_kept()

    async def end(self, session: Session, by: Actor, act: Act, words: str) -> None:
        """End a session, its live sockets and its looks; what a shift leaves in its hands is released."""
        self._sessions.end(session, words)
        try:
            await self._journal.write(by, partial(self._end, session=session, act=act, words=words))
        except _UNWRITTEN:
            # Else it would live again at the next start, and its looks until their leases' time.
            self._owed.append((session, by, act, words))
            raise

    async def lock(self, session: Session, by: Actor) -> None:
        """Lock a session: nothing is done under it, and its looks end but those that `desks` keeps."""
        session.locked = True
        session.stop(DESK_LOCKED)
        await self._journal.write(by, partial(_lock, session=session))

    async def _end(self, uow: UnitOfWork, session: Session, act: Act, words: str) -> None:
        if not await drop_session(uow, session, act, words, f"of {session.user}: {words}"):
            return
        await revoke_looks_under(uow, session.id, words)
        if session.shift_id is not None and not await self._has_another(uow, session.user):
            await release_alerts(uow, session.user)

    async def _has_another(self, uow: UnitOfWork, user: str) -> bool:
        """Say whether a person is still signed in: at any hub, or here under a session that nobody keeps."""
        here = any(not session.is_kept for session in self._sessions.of(user))
        return here or await is_kept(uow, user)

    async def _tend_known(self) -> None:
        try:
            await self.follow_shifts()
            self._failing = False
        except _UNWRITTEN as error:
            self._tell("shifts cannot be read", error)
        await self._end_all(self._sessions.expired())
        await self._pay()

    async def _tend_kept(self) -> None:
        """End the kept sessions whose time is over: their hub may be gone, or could not write that."""
        try:
            kept = await self._kept()
            self._failing = False
        except _UNWRITTEN as error:
            self._tell("sessions cannot be read", error)
            return
        now = self._now()
        await self._end_all(session for _, session in kept if session.until is None or session.until <= now)

    async def _end_all(self, over: Iterable[Session]) -> None:
        for session in over:
            words = _SHIFT_OVER if session.shift_id is not None else _TIME_OVER
            try:
                await self.end(session, THE_HUB, Act.SESSION_END, words)
            except _UNWRITTEN as error:
                # It has ended all the same; its looks end with their leases' time, or with the next try.
                self._tell("the end of a session cannot be put on record", error)

    async def _pay(self) -> None:
        """Put on record what ended when nothing could be."""
        owed, self._owed = self._owed, []
        for number, one in enumerate(owed):
            try:
                await self.end(*one)
            except _UNWRITTEN:
                # Whoever ended it was told, and so is who watches the record; this one is owed again already.
                self._owed += owed[number + 1 :]
                return

    def _tell(self, words: str, error: Exception) -> None:
        """Log what fails, once until it works again."""
        if not self._failing:
            log.warning(words, reason=str(error))
        self._failing = True

    async def _kept(self, key: str | None = None) -> list[tuple[str, Session]]:
        """Return the kept sessions with their keys, until when their shifts let them."""
        async with self._database.reading() as reading:
            kept = await kept_sessions(reading, key)
            shifts = await shifts_by_id(reading, {one.shift_id for one in kept if one.shift_id})
        now, found = self._now(), []
        for one in kept:
            shift = shifts.get(one.shift_id or "")
            session = Session(
                one.user,
                self._sessions.known(one.roles),
                one.until if one.shift_id is None else _end_of(shift, one.until, now),
                one.until,
                one.shift_id,
                shift.scope if shift is not None else EVERYTHING,
                one.locked,
                one.id,
                proved_at=one.proved_at,
            )
            found.append((one.key, session))
        return found

    async def follow_shifts(self) -> None:
        """Let the sessions that this hub knows end as their shifts do."""
        under = [session for session in self._sessions.all() if session.shift_id is not None]
        if not under:
            return
        async with self._database.reading() as reading:
            shifts = await shifts_by_id(reading, {session.shift_id for session in under if session.shift_id})
        for session in under:
            shift = shifts.get(session.shift_id or "")
            session.until = _end_of(shift, session.latest, self._now())


def _end_of(shift: Shift | None, latest: datetime | None, now: datetime) -> datetime:
    """Return when a session under a shift ends: as the shift does, and at once where that was taken back."""
    if shift is None or shift.cancelled:
        return now
    return shift.ends_at if latest is None else min(shift.ends_at, latest)


async def _lock(uow: UnitOfWork, session: Session) -> None:
    kept = await end_at_lock(uow, session.id, "The desk is locked.")
    detail = f"looks that go on at walls that stay lit: {kept}" if kept else None
    await write_lock(uow, session, locked=True, detail=detail)
