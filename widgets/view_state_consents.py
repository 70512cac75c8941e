"""What the consents' window says and takes, as pure functions: consents in words, forms into consents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.domain.camera import Camera
from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.domain.consent_keeping import ConsentEffect, PrivateCamera, RecordedConsent
from app.domain.ids import CameraId
from widgets.view_state import count_words, one_line
from widgets.view_state_record import moment_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CITYS_OWN = "The city's own"
SCOPE_WORDS = {
    ConsentScope.ALWAYS: "Live at any time",
    ConsentScope.HOURS: "Live in set hours",
    ConsentScope.INCIDENT: "Live for incidents nearby",
}
REGISTERED_WORDS = "Registered only"
REVOKED = "Revoked at this desk"
"""How a consent that is taken back was obtained."""
_HOURS = re.compile(r"^(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A camera in the list; ``open`` says whether somebody may look at it now, by the dates alone."""

    camera_id: CameraId
    name: str
    words: str
    private: bool
    open: bool


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A consent as a line of a camera's history."""

    number: str
    recorded: str
    terms: str
    valid: str
    origin: str


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """What stands in the form, as it was typed. ``hours`` are seven texts, from Monday on."""

    level: ConsentLevel = ConsentLevel.LIVE
    scope: ConsentScope = ConsentScope.ALWAYS
    given_by: str = ""
    obtained: str = ""
    document: str = ""
    valid_from: str = ""
    valid_until: str = ""
    hours: tuple[str, ...] = ("",) * 7
    zone: str = ""
    radius_m: str = ""
    minutes: str = ""


Problems = Mapping[str, str]
"""What is wrong, by the names of the hub's fields; "body" is the whole."""


def consent_lines(
    cameras: Mapping[CameraId, Camera], private: Iterable[PrivateCamera], now: datetime, text: str = ""
) -> list[ConsentLine]:
    """Return the cameras whose name, place or words match, private ones first, each group by name."""
    known = {camera.camera_id: camera for camera in private}
    words = text.casefold().split()
    found = []
    for camera in cameras.values():
        line = _line(camera, known.get(camera.id), now)
        told = f"{line.name} {camera.place} {camera.id} {line.words}".casefold()
        if all(word in told for word in words):
            found.append(line)
    return sorted(found, key=lambda line: (not line.private, line.name.casefold(), line.camera_id))


def list_words(lines: Iterable[ConsentLine], known: int) -> str:
    """Return the line above the list."""
    shown = list(lines)
    private = sum(line.private for line in shown)
    if not known:
        return "No cameras yet."
    if not shown:
        return "No camera matches."
    return f"{count_words(len(shown), 'camera')}, {private:,} private"


def _line(camera: Camera, private: PrivateCamera | None, now: datetime) -> ConsentLine:
    name = one_line(camera.name) or camera.id
    if private is None:
        return ConsentLine(camera.id, name, CITYS_OWN, False, True)
    in_force = now >= private.valid_from and (private.valid_until is None or now < private.valid_until)
    if private.level is ConsentLevel.REGISTERED:
        return ConsentLine(camera.id, name, REGISTERED_WORDS, True, False)
    words = SCOPE_WORDS[private.scope]
    if now < private.valid_from:
        words += f", from {private.valid_from.astimezone():%Y-%m-%d} on"
    elif private.valid_until is not None:
        words += f", {'until' if in_force else 'ended'} {private.valid_until.astimezone():%Y-%m-%d}"
    return ConsentLine(camera.id, name, words, True, in_force)


def terms_words(consent: Consent) -> str:
    """Return a consent's terms in one line."""
    if consent.level is ConsentLevel.REGISTERED:
        return f"{REGISTERED_WORDS}: nobody looks"
    match consent.scope:
        case ConsentScope.HOURS:
            days = (
                f"{day[:3]} {hours_text(consent.windows, number)}"
                for number, day in enumerate(DAYS)
                if hours_text(consent.windows, number)
            )
            return f"{SCOPE_WORDS[consent.scope]}: {'; '.join(days)} ({consent.zone})"
        case ConsentScope.INCIDENT:
            bounds = f"{consent.radius_m:g} m and {consent.minutes:g} min"
            return f"Live for an incident within {bounds}"
    return SCOPE_WORDS[consent.scope]


def history_row(recorded: RecordedConsent, zone: tzinfo | None = None) -> HistoryRow:
    """Return a consent as a line of the history."""
    consent = recorded.consent
    until = _day(consent.valid_until, zone) if consent.valid_until is not None else "without end"
    return HistoryRow(
        str(recorded.number),
        _day_and_time(recorded.recorded_at, zone),
        terms_words(consent),
        f"{_day(consent.valid_from, zone)} – {until}",
        ", ".join(filter(None, map(one_line, (consent.given_by, consent.obtained, consent.document)))),
    )


