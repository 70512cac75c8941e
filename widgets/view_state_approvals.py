"""What the rows of the two-person rule say, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.approval import GOOD_FOR, Approval, ApprovalState, ApprovalTold
from app.domain.events import NoticeLevel
from app.domain.rights import Right
from widgets.view_state import one_line
from widgets.view_state_record import REASON_WORDS

DEEDS = {
    Right.EXPORT: "export footage of {}",
    Right.SNAPSHOT: "save a picture of {}",
    Right.REPLAY: "look back at {}",
}
"""What a request is about; "{}" is the camera."""
Title = Callable[[str], str]
"""Returns an incident's title, empty where the desk does not know it."""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One row: what it is about, and what for. ``asks`` is whether it waits for an answer from here."""

    id: str
    level: NoticeLevel
    words: str
    more: str
    asks: bool


def approval_rows(told: Iterable[ApprovalTold], title: Title, now: datetime) -> tuple[ApprovalRow, ...]:
    """Return the rows to show: what waits for an answer from here first, each in the order of asking.

    Args:
        told: what the hub told.
        title: of incidents.
        now: by the desk's clock.
    """
    shown = [one for one in told if one.approval.state is not ApprovalState.USED]
    rows = [_row(one, title, now) for one in shown if _left(one.approval, now) > 0]
    return tuple(sorted(rows, key=lambda row: not row.asks))


def _row(told: ApprovalTold, title: Title, now: datetime) -> ApprovalRow:
    approval = told.approval
    deed = DEEDS.get(approval.right, "use {}").format(one_line(told.camera_name))
    minutes = f"{_left(approval, now)} min left"
    by = one_line(approval.decided_by)
    why = _why(approval, title)
    if not told.mine:
        words = f"{one_line(approval.who)} asks for a second person to {deed}"
        return ApprovalRow(approval.id, NoticeLevel.WARNING, words, f"{why}  ·  {minutes}", True)
    match approval.state:
        case ApprovalState.APPROVED:
            words = f"{by} agrees: you may {deed}, once"
            return ApprovalRow(approval.id, NoticeLevel.INFO, words, minutes, False)
        case ApprovalState.DENIED:
            words = f"{by} does not agree that you {deed}"
            return ApprovalRow(approval.id, NoticeLevel.WARNING, words, why, False)
        case _:
            words = f"You asked for a second person to {deed}"
            return ApprovalRow(approval.id, NoticeLevel.INFO, words, f"{why}  ·  {minutes}", False)


def _why(approval: Approval, title: Title) -> str:
    reason = REASON_WORDS.get(approval.reason, one_line(approval.reason))
    if approval.incident_id is None:
        return reason
    known = one_line(title(approval.incident_id))
    return f"{reason}  ·  {known or 'an incident that is not shown here'}"


def _left(approval: Approval, now: datetime) -> int:
    """Return the minutes that are left, rounded up; desks' clocks differ, so never more than there can be."""
    since = approval.decided_at or approval.asked_at
    left = math.ceil((since + GOOD_FOR - now).total_seconds() / 60)
    return min(left, round(GOOD_FOR.total_seconds() / 60))
