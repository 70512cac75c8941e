"""A hub's requests for a second person that a test commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalTold
from app.domain.errors import ConsoleError
from app.domain.rights import Right
from tests.fakes.world import START


def request(number: int, asked_at: datetime = START, **changes: Any) -> Approval:
    made = Approval(f"approval-{number}", Right.EXPORT, "cam-1", "Dana", "gunshot", "incident-1", asked_at)
    return replace(made, **changes)


class FakeApprovals:
    """Implements `ApprovalGateway`; ``refusal`` is what the next answer is refused with."""

    def __init__(self) -> None:
        self.told: list[ApprovalTold] = []
        self.answers: list[tuple[str, bool]] = []
        self.refusal: ConsoleError | None = None
        self.reads = 0

    async def requests(self) -> tuple[ApprovalTold, ...]:
        self.reads += 1
        return tuple(self.told)

    async def answer(self, approval_id: str, *, agree: bool) -> None:
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal
        self.answers.append((approval_id, agree))
        self.told = [one for one in self.told if one.approval.id != approval_id]
