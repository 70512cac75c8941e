"""Looks after the sessions: recalls those of an earlier run, ends them in time, lets them follow shifts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import THE_HUB, Act, Actor
from app.domain.scope import EVERYTHING
from app.domain.shift import Shift
from app.hub.db.database import Database
from app.hub.db.journal import Journal
from app.hub.db.session_book import DESK_LOCKED, drop_session, is_kept, kept_sessions, write_lock
from app.hub.db.shift_book import shifts_by_id
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import revoke_looks_under
from app.hub.refusals import NoRecordError, NoRoomError
from app.hub.sessions import Session, Sessions
from app.hub.shifts import release_alerts

SWEEP_S = 1.0
_TIME_OVER = "This session's time is over."
_SHIFT_OVER = "Your shift has ended."

log = structlog.get_logger("hub")


class SessionCare:
    """Ends sessions on record, with everything that goes on under them."""

    def __init__(
        self, database: Database, journal: Journal, sessions: Sessions, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._journal = journal
        self._sessions = sessions
        self._now = now

    async def recall(self) -> None:
        """Know the sessions again that an earlier run of the hub kept."""
        async with self._database.reading() as reading:
            kept = await kept_sessions(reading, self._now())
            shifts = await shifts_by_id(reading, {one.shift_id for one in kept if one.shift_id})
        for one in kept:
            shift = shifts.get(one.shift_id or "")
            session = Session(
                one.user,
                self._sessions.known(one.roles),
                one.until if shift is None else _end_of(shift, one.until, self._now()),
                one.until,
                one.shift_id,
                shift.scope if shift is not None else EVERYTHING,
                one.locked,
                one.id,
            )
            self._sessions.recall(one.key, session)

    async def run(self) -> None:
        """Tend the sessions for ever."""
        while True:
            await asyncio.sleep(SWEEP_S)
            await self.tend()

    async def tend(self) -> None:
        """Let the sessions follow their shifts, and end those whose time is over."""
        try:
            await self._follow_shifts()
        except (NoRecordError, DBAPIError) as error:
            log.warning("shifts cannot be read", reason=str(error))
        for session in self._sessions.expired():
            words = _SHIFT_OVER if session.shift_id is not None else _TIME_OVER
            try:
                await self.end(session, THE_HUB, Act.SESSION_END, words)
            except (NoRoomError, NoRecordError, DBAPIError) as error:
                # It has ended all the same; its looks end with their leases' time.
                log.warning("the end of a session cannot be put on record", reason=str(error))

    async def end(self, session: Session, by: Actor, act: Act, words: str) -> None:
        """End a session, its live sockets and its looks; what a shift leaves in its hands is released."""
        self._sessions.end(session, words)
        await self._journal.write(by, partial(self._end, session=session, act=act, words=words))

    async def lock(self, session: Session, by: Actor) -> None:
        """Lock a session: nothing is told or done under it, and its looks end."""
        session.locked = True
        session.stop(DESK_LOCKED)
        await self._journal.write(by, partial(_lock, session=session))

    async def _end(self, uow: UnitOfWork, session: Session, act: Act, words: str) -> None:
        if not await drop_session(uow, session, act, words, f"of {session.user}: {words}"):
            return
        await revoke_looks_under(uow, session.id, words)
        if session.shift_id is not None and not (
            self._sessions.has(session.user) or await is_kept(uow, session.user)
        ):
            await release_alerts(uow, session.user)

    async def _follow_shifts(self) -> None:
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
    await write_lock(uow, session, Act.LOCK)
    await revoke_looks_under(uow, session.id, "The desk is locked.")
