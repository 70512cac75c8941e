"""Requests for a second person's agreement over REST: implements the `ApprovalGateway` port."""

from __future__ import annotations

from urllib.parse import quote

from app.domain.approval import Approval, ApprovalState, ApprovalTold
from app.sources.hub_rest import HubRest
from app.wire.approvals import ApprovalList, ApprovalMessage


class HubApprovals:
    """Reads and answers in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def requests(self) -> tuple[ApprovalTold, ...]:
        """Return one's own requests, and those that one may answer."""
        told = self._rest.read(ApprovalList, await self._rest.call("GET", "approvals"))
        return tuple(ApprovalTold(_approval(m), m.camera_name, m.mine) for m in told.approvals)

    async def answer(self, approval_id: str, *, agree: bool) -> None:
        """Agree to another person's request, or do not."""
        verb = "approve" if agree else "deny"
        await self._rest.call("POST", f"approvals/{quote(approval_id, safe='')}/{verb}")


def _approval(message: ApprovalMessage) -> Approval:
    used = message.state is ApprovalState.USED
    return Approval(
        id=message.id,
        right=message.right,
        camera_id=message.camera_id,
        who=message.who,
        reason=message.reason,
        incident_id=message.incident_id,
        asked_at=message.asked_at,
        decided_by=message.decided_by,
        decided_at=message.decided_at,
        approved=used or message.state is ApprovalState.APPROVED,
        # The hub tells that it was used, not when.
        used_at=message.decided_at if used else None,
    )
