"""Sessions of accounts in the database: a hub that starts again, or another one beside it, knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.geo import LatLon
from app.domain.scope import Area, Scope
from app.hub.db.database import Row, Rows
from app.hub.db.tables import sessions
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.sessions import Session, Sessions
from app.wire.hub import SESSION_ENDED, SESSION_KEPT

DESK_LOCKED = "This desk is locked."


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
    proved_at: datetime | None


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
            row["proved_at"],
        )
        for row in found
    ]


async def is_kept(rows: Rows, user: str) -> bool:
    """Say whether a person has a session on any hub that nobody has ended."""
    return bool(await rows.rows(sa.select(sessions.c.id).where(sessions.c.user == user).limit(1)))


async def write_session(uow: UnitOfWork, key: str, session: Session, subject: str | None = None) -> None:
    """Keep a new session; the act that made it is put on record by who calls.

    ``subject`` is a hash of whom the agency's provider knew, for who signed in there.
    """
    await uow.change(
        sa.insert(sessions).values(
            key=key,
            id=session.id,
            user=session.user,
            roles=[role.name for role in session.roles],
            until=session.latest,
            shift_id=session.shift_id,
            locked=session.locked,
            proved_at=session.proved_at,
            subject=subject,
        )
    )
    _tell_hubs(uow, key, session)


async def write_lock(uow: UnitOfWork, session: Session, *, locked: bool, detail: str | None = None) -> None:
    """Keep that a session is locked, or is not any more; every hub makes it so with the event."""
    kept = await kept_state(uow, session.id)
    await uow.change(sa.update(sessions).where(sessions.c.id == session.id).values(locked=locked))
    uow.audit(AuditEntry(Act.LOCK if locked else Act.UNLOCK, f"session/{session.id}", detail=detail))
    if kept is not None:
        known = replace(session, locked=locked, proved_at=kept["proved_at"])
        _tell_hubs(uow, kept["key"], known, unlocks=not locked)
    tell_presence(uow, session.user)


async def write_proof(uow: UnitOfWork, session: Session) -> None:
    """Keep that a session's person proved now who they are; every hub hears of it with the event."""
    kept = await kept_state(uow, session.id)
    if kept is not None:
        await uow.change(sa.update(sessions).where(sessions.c.id == session.id).values(proved_at=uow.now))
        _tell_hubs(uow, kept["key"], replace(session, locked=kept["locked"], proved_at=uow.now))


async def kept_state(rows: Rows, session_id: str) -> Row | None:
    """Return key, lock, last proof and subject of a session as the database has them, None once it has ended.

    A hub's memory may not know yet what another one did to it.
    """
    columns = (sessions.c.key, sessions.c.locked, sessions.c.proved_at, sessions.c.subject)
    found = await rows.rows(sa.select(*columns).where(sessions.c.id == session_id))
    return found[0] if found else None


async def drop_session(
    uow: UnitOfWork, session: Session, act: Act, words: str, detail: str | None = None
) -> bool:
    """Forget a session that has ended, on every hub; return False where another hub has done so before."""
    if session.is_kept:
        found = await uow.rows(sa.select(sessions.c.id).where(sessions.c.id == session.id))
        if not found:
            return False
        await uow.change(sa.delete(sessions).where(sessions.c.id == session.id))
    uow.audit(AuditEntry(act, f"session/{session.id}", detail=detail))
    uow.record(SESSION_ENDED, f"session/{session.id}", {"session": session.id, "words": words})
    tell_presence(uow, session.user)
    return True


async def drop_sessions_of(uow: UnitOfWork, user: str) -> None:
    """Forget every session of a person; the act that ends them is put on record by who calls."""
    await uow.change(sa.delete(sessions).where(sessions.c.user == user))


def tell_presence(uow: UnitOfWork, user: str) -> None:
    """Let the desks know that somebody came or went; who is there now, they ask."""
    uow.record("presence.changed", f"account/{user}", {"user": user})


def session_of(told: Mapping[str, Any], known: Sessions) -> Session:
    """Return the session that another hub told of."""
    until = datetime.fromisoformat(told["until"])
    scope = told["scope"]
    area = scope["area"]
    return Session(
        told["user"],
        known.known(told["roles"]),
        datetime.fromisoformat(told["ends"]),
        until,
        told["shift_id"],
        Scope(
            None if scope["groups"] is None else frozenset(scope["groups"]),
            None if scope["sources"] is None else frozenset(scope["sources"]),
            area and Area(LatLon(area[0], area[1]), area[2]),
        ),
        told["locked"],
        told["id"],
        proved_at=told_proof(told),
    )


def told_proof(told: Mapping[str, Any]) -> datetime | None:
    """Return the last proof that another hub told of; one of an older version tells of none."""
    at = told.get("proved_at")
    return None if at is None else datetime.fromisoformat(at)


def _tell_hubs(uow: UnitOfWork, key: str, session: Session, *, unlocks: bool = False) -> None:
    assert session.until is not None
    assert session.latest is not None
    scope, area = session.scope, session.scope.area
    uow.record(
        SESSION_KEPT,
        f"session/{session.id}",
        {
            "key": key,
            "id": session.id,
            "user": session.user,
            "roles": [role.name for role in session.roles],
            "ends": session.until.isoformat(),
            "until": session.latest.isoformat(),
            "shift_id": session.shift_id,
            "scope": {
                "groups": None if scope.groups is None else sorted(scope.groups),
                "sources": None if scope.sources is None else sorted(scope.sources),
                "area": area and [area.centre.lat, area.centre.lon, area.radius_m],
            },
            "locked": session.locked,
            # A proof that was begun before the lock finds the session unlocked, and must not unlock it.
            "unlocks": unlocks,
            "proved_at": session.proved_at and session.proved_at.isoformat(),
        },
    )
