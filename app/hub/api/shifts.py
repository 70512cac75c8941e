"""Shifts, what is handed over at their end, and who is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import shifts
from app.hub.api.access import TheHub, may
from app.hub.db.alert_book import alerts_in_hands_of
from app.hub.db.shift_book import shifts_after
from app.hub.db.tables import handovers
from app.hub.redaction import View
from app.wire.hub import API, Message
from app.wire.shifts import (
    HandoverIn,
    HandoverMessage,
    Handovers,
    Presence,
    PresentMessage,
    ShiftEndIn,
    ShiftIn,
    ShiftMessage,
    Shifts,
)

LATELY = timedelta(hours=24)

router = APIRouter(prefix=API, tags=["shifts"])

_Plans = Annotated[Actor, may(Right.SHIFT_PLAN)]
_Sees = Annotated[Actor, may(Right.SEE_ROOM)]


class ShiftPlanned(Message):
    """The new shift's id."""

    id: str


@router.get("/shifts")
async def list_shifts(hub: TheHub, _who: _Plans) -> Shifts:
    """Return the shifts that have not ended."""
    async with hub.database.reading() as reading:
        return Shifts(shifts=[ShiftMessage.of(shift) for shift in await shifts_after(reading, hub.now())])


@router.post("/shifts", status_code=201)
async def plan_shift(hub: TheHub, who: _Plans, wanted: ShiftIn) -> ShiftPlanned:
    """Plan a shift."""
    return ShiftPlanned(id=await hub.journal.write(who, lambda uow: shifts.plan(uow, wanted)))


@router.patch("/shifts/{shift_id}", status_code=204)
async def change_shift(hub: TheHub, who: _Plans, shift_id: str, wanted: ShiftEndIn) -> None:
    """Let a shift end at another time; a session under it ends then."""
    await hub.journal.write(who, lambda uow: shifts.set_end(uow, shift_id, wanted.ends_at))
    await hub.tend_sessions()


@router.delete("/shifts/{shift_id}", status_code=204)
async def cancel_shift(hub: TheHub, who: _Plans, shift_id: str) -> None:
    """Take a shift back; a session under it ends at once."""
    await hub.journal.write(who, lambda uow: shifts.cancel(uow, shift_id))
    await hub.tend_sessions()


@router.post("/handovers", status_code=201)
async def hand_over(
    hub: TheHub, who: Annotated[Actor, may(Right.ACKNOWLEDGE)], wanted: HandoverIn
) -> HandoverMessage:
    """Hand over: words for who comes next, and one's alerts back to the queue."""
    return await hub.journal.write(who, lambda uow: shifts.hand_over(uow, wanted))


@router.get("/handovers")
async def list_handovers(hub: TheHub, who: _Sees) -> Handovers:
    """Return what was handed over in the last day, newest first; its words for who may read notes."""
    query = (
        sa.select(handovers)
        .where(handovers.c.at > hub.now() - LATELY)
        .order_by(handovers.c.at.desc(), handovers.c.id)
    )
    async with hub.database.reading() as reading:
        found = await reading.rows(query)
    view = View(who.name, who.reach)
    return Handovers(handovers=[HandoverMessage.model_validate(view.handover(dict(row))) for row in found])


@router.get("/presence")
async def presence(hub: TheHub, who: _Sees) -> Presence:
    """Return who has signed in, and which alerts are in whose hands, as far as one sees them oneself."""
    # Who asks because a shift has another end is told that end.
    await hub.care.follow_shifts()
    present = []
    async with hub.database.reading() as reading:
        for session in hub.sessions.all():
            in_hands = await alerts_in_hands_of(reading, session.user)
            seen = [
                alert.id
                for alert in in_hands
                if who.reach.holds_alert(Right.SEE_ROOM, alert.source, alert.position)
            ]
            present.append(
                PresentMessage(
                    user=session.user,
                    roles=[role.title for role in session.roles],
                    until=session.until,
                    locked=session.locked,
                    alert_ids=seen,
                )
            )
    return Presence(present=present)
