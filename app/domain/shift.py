"""A shift: the time in which an account of a role that needs one may work, and what it then sees (R8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.scope import EVERYTHING, Scope

WARN_BEFORE = timedelta(minutes=10)
"""So long before its end who works in a shift is told of it, and may hand over."""
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``begins_at`` until ``ends_at``, both aware; the end itself is outside."""

    id: str
    account: str
    begins_at: datetime
    ends_at: datetime
    scope: Scope = EVERYTHING
    cancelled: bool = False

    def runs(self, at: datetime) -> bool:
        """Say whether a moment lies within the shift."""
        return not self.cancelled and self.begins_at <= at < self.ends_at


def running(shifts: Iterable[Shift], at: datetime) -> Shift | None:
    """Return the shift that runs, the longest one where several do."""
    return max((shift for shift in shifts if shift.runs(at)), key=lambda shift: shift.ends_at, default=None)


def coming(shifts: Iterable[Shift], at: datetime) -> Shift | None:
    """Return the next shift to begin."""
    later = (shift for shift in shifts if not shift.cancelled and shift.begins_at > at)
    return min(later, key=lambda shift: shift.begins_at, default=None)
