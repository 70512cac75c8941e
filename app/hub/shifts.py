"""Shifts: planning them, and what is left in somebody's hands when one ends (R8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from app.domain.alert import AlertStatus
from app.domain.audit import Act, AuditEntry
from app.domain.shift import LONGEST, Shift
from app.hub.db.account_book import account_of
from app.hub.db.alert_book import AlertWrite, alerts_in_hands_of, write_alerts
from app.hub.db.incident_book import open_incidents_of_alert
from app.hub.db.shift_book import add_shift, change_shift, shift_by_id
from app.hub.db.tables import handovers
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, NotFoundError, UnfitError
from app.wire.shifts import HandoverIn, HandoverMessage, ShiftIn


async def plan(uow: UnitOfWork, wanted: ShiftIn) -> str:
    """Plan a shift and return its id.

    Raises:
        NotFoundError: no such account.
        UnfitError: it would be over already.
    """
    record = await account_of(uow, wanted.account)
    if record is None:
        raise NotFoundError("There is no such account.")
    if wanted.ends_at <= uow.now:
        raise UnfitError([("ends_at", "has passed already")])
    shift_id = uuid4().hex
    account = record.account.name
    shift = Shift(shift_id, account, wanted.begins_at, wanted.ends_at, wanted.scope.scope())
    await add_shift(uow, shift)
    return shift_id


async def set_end(uow: UnitOfWork, shift_id: str, ends_at: datetime) -> None:
    """Let a shift end at another time, at once where that has passed.

    Raises:
        NotFoundError: no such shift.
        ConflictError: it is over, or was cancelled.
        UnfitError: it would end before it begins, or last longer than a day.
    """
    shift = await _open_shift(uow, shift_id)
    if ends_at <= shift.begins_at:
        raise UnfitError([("ends_at", "a shift ends after it begins")])
    if ends_at - shift.begins_at > LONGEST:
        raise UnfitError([("ends_at", "a shift is no longer than a day")])
    await change_shift(uow, replace(shift, ends_at=ends_at))


async def cancel(uow: UnitOfWork, shift_id: str) -> None:
    """Take a shift back; one that runs ends at once.

    Raises:
        NotFoundError: no such shift.
        ConflictError: it is over, or was cancelled.
    """
    await change_shift(uow, replace(await _open_shift(uow, shift_id), cancelled=True))


async def hand_over(uow: UnitOfWork, wanted: HandoverIn) -> HandoverMessage:
    """Keep what who comes next has to know, and give the alerts in one's hands back to the queue."""
    alert_ids = await release_alerts(uow, uow.by.name)
    told = HandoverMessage(id=uuid4().hex, at=uow.now, who=uow.by.name, text=wanted.text, alert_ids=alert_ids)
    await uow.change(sa.insert(handovers).values(**told.model_dump()))
    uow.audit(AuditEntry(Act.HANDOVER, f"handover/{told.id}"))
    uow.record("shift.handed_over", f"handover/{told.id}", told)
    return told


async def release_alerts(uow: UnitOfWork, who: str) -> list[str]:
    """Give the alerts that somebody saw to, and that no open incident holds, back to the queue; return them.

    Nobody else would look at them again: they seem to be in good hands.
    """
    left = [
        alert
        for alert in await alerts_in_hands_of(uow, who)
        if not await open_incidents_of_alert(uow, alert.id)
    ]
    for alert in left:
        uow.audit(AuditEntry(Act.ALERT_RELEASE, f"alert/{alert.id}", detail=f"from the hands of {who}"))
    again = [AlertWrite(replace(alert, status=AlertStatus.NEW, handled_by=""), alert) for alert in left]
    await write_alerts(uow, again)
    return [alert.id for alert in left]


async def _open_shift(uow: UnitOfWork, shift_id: str) -> Shift:
    shift = await shift_by_id(uow, shift_id)
    if shift is None:
        raise NotFoundError("There is no such shift.")
    if shift.cancelled or shift.ends_at <= uow.now:
        raise ConflictError("This shift is over.", "Plan another one.")
    return shift
