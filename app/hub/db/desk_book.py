"""Enrolled desks in the database, the sessions at them, and their walls that a lock leaves lit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Row, Rows
from app.hub.db.tables import desks, exempt_walls, leases, sessions
from app.hub.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ExemptWall:
    """A wall that stays lit while its desk is locked: why, by whom, since when."""

    wall: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """An enrolled desk."""

    id: str
    name: str
    enrolled_by: str
    enrolled_at: datetime
    exempt: tuple[ExemptWall, ...] = ()

    @property
    def exempt_walls(self) -> frozenset[str]:
        """The names of the walls that stay lit."""
        return frozenset(one.wall for one in self.exempt)


async def all_desks(rows: Rows) -> list[DeskRecord]:
    """Return every enrolled desk by name."""
    return await _desks(rows, sa.select(desks).order_by(desks.c.name, desks.c.id))


async def desk_by_id(rows: Rows, desk_id: str) -> DeskRecord | None:
    """Return a desk, None where there is none."""
    return _only(await _desks(rows, sa.select(desks).where(desks.c.id == desk_id)))


async def desk_by_key(rows: Rows, key: str) -> DeskRecord | None:
    """Return the desk whose key has this hash, None where no desk has."""
    return _only(await _desks(rows, sa.select(desks).where(desks.c.key == key)))


async def desk_at(rows: Rows, session_id: str) -> DeskRecord | None:
    """Return the desk that a session is at, None where it is at none or has ended."""
    query = sa.select(desks).join(sessions, sessions.c.desk_id == desks.c.id)
    return _only(await _desks(rows, query.where(sessions.c.id == session_id)))


async def locked_with_looks(rows: Rows) -> list[str]:
    """Return the ids of the locked sessions under which looks go on."""
    query = sa.select(sessions.c.id).join(leases, leases.c.session == sessions.c.id).distinct()
    found = await rows.rows(query.where(sessions.c.locked, leases.c.ended_at.is_(None)))
    return [row["id"] for row in found]


async def write_desk(uow: UnitOfWork, desk: DeskRecord, key: str) -> None:
    """Enrol a desk."""
    await uow.change(
        sa.insert(desks).values(
            id=desk.id, key=key, name=desk.name, enrolled_by=desk.enrolled_by, enrolled_at=desk.enrolled_at
        )
    )
    _tell(uow, desk, Act.DESK_ENROL, desk.name)


async def drop_desk(uow: UnitOfWork, desk: DeskRecord) -> None:
    """Withdraw a desk: its key means nothing any more, and no session is at it."""
    await uow.change(sa.update(sessions).where(sessions.c.desk_id == desk.id).values(desk_id=None))
    await uow.change(sa.delete(exempt_walls).where(exempt_walls.c.desk_id == desk.id))
    await uow.change(sa.delete(desks).where(desks.c.id == desk.id))
    _tell(uow, desk, Act.DESK_WITHDRAW, desk.name)


async def write_at(uow: UnitOfWork, session_id: str, desk: DeskRecord) -> None:
    """Let a session be at a desk, in place of any other: two cannot sit at one."""
    await uow.change(sa.update(sessions).where(sessions.c.desk_id == desk.id).values(desk_id=None))
    await uow.change(sa.update(sessions).where(sessions.c.id == session_id).values(desk_id=desk.id))
    _tell(uow, desk, Act.DESK_ENTER, f"session/{session_id}")


async def write_exempt(uow: UnitOfWork, desk: DeskRecord, wall: str, reason: str) -> None:
    """Let a wall of a desk stay lit while the desk is locked."""
    await _delete_exempt(uow, desk, wall)
    await uow.change(
        sa.insert(exempt_walls).values(
            desk_id=desk.id, wall=wall, reason=reason, set_by=uow.by.name, set_at=uow.now
        )
    )
    _tell(uow, desk, Act.WALL_EXEMPT, wall, reason)


async def drop_exempt(uow: UnitOfWork, desk: DeskRecord, wall: str) -> None:
    """Let a lock hide a wall of a desk again."""
    await _delete_exempt(uow, desk, wall)
    _tell(uow, desk, Act.WALL_HIDE, wall)


async def _delete_exempt(uow: UnitOfWork, desk: DeskRecord, wall: str) -> None:
    this = sa.and_(exempt_walls.c.desk_id == desk.id, exempt_walls.c.wall == wall)
    await uow.change(sa.delete(exempt_walls).where(this))


def _tell(uow: UnitOfWork, desk: DeskRecord, act: Act, detail: str, reason: str | None = None) -> None:
    uow.audit(AuditEntry(act, f"desk/{desk.id}", reason=reason, detail=detail))
    uow.record("desk.changed", f"desk/{desk.id}", {"id": desk.id})


async def _desks(rows: Rows, query: sa.Select[tuple[object, ...]]) -> list[DeskRecord]:
    found = await rows.rows(query)
    ids = [row["id"] for row in found]
    walls = sa.select(exempt_walls).where(exempt_walls.c.desk_id.in_(ids)).order_by(exempt_walls.c.wall)
    of_desk: dict[str, list[ExemptWall]] = {}
    for row in await rows.rows(walls) if ids else ():
        exempt = ExemptWall(row["wall"], row["reason"], row["set_by"], row["set_at"])
        of_desk.setdefault(row["desk_id"], []).append(exempt)
    return [_desk(row, tuple(of_desk.get(row["id"], ()))) for row in found]


def _desk(row: Row, exempt: tuple[ExemptWall, ...]) -> DeskRecord:
    return DeskRecord(row["id"], row["name"], row["enrolled_by"], row["enrolled_at"], exempt)


def _only(found: list[DeskRecord]) -> DeskRecord | None:
    return found[0] if found else None
