"""Requests for a second person's agreement on the wire (R15)."""

from __future__ import annotations

from pydantic import AwareDatetime

from app.domain.approval import ApprovalState
from app.domain.rights import Right
from app.wire.hub import Message


class ApprovalMessage(Message):
    """One request; ``mine``: who asks the hub now had asked for it."""

    id: str
    right: Right
    camera_id: str
    camera_name: str
    who: str
    reason: str
    incident_id: str | None
    asked_at: AwareDatetime
    state: ApprovalState
    decided_by: str = ""
    decided_at: AwareDatetime | None = None
    mine: bool


class ApprovalList(Message):
    """One's own requests, and those that one may answer, oldest first."""

    approvals: list[ApprovalMessage]
