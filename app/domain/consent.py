"""What a camera's owner agreed to, and whether a look keeps within it (R11, R12, R13).

A camera without a consent is the city's own. One with a consent is private: it opens only as far as the
owner's grant goes, for a reason from the list, and the look ends where the grant ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.geo import LatLon, distance_m
from app.domain.ids import IncidentId
from app.domain.incident import Incident

MINUTES_A_DAY = 24 * 60


class ConsentLevel(IntEnum):
    """How far a camera is shared."""

    REGISTERED = 1
    """It is known to be there; nobody looks."""
    LIVE = 2


class ConsentScope(StrEnum):
    """When a camera of the second level may be looked at."""

    ALWAYS = "always"
    HOURS = "hours"
    INCIDENT = "incident"


class Reason(StrEnum):
    """Why somebody looks at a private camera."""

    CALL_911 = "call_911"
    GUNSHOT = "gunshot"
    PLATE_HIT = "plate_hit"
    PANIC = "panic"
    OPEN_INCIDENT = "open_incident"
    OFFICER_SAFETY = "officer_safety"
    MISSING_PERSON = "missing_person"
    FIRE_OR_RESCUE = "fire_or_rescue"
    OWNERS_REQUEST = "owners_request"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a look is for. A city's own camera needs none."""

    reason: str = ""
    incident_id: IncidentId | None = None


NO_PURPOSE = Purpose()


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of one weekday (Monday is 0), in minutes since midnight of the consent's zone.

    Raises:
        ValueError: no such day, or the end is not after the beginning. Hours over midnight are two windows.
    """

    weekday: int
    begin_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday is 0 (Monday) to 6")
        if not 0 <= self.begin_min < self.end_min <= MINUTES_A_DAY:
            raise ValueError("hours end after they begin, on the same day")


@dataclass(frozen=True, slots=True)
class Consent:
    """An owner's grant for one camera. Who gave it, how and by which document is kept for the record.

    ``radius_m`` and ``minutes`` bound the scope "incident": how near to the camera it is, and for how long
    after it was opened.
    """

    level: ConsentLevel
    scope: ConsentScope
    given_by: str
    obtained: str
    valid_from: datetime
    valid_until: datetime | None = None
    document: str = ""
    windows: tuple[Window, ...] = ()
    zone: str = "UTC"
    radius_m: float = 0.0
    minutes: float = 0.0

    @property
    def giver(self) -> str:
        """Who gave it, without regard to case and surrounding space: owners are told apart by it."""
        return self.given_by.strip().casefold()


@dataclass(frozen=True, slots=True)
class Granted:
    """The look is within the consent, until then (None: the consent sets no end)."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """The look is not within the consent; words for who wanted to look."""

    message: str
    hint: str


def judge_look(
    consent: Consent, name: str, position: LatLon, at: datetime, reason: str, incident: Incident | None
) -> Granted | Withheld:
    """Say whether a look at a private camera keeps within its owner's grant, and until when.

    Args:
        consent: the owner's grant.
        name: the camera's, for the words.
        position: where the camera is.
        at: the moment of the look, aware.
        reason: one of `Reason`.
        incident: the one that the look is for, if there is one.
    """
    if consent.level is ConsentLevel.REGISTERED:
        return Withheld(f"{name} is registered only: nobody looks at it.", "Ask its owner for footage.")
    if at < consent.valid_from or (consent.valid_until is not None and at >= consent.valid_until):
        return Withheld(f"The consent of {name}'s owner is not in force now.", "Ask its owner to renew it.")
    match consent.scope:
        case ConsentScope.ALWAYS:
            verdict: Granted | Withheld = Granted(consent.valid_until)
        case ConsentScope.HOURS:
            verdict = _in_hours(consent, name, at)
        case ConsentScope.INCIDENT:
            verdict = _for_incident(consent, name, position, at, incident)
    if isinstance(verdict, Granted) and reason not in set(Reason):
        return Withheld(
            f"{name} is private: looking at it needs a reason from the list.",
            "Pin it to an open incident: that gives the reason.",
        )
    return verdict


def _in_hours(consent: Consent, name: str, at: datetime) -> Granted | Withheld:
    try:
        zone = ZoneInfo(consent.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Withheld(
            f"The hub does not know the time zone {consent.zone} of {name}.", "Record the consent anew."
        )
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    day, end = local.date(), _end_of_hours(consent, local.weekday(), minute)
    if end == minute:
        hint = "Outside them, ask its owner for footage."
        return Withheld(f"{name} may be looked at in its owner's hours only.", hint)
    if end == MINUTES_A_DAY:
        # Hours over midnight are two windows and one look.
        day, end = day + timedelta(days=1), _end_of_hours(consent, (local.weekday() + 1) % 7, 0)
    until = _at_minute(day, end, zone)
    if until.astimezone(UTC) <= at.astimezone(UTC):
        # An hour that comes twice, when the clocks go back: this is its second time.
        until = until.replace(fold=1)
    return Granted(_earlier(until.astimezone(UTC), consent.valid_until))


def _end_of_hours(consent: Consent, weekday: int, minute: int) -> int:
    """Return when the owner's hours end that this minute lies in; windows that touch are one."""
    end = minute
    for window in sorted(consent.windows, key=lambda window: window.begin_min):
        if window.weekday == weekday and window.begin_min <= end < window.end_min:
            end = window.end_min
    return end


def _for_incident(
    consent: Consent, name: str, position: LatLon, at: datetime, incident: Incident | None
) -> Granted | Withheld:
    bounds = f"{consent.radius_m:.0f} m and {consent.minutes:.0f} minutes"
    hint = f"Its owner allows it for an open incident within {bounds}."
    if incident is None:
        return Withheld(f"{name} may be looked at for an incident only.", hint)
    if not incident.is_open:
        return Withheld(f"The incident is closed: {name} may not be looked at for it any more.", hint)
    if incident.position is None or distance_m(position, incident.position) > consent.radius_m:
        return Withheld(f"The incident is not near enough to {name}.", hint)
    until = incident.opened_at + timedelta(minutes=consent.minutes)
    if at >= until:
        return Withheld(f"The incident was opened too long ago to look at {name} for it.", hint)
    return Granted(_earlier(until, consent.valid_until))


def _at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time(), zone)
    # Wall-clock arithmetic: on the day that the clocks change, five o'clock is still five o'clock.
    return midnight + timedelta(minutes=minute)


def _earlier(a: datetime, b: datetime | None) -> datetime:
    return a if b is None else min(a, b)
