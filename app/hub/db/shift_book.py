"""Shifts in the database; every write records its ``shift.changed``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.geo import LatLon
from app.domain.scope import Area, Scope
from app.domain.shift import Shift
from app.hub.db.database import Row, Rows
from app.hub.db.tables import shifts
from app.hub.db.unit_of_work import UnitOfWork


async def shift_by_id(rows: Rows, shift_id: str) -> Shift | None:
    """Return a shift, None when there is no such id."""
    found = await shifts_by_id(rows, [shift_id])
    return found.get(shift_id)


async def shifts_by_id(rows: Rows, shift_ids: Collection[str]) -> dict[str, Shift]:
    """Return the shifts of these ids; unknown ids are left out."""
    found = await rows.rows(sa.select(shifts).where(shifts.c.id.in_(sorted(shift_ids))))
    return {row["id"]: _shift(row) for row in found}


async def shifts_of(rows: Rows, account: str, after: datetime) -> list[Shift]:
    """Return an account's shifts that end after a time, by their beginning."""
    query = sa.select(shifts).where(shifts.c.account == account.casefold(), shifts.c.ends_at > after)
    return [_shift(row) for row in await rows.rows(query.order_by(shifts.c.begins_at, shifts.c.id))]


async def shifts_after(rows: Rows, after: datetime) -> list[Shift]:
    """Return all shifts that end after a time, by their beginning."""
    query = sa.select(shifts).where(shifts.c.ends_at > after).order_by(shifts.c.begins_at, shifts.c.id)
    return [_shift(row) for row in await rows.rows(query)]


async def add_shift(uow: UnitOfWork, shift: Shift) -> None:
    """Plan a shift."""
    scope = shift.scope
    await uow.change(
        sa.insert(shifts).values(
            id=shift.id,
            account=shift.account.casefold(),
            begins_at=shift.begins_at,
            ends_at=shift.ends_at,
            groups=None if scope.groups is None else sorted(scope.groups),
            sources=None if scope.sources is None else sorted(scope.sources),
            lat=scope.area and scope.area.centre.lat,
            lon=scope.area and scope.area.centre.lon,
            radius_m=scope.area and scope.area.radius_m,
            cancelled=False,
        )
    )
    _tell(uow, shift, Act.SHIFT_PLAN)


async def change_shift(uow: UnitOfWork, shift: Shift) -> None:
    """Keep another end of a shift, or that it is cancelled; what it reaches stays."""
    await uow.change(
        sa.update(shifts)
        .where(shifts.c.id == shift.id)
        .values(ends_at=shift.ends_at, cancelled=shift.cancelled)
    )
    _tell(uow, shift, Act.SHIFT_CHANGE)


def _tell(uow: UnitOfWork, shift: Shift, act: Act) -> None:
    state = "cancelled, " if shift.cancelled else ""
    bounds = _bounds(shift.scope)
    detail = (
        f"{state}{shift.begins_at.isoformat()} to {shift.ends_at.isoformat()}, {bounds}, of {shift.account}"
    )
    uow.audit(AuditEntry(act, f"shift/{shift.id}", detail=detail))
    uow.record("shift.changed", f"shift/{shift.id}", {"id": shift.id, "account": shift.account})


def _bounds(scope: Scope) -> str:
    parts = []
    if scope.groups is not None:
        parts.append(f"cameras of {', '.join(sorted(scope.groups))}")
    if scope.sources is not None:
        parts.append(f"alerts of {', '.join(sorted(scope.sources))}")
    if scope.area is not None:
        area = scope.area
        parts.append(f"within {area.radius_m:g} m of {area.centre.lat:.5f} {area.centre.lon:.5f}")
    return "; ".join(parts) or "everything of the role"


def _shift(row: Row) -> Shift:
    area = None if row["radius_m"] is None else Area(LatLon(row["lat"], row["lon"]), row["radius_m"])
    return Shift(
        row["id"],
        row["account"],
        row["begins_at"],
        row["ends_at"],
        Scope(
            None if row["groups"] is None else frozenset(row["groups"]),
            None if row["sources"] is None else frozenset(row["sources"]),
            area,
        ),
        row["cancelled"],
    )