def draft_of(
    consent: Consent | None, now: datetime, zone_name: str, zone: tzinfo | None = None
) -> ConsentDraft:
    """Return a consent as it stands in the form; without one, a new form."""
    if consent is None:
        return ConsentDraft(valid_from=_day_and_time(now, zone), zone=zone_name)
    return ConsentDraft(
        level=consent.level,
        scope=consent.scope,
        given_by=consent.given_by,
        obtained=consent.obtained,
        document=consent.document,
        valid_from=_day_and_time(consent.valid_from, zone),
        valid_until=_day_and_time(consent.valid_until, zone) if consent.valid_until is not None else "",
        hours=tuple(hours_text(consent.windows, day) for day in range(7)),
        zone=consent.zone,
        radius_m=f"{consent.radius_m:g}" if consent.radius_m else "",
        minutes=f"{consent.minutes:g}" if consent.minutes else "",
    )


def consent_of(draft: ConsentDraft, zone: tzinfo | None = None) -> Consent | Problems:
    """Return the consent that a form says, without what does not apply, or what in it cannot be read."""
    problems: dict[str, str] = {}
    for field, text in (("given_by", draft.given_by), ("obtained", draft.obtained)):
        if not text.strip():
            problems[field] = "Needed for the record."
    live = draft.level is ConsentLevel.LIVE
    by_hours = live and draft.scope is ConsentScope.HOURS
    by_incident = live and draft.scope is ConsentScope.INCIDENT
    since = _moment(draft.valid_from, "valid_from", problems, zone)
    if since is None:
        problems.setdefault("valid_from", "Needed: from when on.")
    until = _moment(draft.valid_until, "valid_until", problems, zone)
    windows = _windows(draft.hours, problems) if by_hours else ()
    radius_m = _number(draft.radius_m, "radius_m", problems) if by_incident else 0.0
    minutes = _number(draft.minutes, "minutes", problems) if by_incident else 0.0
    if problems or since is None:
        return problems
    return Consent(
        level=draft.level,
        scope=draft.scope if live else ConsentScope.ALWAYS,
        given_by=draft.given_by.strip(),
        obtained=draft.obtained.strip(),
        valid_from=since,
        valid_until=until,
        document=draft.document.strip(),
        windows=windows,
        zone=(draft.zone.strip() if by_hours else "") or "UTC",
        radius_m=radius_m,
        minutes=minutes,
    )


def revoked(consent: Consent, now: datetime) -> Consent:
    """Return what is recorded when an owner takes a consent back: the camera is registered only."""
    return Consent(
        ConsentLevel.REGISTERED, ConsentScope.ALWAYS, consent.given_by, REVOKED, now.astimezone(UTC)
    )


def hub_problems(fields: Iterable[tuple[str, str]]) -> Problems:
    """Return what the hub found wrong, by the form's fields."""
    found: dict[str, str] = {}
    for field, message in fields:
        words = message.removeprefix("Value error, ")
        found.setdefault(field.partition(".")[0], words[:1].upper() + words[1:])
    return found


def saved_words(name: str, effect: ConsentEffect) -> str:
    """Return what recording a consent did."""
    looks = effect.looks_ended
    ended = f"{count_words(looks, 'look')} ended" if looks else "nobody was looking"
    if not effect.links_ended:
        return f"Recorded for {name}: {ended}."
    links, opens = count_words(effect.links_ended, "link"), "opens" if effect.links_ended == 1 else "open"
    return f"Recorded for {name}: {ended}; {links} of its owner until now {opens} it no more."


def hours_text(windows: Iterable[Window], day: int) -> str:
    """Return a weekday's hours as they are typed."""
    return ", ".join(
        f"{w.begin_min // 60:02}:{w.begin_min % 60:02}–{w.end_min // 60:02}:{w.end_min % 60:02}"
        for w in sorted(windows, key=lambda w: w.begin_min)
        if w.weekday == day
    )


def _windows(hours: Iterable[str], problems: dict[str, str]) -> tuple[Window, ...]:
    found = []
    for day, text in enumerate(hours):
        for part in filter(None, (part.strip() for part in text.split(","))):
            window = _window(day, part)
            if window is None:
                problems["windows"] = f"{DAYS[day]}: write hours as 08:00–18:00, over midnight on two days."
                return ()
            found.append(window)
    if not found:
        problems["windows"] = "Write the hours of one day at least."
    return tuple(found)


def _window(day: int, text: str) -> Window | None:
    match = _HOURS.match(text)
    if match is None:
        return None
    from_h, from_min, to_h, to_min = (int(part) for part in match.groups())
    if from_min > 59 or to_min > 59:
        return None
    try:
        return Window(day, from_h * 60 + from_min, to_h * 60 + to_min)
    except ValueError:
        return None


def _moment(text: str, field: str, problems: dict[str, str], zone: tzinfo | None) -> datetime | None:
    try:
        return moment_of(text, zone=zone)
    except (ValueError, OverflowError):
        problems[field] = "Write YYYY-MM-DD HH:MM, or a day alone."
        return None


def _number(text: str, field: str, problems: dict[str, str]) -> float:
    try:
        number = float(text.strip())
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        problems[field] = "A number above 0."
        return 0.0
    return number


def _day(at: datetime, zone: tzinfo | None) -> str:
    return _day_and_time(at, zone)[:10]


def _day_and_time(at: datetime, zone: tzinfo | None) -> str:
    try:
        local = at.astimezone(zone)
    except (OverflowError, OSError, ValueError):
        local = at.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M}"
