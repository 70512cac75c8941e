"""A second person's agreement to what somebody is about to do with a private camera (R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.domain.account import account_key
from app.domain.rights import Right

GOOD_FOR = timedelta(minutes=15)
"""How long a request waits for an answer, and how long an agreement may be used, once."""
CAN_TAKE_TWO = frozenset({Right.EXPORT, Right.SNAPSHOT, Right.REPLAY})
"""Rights that can be set to need a second person: those that a use of a look takes."""


class ApprovalState(StrEnum):
    """What has become of a request."""

    ASKED = "asked"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Approval:
    """One request, for one person, camera and right. ``decided_by`` is empty while nobody has answered."""

    id: str
    right: Right
    camera_id: str
    who: str
    reason: str
    incident_id: str | None
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    approved: bool = False
    used_at: datetime | None = None

    @property
    def state(self) -> ApprovalState:
        """What has become of it."""
        if self.decided_at is None:
            return ApprovalState.ASKED
        if not self.approved:
            return ApprovalState.DENIED
        return ApprovalState.APPROVED if self.used_at is None else ApprovalState.USED

    def is_lately(self, at: datetime) -> bool:
        """Say whether its newest step is not over yet: the question, the agreement, or the refusal."""
        # A clock that was set back makes nothing good again.
        return timedelta() <= at - (self.decided_at or self.asked_at) < GOOD_FOR

    def waits(self, at: datetime) -> bool:
        """Say whether somebody may answer it."""
        return self.state is ApprovalState.ASKED and self.is_lately(at)

    def is_good(self, at: datetime) -> bool:
        """Say whether it may be used."""
        return self.state is ApprovalState.APPROVED and self.is_lately(at)

    def is_of(self, name: str) -> bool:
        """Say whether a person asked this, under whatever session."""
        return account_key(self.who) == account_key(name)


@dataclass(frozen=True, slots=True)
class ApprovalTold:
    """A request as the hub tells it; ``mine``: who asks the hub now had asked for it."""

    approval: Approval
    camera_name: str
    mine: bool


class ApprovalGateway(Protocol):
    """Requests for a second person's agreement.

    Raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def requests(self) -> tuple[ApprovalTold, ...]:
        """Return one's own, and those that one may answer, of the last quarter of an hour."""
        ...

    async def answer(self, approval_id: str, *, agree: bool) -> None:
        """Agree to another person's request, or do not."""
        ...
