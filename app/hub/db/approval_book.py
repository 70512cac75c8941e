"""Requests for a second person's agreement in the database; every write records its ``approval.changed``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from app.domain.approval import GOOD_FOR, Approval
from app.domain.audit import Act, AuditEntry
from app.domain.rights import Right
from app.hub.db.database import Row, Rows
from app.hub.db.tables import approvals
from app.hub.db.unit_of_work import UnitOfWork


async def approval_by_id(rows: Rows, approval_id: str) -> Approval | None:
    """Return a request, None when there is no such id."""
    found = await rows.rows(sa.select(approvals).where(approvals.c.id == approval_id))
    return _approval(found[0]) if found else None


async def late_approvals(rows: Rows, now: datetime) -> list[Approval]:
    """Return the requests whose newest step is not over, oldest first."""
    # What was answered lately was asked within twice the time.
    query = sa.select(approvals).where(approvals.c.asked_at > now - 2 * GOOD_FOR)
    found = [_approval(row) for row in await rows.rows(query.order_by(approvals.c.asked_at))]
    return [approval for approval in found if approval.is_lately(now)]


async def approval_used_by(rows: Rows, record: int) -> Approval | None:
    """Return the agreement that a use spent which stands at that position on record."""
    found = await rows.rows(sa.select(approvals).where(approvals.c.used_record == record))
    return _approval(found[0]) if found else None


async def write_request(uow: UnitOfWork, approval: Approval) -> None:
    """Put a request on record."""
    await uow.change(
        sa.insert(approvals).values(
            id=approval.id,
            right=approval.right.value,
            camera_id=approval.camera_id,
            who=approval.who,
            reason=approval.reason,
            incident_id=approval.incident_id,
            asked_at=approval.asked_at,
            decided_by="",
            approved=False,
        )
    )
    uow.audit(approval_entry(approval, Act.APPROVAL_ASK, approval.right.value))
    _tell(uow, approval)


async def write_answer(uow: UnitOfWork, approval: Approval, *, agree: bool) -> None:
    """Put another person's answer on record."""
    decided = replace(approval, decided_by=uow.by.name, decided_at=uow.now, approved=agree)
    await uow.change(
        sa.update(approvals)
        .where(approvals.c.id == approval.id)
        .values(decided_by=decided.decided_by, decided_at=decided.decided_at, approved=agree)
    )
    act = Act.APPROVAL_GIVE if agree else Act.APPROVAL_DENY
    uow.audit(approval_entry(approval, act, f"{approval.right.value}, asked by {approval.who}"))
    _tell(uow, decided)


async def write_used(uow: UnitOfWork, approval: Approval, record: int) -> None:
    """Note that an agreement was used; its own record stands before the use's, at ``record``."""
    await uow.change(
        sa.update(approvals).where(approvals.c.id == approval.id).values(used_at=uow.now, used_record=record)
    )
    _tell(uow, replace(approval, used_at=uow.now))


def approval_entry(approval: Approval, act: Act, detail: str) -> AuditEntry:
    """Return what is put on record of a step."""
    return AuditEntry(
        act,
        f"approval/{approval.id}",
        camera_id=approval.camera_id,
        incident_id=approval.incident_id,
        reason=approval.reason,
        detail=detail,
    )


def _tell(uow: UnitOfWork, approval: Approval) -> None:
    data = {
        "id": approval.id,
        "right": approval.right.value,
        "camera_id": approval.camera_id,
        "who": approval.who,
        "state": approval.state.value,
    }
    uow.record("approval.changed", f"approval/{approval.id}", data)


def _approval(row: Row) -> Approval:
    return Approval(
        id=row["id"],
        right=Right(row["right"]),
        camera_id=row["camera_id"],
        who=row["who"],
        reason=row["reason"],
        incident_id=row["incident_id"],
        asked_at=row["asked_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        approved=row["approved"],
        used_at=row["used_at"],
    )
