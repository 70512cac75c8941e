"""Enrolled desks and their walls that stay lit, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import tzinfo

from app.domain.enrolled_desk import LEAST_REASON, EnrolledDesk, KnownDesks, LitWall
from app.domain.ids import WallId
from widgets.view_state import count_words, one_line
from widgets.view_state_accounts import date_words

NO_VAULT = (
    "This computer has no password vault, so this desk cannot be enrolled: its key would lie open on the "
    "disk. Set up the system's keyring, then open this window again."
)
NOT_ENROLLED = "This desk is not enrolled. A lock hides every wall of it."
NO_WINDOW = "Open a wall window first (Ctrl+Shift+N): the main window's wall is always hidden by a lock."


@dataclass(frozen=True, slots=True)
class OwnDeskView:
    """What is said of the desk that the window is at, and what may be done there."""

    words: str
    tone: str
    may_enrol: bool
    is_enrolled: bool


def own_view(known: KnownDesks, zone: tzinfo | None = None) -> OwnDeskView:
    """Return what is said of this desk."""
    own = known.own
    if own is not None:
        since = f"since {date_words(own.enrolled_at, zone)}, by {one_line(own.enrolled_by)}"
        words = f"This desk is enrolled as {one_line(own.name)}, {since}."
        return OwnDeskView(words, "", may_enrol=False, is_enrolled=True)
    if not known.can_keep:
        return OwnDeskView(NO_VAULT, "warn", may_enrol=False, is_enrolled=False)
    return OwnDeskView(NOT_ENROLLED, "", may_enrol=True, is_enrolled=False)


def wall_cells(wall: LitWall, zone: tzinfo | None = None) -> tuple[str, ...]:
    """Return the line of a wall that stays lit: which, why, by whom, since when."""
    return wall_words(wall.wall), one_line(wall.reason), one_line(wall.set_by), date_words(wall.set_at, zone)


def desk_cells(desk: EnrolledDesk, own_id: str, zone: tzinfo | None = None) -> tuple[str, ...]:
    """Return the line of a desk: its name, who enrolled it, when, and how many walls stay lit."""
    name = one_line(desk.name) + (" (this desk)" if desk.id == own_id else "")
    lit = count_words(len(desk.walls), "wall") if desk.walls else "none"
    return name, one_line(desk.enrolled_by), date_words(desk.enrolled_at, zone), lit


def wall_words(wall: WallId) -> str:
    """Return what people call a wall, as its window's title does."""
    return one_line(wall.replace("-", " "))


def choices(windows: Collection[WallId], known: KnownDesks) -> list[WallId]:
    """Return the walls that can be let stay lit: in windows of their own, and not so yet."""
    lit = {one.wall for one in known.own.walls} if known.own is not None else set()
    return sorted(wall for wall in windows if wall not in lit)


def reason_fault(reason: str) -> str:
    """Return what is wrong with a reason, "" where it will do."""
    if len(reason.strip()) >= LEAST_REASON:
        return ""
    return f"Say why, in {LEAST_REASON} characters or more: what makes the room secure?"
