"""Shifts in words, and words into a shift's bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.scope import Scope
from app.domain.shift import Shift
from widgets.view_state import one_line


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A line of the shifts' table."""

    account: str
    time: str
    scope: str
    state: str


def shift_row(shift: Shift, now: datetime, zone: tzinfo | None = None) -> ShiftRow:
    """Return what the table says of a shift, in the desk's time."""
    begin, end = shift.begins_at.astimezone(zone), shift.ends_at.astimezone(zone)
    last = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%a %d %b %H:%M}"
    if shift.cancelled:
        state = "cancelled"
    elif shift.runs(now):
        state = "runs now"
    else:
        state = "planned"
    return ShiftRow(
        one_line(shift.account), f"{begin:%a %d %b %H:%M} – {last}", scope_words(shift.scope), state
    )


def scope_words(scope: Scope) -> str:
    """Return what a shift is concerned with."""
    parts = []
    if scope.groups is not None:
        parts.append("cameras of " + ", ".join(sorted(scope.groups)) if scope.groups else "no cameras")
    if scope.sources is not None:
        parts.append("alerts of " + ", ".join(sorted(scope.sources)) if scope.sources else "no alerts")
    if scope.area is not None:
        centre = scope.area.centre
        parts.append(f"within {scope.area.radius_m:,.0f} m of {centre.lat:.4f}, {centre.lon:.4f}")
    return "; ".join(parts) or "everything of the role"


def words_of(text: str) -> frozenset[str] | None:
    """Return the words between commas, None where there are none: no bound."""
    words = frozenset(one_line(word) for word in text.split(",") if one_line(word))
    return words or None
