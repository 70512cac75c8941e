"""Sessions of accounts in the database: a hub that starts again, or another one beside it, knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Rows
from app.hub.db.tables import sessions
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.sessions import Session


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


async def kept_sessions(rows: Rows, now: datetime) -> list[KeptSession]:
    """Return the sessions whose time is not over."""
    found = await rows.rows(sa.select(sessions).where(sessions.c.until > now).order_by(sessions.c.until))
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


async def write_lock(uow: UnitOfWork, session: Session, act: Act) -> None:
    """Keep that a session is locked, or is not any more."""
    await uow.change(sa.update(sessions).where(sessions.c.id == session.id).values(locked=session.locked))
    uow.audit(AuditEntry(act, f"session/{session.id}"))
    tell_presence(uow, session.user)


async def drop_session(uow: UnitOfWork, session: Session, act: Act, detail: str | None = None) -> None:
    """Forget a session that has ended."""
    await uow.change(sa.delete(sessions).where(sessions.c.id == session.id))
    uow.audit(AuditEntry(act, f"session/{session.id}", detail=detail))
    tell_presence(uow, session.user)


async def drop_sessions_of(uow: UnitOfWork, user: str) -> None:
    """Forget every session of a person; the act that ends them is put on record by who calls."""
    await uow.change(sa.delete(sessions).where(sessions.c.user == user))


def tell_presence(uow: UnitOfWork, user: str) -> None:
    """Let the desks know that somebody came or went; who is there now, they ask."""
    uow.record("presence.changed", f"account/{user}", {"user": user})
