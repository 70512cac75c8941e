"""Sessions of accounts in the database: a hub that starts again, or another one beside it, knows them.

What becomes of one is an event in the same transaction: every hub of the database follows the log, and ends,
locks or unlocks what it has in memory (`app.hub.session_ends`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Rows
from app.hub.db.tables import sessions
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.sessions import Session
from app.wire.hub import SESSION_ENDED, SESSION_LOCKED, SESSION_UNLOCKED


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it is kept; ``key`` is a hash of its token, ``until`` its latest end."""

    key: str
    id: str
    user: str
    roles: tuple[str, ...]
    until: datetime
    shift_id: str | None
    locked: bool


async def kept_sessions(rows: Rows, key: str | None = None) -> list[KeptSession]:
    """Return the sessions that nobody has ended, or only the one of a key; their time may be over."""
    query = sa.select(sessions).order_by(sessions.c.until)
    found = await rows.rows(query if key is None else query.where(sessions.c.key == key))
    return [
        KeptSession(
            row["key"],
            row["id"],
            row["user"],
            tuple(row["roles"]),
            row["until"],
            row["shift_id"],
            row["locked"],
        )
        for row in found
    ]


async def is_signed_in(rows: Rows, user: str) -> bool:
    """Say whether a person has a session at any hub that nobody has ended."""
    return bool(await rows.rows(sa.select(sessions.c.key).where(sessions.c.user == user).limit(1)))


async def write_session(uow: UnitOfWork, key: str, session: Session) -> None:
    """Keep a new session; the act that made it is put on record by who calls."""
    await uow.change(
        sa.insert(sessions).values(
            key=key,
            id=session.id,
            user=session.user,
            roles=[role.name for role in session.roles],
            until=session.latest,
            shift_id=session.shift_id,
            locked=session.locked,
        )
    )


async def write_lock(uow: UnitOfWork, session: Session, *, locked: bool) -> int:
    """Keep that a session is locked, or is not any more; return the number of the event that makes it so."""
    await uow.change(sa.update(sessions).where(sessions.c.id == session.id).values(locked=locked))
    uow.audit(AuditEntry(Act.LOCK if locked else Act.UNLOCK, f"session/{session.id}"))
    kind = SESSION_LOCKED if locked else SESSION_UNLOCKED
    number = uow.record(kind, f"session/{session.id}", {"session": session.id})
    tell_presence(uow, session.user)
    return number


async def drop_session(uow: UnitOfWork, session: Session, act: Act, words: str) -> bool:
    """Forget a session that has ended; say whether it had not been ended before, by another hub or a deed."""
    if session.is_kept:
        mine = sessions.c.id == session.id
        if not await uow.rows(sa.select(sessions.c.key).where(mine)):
            return False
        await uow.change(sa.delete(sessions).where(mine))
    uow.audit(AuditEntry(act, f"session/{session.id}", detail=f"of {session.user}: {words}"))
    uow.record(SESSION_ENDED, f"session/{session.id}", {"session": session.id, "words": words})
    tell_presence(uow, session.user)
    return True


async def drop_sessions_of(uow: UnitOfWork, user: str, words: str) -> None:
    """Forget every session of a person; the act that ends them is put on record by who calls."""
    await uow.change(sa.delete(sessions).where(sessions.c.user == user))
    uow.record(SESSION_ENDED, f"account/{user}", {"user": user, "words": words})


def tell_presence(uow: UnitOfWork, user: str) -> None:
    """Let the desks know that somebody came or went; who is there now, they ask."""
    uow.record("presence.changed", f"account/{user}", {"user": user})
