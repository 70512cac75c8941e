"""Unlocking a desk at the agency's provider, for its own person only and one lock at a time.

Whoever is at a locked desk has its browser too, and may well be known to the provider: as somebody else, or
by a sign-in of its person that is still open there. Either counts as a wrong password does.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.signing_in import count_failure
from app.hub.db.account_book import account_of, write_account
from app.hub.db.database import Rows
from app.hub.db.journal import Journal
from app.hub.db.session_book import kept_state, write_lock
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.denials import Denials
from app.hub.refusals import ConflictError, NotAllowedError, NotSignedInError, RefusalError
from app.hub.sessions import Session, Sessions

BY_PROVIDER = "by the agency's provider"
SOMEBODY_ELSE = "The agency's provider knows you as somebody else."
_NO_TIME = "The agency's provider does not say when you signed in there."
_FLOOD = AuditEntry(Act.UNLOCK, "account", Outcome.REFUSED, detail=BY_PROVIDER)


class BarredError(NotAllowedError):
    """The account of a locked desk is barred by now: its session ends."""


@dataclass(frozen=True, slots=True)
class Person:
    """The account's name that the provider proved; ``is_fresh``: it says that it did so just now.

    ``subject`` is a hash of the provider's own name for the person, which never changes hands.
    """

    name: str
    is_fresh: bool
    subject: str


@dataclass(frozen=True, slots=True)
class Lock:
    """One time that a desk is locked: it is another one after it was unlocked, and none once it was left."""

    session: Session
    turn: asyncio.Event
    """What the session stopped by: unlocking exchanges it."""

    @staticmethod
    def of(session: Session) -> Lock:
        """Return what locks a session's desk.

        Raises:
            ConflictError: it is not locked, or nobody's account's.
        """
        if not session.locked:
            raise ConflictError("This desk is not locked.")
        if not session.is_kept:
            raise ConflictError("This session is nobody's account's.", "Sign out instead.")
        return Lock(session, session.stopped)

    def check(self, sessions: Sessions) -> None:
        """Pass while it holds.

        Raises:
            NotSignedInError: the desk was unlocked or left meanwhile.
        """
        session = self.session
        known = sessions.of_id(session.id) is session
        if not (known and session.locked and session.stopped is self.turn):
            raise NotSignedInError(
                "The desk that this was begun at was unlocked or left meanwhile.",
                "Nothing was unlocked by it.",
            )

    def actor(self, desk: str) -> Actor:
        """Return who is said to be at the desk, for the record."""
        return Actor(self.session.user, desk, session=self.session.id)


async def is_of_session(rows: Rows, person: Person, session: Session, name: str) -> bool:
    """Say whether a person is a session's, whose account's name this is.

    Who began the session at the provider has to be the same one there too: a name may have changed hands.
    """
    kept = await kept_state(rows, session.id)
    subject = None if kept is None else kept["subject"]
    return person.name == name and (subject is None or hmac.compare_digest(subject, person.subject))


async def check_person(journal: Journal, lock: Lock, person: Person) -> None:
    """Pass the person of a locked session, whom the provider has asked just now.

    Raises:
        NotAllowedError: it is somebody else, or the provider does not say that it asked now.
    """

    async def is_own(uow: UnitOfWork) -> bool:
        return await is_of_session(uow, person, lock.session, lock.session.user)

    if not await journal.write(lock.actor("hub"), is_own):
        raise NotAllowedError(SOMEBODY_ELSE, "The desk stays locked: only who locked it unlocks it.")
    if not person.is_fresh:
        raise NotAllowedError(
            _NO_TIME,
            "The desk stays locked: sign out of it, then in again. The administrator can have the provider "
            "tell the time (auth_time).",
        )


async def turn_down(journal: Journal, denials: Denials, lock: Lock, why: str, desk: str) -> None:
    """Count whom the provider knows and who may not unlock a desk as a wrong password is counted.

    Raises:
        TooOftenError: it is one of a flood.
    """
    by = lock.actor(desk)
    denials.turn_away(by, _FLOOD)
    denials.note(by, _FLOOD)

    async def work(uow: UnitOfWork) -> None:
        record = await account_of(uow, lock.session.user)
        if record is not None:
            await count_failure(uow, record, f"{BY_PROVIDER}: {why}", Act.UNLOCK)

    await journal.write(by, work)


async def unlock(journal: Journal, lock: Lock, desk: str) -> int:
    """Unlock a desk whose person has proved to be there; return the number of the event that tells.

    Raises:
        ConflictError: the desk was unlocked meanwhile, maybe at another hub.
        NotSignedInError: its session has ended.
        BarredError: the account is barred now.
    """
    session = lock.session

    async def work(uow: UnitOfWork) -> RefusalError | int:
        record, kept = await account_of(uow, session.user), await kept_state(uow, session.id)
        if kept is None:
            return NotSignedInError("This session is over.", "Sign in again.")
        if not kept["locked"]:
            return ConflictError("This desk is not locked.")
        if record is None:
            return BarredError("There is no such account any more.", "Sign in with another one.")
        barred = record.account.barred(uow.now)
        if barred is not None:
            uow.audit(refused_entry(barred[0], record.account.name, Act.UNLOCK))
            return BarredError(*barred)
        account = record.account.after_success(uow.now)
        await write_account(uow, record.with_account(account), Act.UNLOCK, detail=BY_PROVIDER)
        await write_lock(uow, session, locked=False)
        return uow.head

    outcome = await journal.write(lock.actor(desk), work)
    if isinstance(outcome, RefusalError):
        raise outcome
    return outcome


def refused_entry(why: str, name: str | None = None, act: Act = Act.SIGN_IN) -> AuditEntry:
    """Return what the record says of somebody who was refused."""
    subject = f"account/{name}" if name else "session"
    return AuditEntry(act, subject, Outcome.REFUSED, detail=f"{BY_PROVIDER}: {why}"[:300])
