"""What the weekly review says, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo

from app.domain.record import ReviewWeek, WeekReview
from widgets.view_state import one_line, visible
from widgets.view_state_record import Name, act_words, here


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A line of the list of weeks."""

    name: str
    days: str
    records: str
    refused: str
    state: str
    waits: bool
    """Whether it is over and nobody signed it off."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A name and how often."""

    name: str
    count: str


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """A week's counts, and what can be done about it."""

    title: str
    acts: tuple[CountRow, ...]
    cameras: tuple[CountRow, ...]
    persons: tuple[CountRow, ...]
    refused: tuple[CountRow, ...]
    signed: str
    """Who signed it off and with which words; empty where nobody did."""
    may_sign: bool
    wait: str
    """Why it cannot be signed off yet; empty where that is not why."""


def week_row(week: ReviewWeek) -> WeekRow:
    """Return a week as a line; its days are the record's, in UTC."""
    waits = week.over and week.sign_off is None and week.records > 0
    if week.sign_off is not None:
        state = f"Signed off by {one_line(week.sign_off.who)}"
    elif not week.over:
        state = "Not over yet"
    else:
        state = "To be reviewed" if waits else "Nothing on record"
    return WeekRow(week.name, _days(week), f"{week.records:,}", f"{week.refused:,}", state, waits)


def review_sheet(review: WeekReview, name: Name, zone: tzinfo | None = None) -> ReviewSheet:
    """Return a week's counts in words."""
    week, signed = review.week, ""
    if week.sign_off is not None:
        mark = week.sign_off
        signed = (
            f"Signed off by {one_line(mark.who)} on {here(mark.at, zone)}, up to record no. "
            f"{mark.position:,}.\n{visible(mark.comment).strip()}\nHash of that record: {mark.hash}"
        )
    acts = [CountRow(act_words(a.act).capitalize(), f"{a.done:,}") for a in review.acts if a.done]
    refused = [
        CountRow(act_words(a.act, "refused").capitalize(), f"{a.refused:,}") for a in review.acts if a.refused
    ]
    return ReviewSheet(
        title=f"{week.name}  ·  {_days(week)} (UTC)",
        acts=(*acts, *refused),
        cameras=_rows(review.looks_by_camera, name),
        persons=_rows(review.looks_by_person, one_line),
        refused=_rows(review.refused_by_person, one_line),
        signed=signed,
        may_sign=week.over and week.sign_off is None and week.records > 0,
        wait="" if week.over else "A week is signed off when it is over.",
    )


def _days(week: ReviewWeek) -> str:
    return f"{week.begin:%d %b} – {week.end - timedelta(days=1):%d %b %Y}"


def _rows(found: tuple[tuple[str, int], ...], name: Name) -> tuple[CountRow, ...]:
    return tuple(CountRow(name(key), f"{count:,}") for key, count in found)
