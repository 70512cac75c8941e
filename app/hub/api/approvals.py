"""The two-person rule: who asks for a second person's agreement, and who gives it.

A request is opened by the use that was refused for want of it (`POST /leases/{lease_id}/uses`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import approvals
from app.hub.api.access import TheHub, may
from app.hub.core import Hub
from app.hub.db.approval_book import late_approvals
from app.hub.refusals import NotAllowedError, NotFoundError
from app.wire.approvals import ApprovalList, ApprovalMessage
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/approvals", tags=["approvals"])

_Who = Annotated[Actor, may(Right.LIVE_PRIVATE)]


@router.get("")
async def list_approvals(hub: TheHub, who: _Who) -> ApprovalList:
    """Return one's own requests of the last quarter of an hour, and those of others that one may answer."""
    async with hub.database.reading() as reading:
        found = await approvals.told_to(reading, who, await late_approvals(reading, hub.now()))
    return ApprovalList(
        approvals=[
            ApprovalMessage(
                id=approval.id,
                right=approval.right,
                camera_id=approval.camera_id,
                camera_name=name,
                who=approval.who,
                reason=approval.reason,
                incident_id=approval.incident_id,
                asked_at=approval.asked_at,
                state=approval.state,
                decided_by=approval.decided_by,
                decided_at=approval.decided_at,
                mine=approval.is_of(who.name),
            )
            for approval, name in found
        ]
    )


@router.post("/{approval_id}/approve", status_code=204)
async def approve(hub: TheHub, who: _Who, approval_id: str) -> None:
    """Agree to another person's request: good for a quarter of an hour, once."""
    await _answer(hub, who, approval_id, agree=True)


@router.post("/{approval_id}/deny", status_code=204)
async def deny(hub: TheHub, who: _Who, approval_id: str) -> None:
    """Do not agree to another person's request."""
    await _answer(hub, who, approval_id, agree=False)


async def _answer(hub: Hub, who: Actor, approval_id: str, *, agree: bool) -> None:
    try:
        await hub.journal.write(who, lambda uow: approvals.answer(uow, approval_id, agree=agree))
    except (NotAllowedError, NotFoundError):
        await hub.denials.record(who, approvals.refused(approval_id, agree=agree))
        raise
