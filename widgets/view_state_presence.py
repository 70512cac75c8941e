"""Who is on shift, in words: one line a person, whatever the number of their desks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain.alert import Alert, AlertStatus
from app.domain.presence import Present
from widgets.view_state import count_words, one_line

UNKNOWN = "Who is here is not known now: the hub has not said."
ALONE = "Nobody else has signed in."
UNKNOWN_SHORT = "On shift: ?"


@dataclass(frozen=True, slots=True)
class PresentRow:
    """A line of the list. ``locked``: none of their desks can be used until they unlock it."""

    name: str
    roles: str
    until: str
    state: str
    locked: bool


def short_words(present: Sequence[Present] | None) -> str:
    """Return what the status line says."""
    if present is None:
        return UNKNOWN_SHORT
    return f"On shift: {len({one.user for one in present}):,}"


def in_hands(alerts: Iterable[Alert]) -> Counter[str]:
    """Return how many alerts each person has acknowledged that are not closed."""
    return Counter(alert.handled_by for alert in alerts if alert.status is AlertStatus.ACKNOWLEDGED)


def present_rows(
    present: Iterable[Present],
    me: str,
    hands: Mapping[str, int],
    now: datetime,
    zone: tzinfo | None = None,
) -> list[PresentRow]:
    """Return who is there: oneself first, then by name."""
    people: dict[str, list[Present]] = {}
    for one in present:
        people.setdefault(one.user, []).append(one)
    names = sorted(people, key=lambda name: (name != me, name.casefold(), name))
    return [_row(name, people[name], name == me, hands.get(name, 0), now, zone) for name in names]


def _row(
    name: str, sessions: list[Present], is_me: bool, hands: int, now: datetime, zone: tzinfo | None
) -> PresentRow:
    locked = sum(one.locked for one in sessions)
    roles = dict.fromkeys(one_line(role) for one in sessions for role in one.roles)
    state = []
    if len(sessions) > 1:
        state.append(f"{len(sessions)} desks, {locked} locked" if locked else f"{len(sessions)} desks")
    elif locked:
        state.append("desk locked")
    if hands:
        state.append(f"{count_words(hands, 'alert')} in hand")
    ends = [one.until for one in sessions]
    latest = None if None in ends else max(end for end in ends if end is not None)
    return PresentRow(
        name=one_line(name) + (" (you)" if is_me else ""),
        roles=" and ".join(roles),
        until=_until(latest, now, zone),
        state=" · ".join(state),
        locked=locked == len(sessions),
    )


def _until(end: datetime | None, now: datetime, zone: tzinfo | None) -> str:
    if end is None:
        return ""
    local, today = end.astimezone(zone), now.astimezone(zone).date()
    is_near = today <= local.date() <= today + timedelta(days=1) and end - now < timedelta(hours=20)
    return f"until {local:%H:%M}" if is_near else f"until {local:%a %d %b %H:%M}"
