"""What a week of the record holds, in counts, and who signed it off (R34)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry, Outcome
from app.domain.week import Week
from app.hub.audit.chain import Link
from app.hub.db.audit_book import has_outcome
from app.hub.db.database import Rows
from app.hub.db.tables import audit, reviews
from app.hub.db.unit_of_work import UnitOfWork

MOST_NAMES = 50
"""Cameras and persons that a week's counts name, those with the most looks first."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """That somebody reviewed a week. ``covers`` is the week's last record and its hash at that moment."""

    who: str
    at: datetime
    comment: str
    covers: Link


@dataclass(frozen=True, slots=True)
class ActCount:
    """How often an act was done and refused."""

    act: str
    done: int
    refused: int


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """A week in counts. Looks are those that were granted."""

    acts: list[ActCount]
    looks_by_camera: list[tuple[str, int]]
    looks_by_person: list[tuple[str, int]]
    refused_by_person: list[tuple[str, int]]


async def first_week(rows: Rows) -> Week | None:
    """Return the week that the record begins in, None before there is any."""
    found = await rows.rows(sa.select(sa.func.min(audit.c.at, type_=audit.c.at.type).label("at")))
    return Week.of(found[0]["at"]) if found[0]["at"] is not None else None


async def totals(rows: Rows, week: Week) -> tuple[int, int]:
    """Return how many records a week has, and how many of them were refused."""
    refused = sa.func.sum(sa.case((has_outcome(Outcome.REFUSED), 1), else_=0))
    columns: tuple[sa.ColumnElement[Any], ...] = (sa.func.count().label("n"), refused.label("refused"))
    query = sa.select(*columns).where(*_within(week))
    row = (await rows.rows(query))[0]
    return int(row["n"]), int(row["refused"] or 0)


async def counts(rows: Rows, week: Week) -> WeekCounts:
    """Return what a week holds."""
    refused = sa.case((has_outcome(Outcome.REFUSED), 1), else_=0)
    query = (
        sa.select(audit.c.act, sa.func.count().label("n"), sa.func.sum(refused).label("refused"))
        .where(*_within(week))
        .group_by(audit.c.act)
        .order_by(audit.c.act)
    )
    acts = [
        ActCount(row["act"], int(row["n"]) - int(row["refused"]), int(row["refused"]))
        for row in await rows.rows(query)
    ]
    looks = (audit.c.act == Act.LOOK.value, has_outcome(Outcome.DONE))
    return WeekCounts(
        acts,
        await _most(rows, week, audit.c.camera_id, *looks),
        await _most(rows, week, audit.c.who, *looks),
        await _most(rows, week, audit.c.who, has_outcome(Outcome.REFUSED)),
    )


async def sign_offs(rows: Rows, first: Week, last: Week) -> dict[str, SignOff]:
    """Return the weeks from ``first`` to ``last`` that are signed off, by their names."""
    query = sa.select(reviews).where(reviews.c.week >= str(first), reviews.c.week <= str(last))
    return {
        row["week"]: SignOff(row["who"], row["at"], row["comment"], Link(row["position"], row["hash"]))
        for row in await rows.rows(query)
    }


async def write_sign_off(uow: UnitOfWork, week: Week, comment: str, covers: Link) -> None:
    """Sign a week off; the comment's hash is on record, its words are not."""
    values = {
        "week": str(week),
        "who": uow.by.name,
        "at": uow.now,
        "comment": comment,
        "position": covers.position,
        "hash": covers.hash,
    }
    await uow.change(sa.insert(reviews).values(**values))
    digest = hashlib.sha256(comment.encode()).hexdigest()
    detail = f"up to no. {covers.position}, hash {covers.hash}, comment sha256 {digest}"
    uow.audit(AuditEntry(Act.AUDIT_REVIEW, f"review/{week}", detail=detail))
    uow.record("review.signed", f"review/{week}", {"week": str(week)})


async def last_of(rows: Rows, week: Week) -> Link | None:
    """Return a week's last record, None where it has none."""
    query = sa.select(audit.c.position, audit.c.hash).where(*_within(week))
    found = await rows.rows(query.order_by(audit.c.position.desc()).limit(1))
    return Link(found[0]["position"], found[0]["hash"]) if found else None


def _within(week: Week) -> tuple[sa.ColumnElement[bool], ...]:
    return audit.c.at >= week.begin, audit.c.at < week.end


async def _most(
    rows: Rows, week: Week, column: sa.Column[str], *conditions: sa.ColumnElement[bool]
) -> list[tuple[str, int]]:
    count = sa.func.count().label("n")
    columns: tuple[sa.ColumnElement[Any], ...] = (column.label("name"), count)
    query = (
        sa.select(*columns)
        .where(*_within(week), *conditions, column.is_not(None))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(MOST_NAMES)
    )
    return [(row["name"], int(row["n"])) for row in await rows.rows(query)]
