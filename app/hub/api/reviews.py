"""The weekly review of the record, and who looked at one camera. To read either is on record too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.domain.audit import Act, Actor, AuditEntry
from app.domain.rights import Right
from app.domain.week import PATTERN, Week
from app.hub import reviews
from app.hub.api.access import TheHub, may
from app.hub.db.database import Rows
from app.hub.db.look_book import looks_at
from app.hub.db.review_book import SignOff, counts, first_week, sign_offs, totals
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import UnfitError
from app.wire.hub import API
from app.wire.review import (
    ActCountMessage,
    LookMessage,
    LookPage,
    NameCount,
    ReviewIn,
    SignOffMessage,
    WeekList,
    WeekMessage,
    WeekReview,
)

router = APIRouter(prefix=f"{API}/audit", tags=["audit"])

_Who = Annotated[Actor, may(Right.AUDIT_READ)]
_Week = Annotated[str, Path(pattern=PATTERN, description="ISO week, such as 2026-W48")]
_WeekQuery = Annotated[str | None, Query(pattern=PATTERN, description="go on before this week")]


@router.get("/reviews")
async def list_reviews(
    hub: TheHub,
    who: _Who,
    before: _WeekQuery = None,
    limit: Annotated[int, Query(ge=1, le=26)] = 12,
) -> WeekList:
    """Return the record's weeks, newest first, each with its signature if there is one."""
    await hub.journal.write(who, _reading("reviews"))
    last = Week.of(hub.now()) if before is None else _week("before", before).earlier(1)
    async with hub.database.reading() as reading:
        first = await first_week(reading)
        if first is None:
            return WeekList(weeks=[])
        wanted = [last.earlier(back) for back in range(limit) if last.earlier(back) >= first]
        signed = await sign_offs(reading, wanted[-1], last) if wanted else {}
        weeks = [await _told(reading, week, signed.get(str(week)), hub.now()) for week in wanted]
    return WeekList(weeks=weeks)


@router.get("/reviews/{week}")
async def read_review(hub: TheHub, who: _Who, week: _Week) -> WeekReview:
    """Return what a week of the record holds, in counts."""
    wanted = _week("week", week)
    await hub.journal.write(who, _reading(f"review/{wanted}"))
    async with hub.database.reading() as reading:
        signed = await sign_offs(reading, wanted, wanted)
        told = await _told(reading, wanted, signed.get(str(wanted)), hub.now())
        held = await counts(reading, wanted)
    return WeekReview(
        week=told,
        acts=[ActCountMessage(act=a.act, done=a.done, refused=a.refused) for a in held.acts],
        looks_by_camera=_named(held.looks_by_camera),
        looks_by_person=_named(held.looks_by_person),
        refused_by_person=_named(held.refused_by_person),
    )


@router.post("/reviews/{week}", status_code=204)
async def sign_off(hub: TheHub, who: _Who, week: _Week, wanted: ReviewIn) -> None:
    """Sign a week off, once, when it is over."""
    signed = _week("week", week)
    await hub.journal.write(who, lambda uow: reviews.sign_off(uow, signed, wanted.comment))


@router.get("/looks")
async def read_looks(
    hub: TheHub,
    who: _Who,
    camera_id: Annotated[str, Query(min_length=1, max_length=200)],
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LookPage:
    """Return who looked at a camera, when, what for and how long, newest first."""
    await hub.journal.write(who, _reading("looks", camera_id))
    async with hub.database.reading() as reading:
        found = await looks_at(reading, camera_id, before, limit)
    return LookPage(
        looks=[
            LookMessage(
                position=look.position,
                at=look.at,
                who=look.who,
                where=look.where,
                outcome=look.outcome,
                reason=look.reason,
                incident_id=look.incident_id,
                ended_at=look.ended_at,
                seconds=(look.ended_at - look.at).total_seconds() if look.ended_at else None,
                because=look.because,
            )
            for look in found
        ]
    )


def _week(field: str, text: str) -> Week:
    try:
        return Week.parse(text)
    except ValueError:
        raise UnfitError([(field, "that year has no such week")]) from None


def _reading(subject: str, camera_id: str | None = None) -> Callable[[UnitOfWork], Awaitable[None]]:
    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.AUDIT_READ, subject, camera_id=camera_id))

    return work


async def _told(rows: Rows, week: Week, signed: SignOff | None, now: datetime) -> WeekMessage:
    records, refused = await totals(rows, week)
    return WeekMessage(
        week=str(week),
        begin=week.begin,
        end=week.end,
        over=now >= week.end,
        records=records,
        refused=refused,
        sign_off=None
        if signed is None
        else SignOffMessage(
            who=signed.who,
            at=signed.at,
            comment=signed.comment,
            position=signed.covers.position,
            hash=signed.covers.hash,
        ),
    )


def _named(found: list[tuple[str, int]]) -> list[NameCount]:
    return [NameCount(name=name, count=count) for name, count in found]
