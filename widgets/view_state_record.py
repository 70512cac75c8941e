"""What the record's window says, as pure functions: each act in plain words, times here and in UTC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from app.domain.audit import Act, Outcome
from app.domain.camera import Camera
from app.domain.consent import Reason
from app.domain.ids import CameraId
from app.domain.record import AuditRecord, Look
from widgets.view_state import count_words, one_line, visible

Name = Callable[[str], str]
"""Returns what people call the camera of an id."""

ACT_WORDS: dict[str, tuple[str, str]] = {
    Act.SIGN_IN: ("signed in", "was refused to sign in"),
    Act.SIGN_OUT: ("signed out", "was refused to sign out"),
    Act.DENIED: ("asked for what the role does not allow", "was refused what the role does not allow"),
    Act.AUDIT_READ: ("read the record", "was refused the record"),
    Act.AUDIT_EXPORT: ("exported the record", "was refused an export of the record"),
    Act.AUDIT_REVIEW: ("signed off a week of the record", "was refused a sign-off"),
    Act.AUDIT_KEY: ("began to sign with a new key", "was refused a new key"),
    Act.LOOK: ("looked at {}", "was refused to look at {}"),
    Act.LOOK_END: ("stopped looking at {}", "was refused to stop looking at {}"),
    Act.ALERT_ACKNOWLEDGE: ("acknowledged an alert", "was refused to acknowledge an alert"),
    Act.ALERT_SEND: ("sent an alert", "was refused to send an alert"),
    Act.INCIDENT_OPEN: ("opened an incident", "was refused to open an incident"),
    Act.INCIDENT_ALERT: ("added an alert to an incident", "was refused to add an alert"),
    Act.INCIDENT_PIN: ("pinned {} to an incident", "was refused to pin {}"),
    Act.INCIDENT_UNPIN: ("took {} off an incident", "was refused to take {} off an incident"),
    Act.INCIDENT_NOTE: ("wrote a note", "was refused a note"),
    Act.INCIDENT_CLOSE: ("closed an incident", "was refused to close an incident"),
    Act.CAMERAS_IMPORT: ("imported cameras", "was refused to import cameras"),
    Act.CAMERA_CHANGE: ("changed {}", "was refused to change {}"),
    Act.CONSENT: ("recorded a consent for {}", "was refused to record a consent for {}"),
    Act.OWNER_LINK: ("made an owner's link to {}", "was refused to make an owner's link to {}"),
    Act.OWNER_LINK_END: ("ended an owner's link to {}", "was refused to end an owner's link to {}"),
    Act.OWNER_TERMS: ("changed what owners are told", "was refused to change what owners are told"),
    Act.OWNER_READ: ("read their cameras or looks", "was refused their cameras or looks"),
    Act.OWNER_REVOKE: ("revoked their consent for {}", "was refused to revoke a consent for {}"),
    Act.OWNER_LEAVE: ("left with their cameras", "was refused to leave"),
    Act.INCIDENT_WITHHOLD: (
        "changed when owners are told of an incident",
        "was refused to change when owners are told of an incident",
    ),
    Act.ACCOUNT_CREATE: ("made an account", "was refused to make an account"),
    Act.ACCOUNT_UNLOCK: ("unlocked an account", "was refused to unlock an account"),
    Act.ACCOUNT_RESET: ("reset an account", "was refused to reset an account"),
    Act.ACCOUNT_ROLES: ("changed an account's roles", "was refused to change an account's roles"),
    Act.ACCOUNT_DISABLE: ("disabled an account", "was refused to disable an account"),
    Act.ACCOUNT_LOCK: ("locked an account", "was refused to lock an account"),
    Act.PASSWORD_CHANGE: ("changed a password", "was refused to change a password"),
    Act.LOOK_USE: ("replayed, saved or listened to {}", "was refused to replay, save or listen to {}"),
    Act.EXPORT: ("exported a recording of {}", "was refused an export of {}"),
    Act.APPROVAL_ASK: ("asked for a second person at {}", "was refused to ask for a second person at {}"),
    Act.APPROVAL_GIVE: ("agreed, as second person, at {}", "was refused to agree as second person"),
    Act.APPROVAL_DENY: ("did not agree, as second person, at {}", "was refused to answer as second person"),
    Act.APPROVAL_USE: ("used a second person's agreement at {}", "was refused a second person's agreement"),
    Act.ACCOUNT_REVIEW: ("signed off all accounts' rights", "was refused to sign off rights"),
    Act.SESSION_END: ("session ended", "was refused the end of a session"),
    Act.PROOF: ("proved anew who they are", "was refused a new proof of who they are"),
    Act.WORKSTATION_REMEMBER: (
        "had a workstation remembered",
        "was refused a workstation",
    ),
    Act.WORKSTATION_FORGET: ("had a workstation forgotten", "was refused to have one forgotten"),
    Act.DESK_ENROL: ("enrolled a desk", "was refused to enrol a desk"),
    Act.DESK_WITHDRAW: ("withdrew a desk", "was refused to withdraw a desk"),
    Act.DESK_ENTER: ("came to an enrolled desk", "showed a key that is no enrolled desk's"),
    Act.WALL_EXEMPT: ("let a wall stay lit at a locked desk", "was refused to let a wall stay lit"),
    Act.WALL_HIDE: ("let a lock hide a wall again", "was refused to have a wall hidden"),
    Act.LOOK_RENEW: ("went on looking at {}", "was refused to go on looking at {}"),
    Act.LOCK: ("locked the desk", "was refused to lock the desk"),
    Act.UNLOCK: ("unlocked the desk", "was refused to unlock the desk"),
    Act.SHIFT_PLAN: ("planned a shift", "was refused to plan a shift"),
    Act.SHIFT_CHANGE: ("changed a shift", "was refused to change a shift"),
    Act.HANDOVER: ("handed over", "was refused to hand over"),
    Act.ALERT_RELEASE: ("gave an alert back to the queue", "was refused to give an alert back"),
    Act.INCIDENT_SHARE: ("changed who sees an incident's cameras", "was refused to share an incident"),
    Act.BACKUP: ("backed the hub up", "was refused a backup"),
    Act.RESTORE: ("restored the hub from a backup", "was refused to restore the hub"),
    Act.CODES_SEALED: ("sealed the second factors", "was refused to seal the second factors"),
    Act.DATABASE_SET_ASIDE: ("set a damaged database aside", "was refused to set a database aside"),
}
"""Each act, done and refused, "{}" being the camera. What is missing here is told by its own name."""
REASON_WORDS: dict[str, str] = {
    Reason.CALL_911: "911 call",
    Reason.GUNSHOT: "Gunshot",
    Reason.PLATE_HIT: "Plate hit",
    Reason.PANIC: "Panic button",
    Reason.OPEN_INCIDENT: "Open incident",
    Reason.OFFICER_SAFETY: "Officer safety",
    Reason.MISSING_PERSON: "Missing person",
    Reason.FIRE_OR_RESCUE: "Fire or rescue",
    Reason.OWNERS_REQUEST: "Owner's request",
}
BECAUSE_WORDS = {
    "released": "The tile was closed",
    "expired": "Its time ran out",
    "revoked": "Taken back",
    "hub restarted": "The hub was restarted",
}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A line of the record; ``utc`` is the time's tool tip."""

    position: int
    time: str
    utc: str
    who: str
    what: str
    why: str
    where: str
    refused: bool


@dataclass(frozen=True, slots=True)
class LookRow:
    """A line of who looked at one camera."""

    position: int
    time: str
    utc: str
    who: str
    length: str
    why: str
    incident: str
    end: str
    where: str
    refused: bool


def act_words(act: str, outcome: str = Outcome.DONE, camera: str = "") -> str:
    """Return an act in words; without a camera's name where it is told of any."""
    done, refused = ACT_WORDS.get(act, (act.replace("_", " "), f"was refused: {act.replace('_', ' ')}"))
    words = refused if outcome == Outcome.REFUSED else done
    if "{}" in words:
        return words.replace("{}", camera or "a camera")
    return f"{words} ({camera})" if camera else words


def reason_words(reason: str) -> str:
    """Return why somebody looked; what is not of the list as it was given."""
    return REASON_WORDS.get(reason, one_line(reason))


def record_row(record: AuditRecord, name: Name, zone: tzinfo | None = None) -> RecordRow:
    """Return a record as a line."""
    camera = name(record.camera_id) if record.camera_id else ""
    what = act_words(record.act, record.outcome, camera)
    if record.act == Act.DENIED:
        what = f"was refused: {one_line(record.subject)}"
    return RecordRow(
        record.position,
        here(record.at, zone),
        utc(record.at),
        one_line(record.who),
        what,
        reason_words(record.reason),
        one_line(record.where),
        record.outcome == Outcome.REFUSED,
    )


def record_fields(record: AuditRecord, name: Name, zone: tzinfo | None = None) -> list[tuple[str, str]]:
    """Return every field of a record with its title; what is empty is a dash."""
    camera = f"{name(record.camera_id)} ({record.camera_id})" if record.camera_id else ""
    fields = [
        ("No.", f"{record.position:,}"),
        ("Here", here(record.at, zone)),
        ("UTC", utc(record.at)),
        ("Who", record.who),
        ("Desk", record.where),
        ("As", record.source),
        ("Act", record.act),
        ("Outcome", record.outcome),
        ("To what", record.subject),
        ("Camera", camera),
        ("Incident", record.incident_id),
        ("Reason", reason_words(record.reason)),
        ("More", record.detail),
    ]
    return [(title, visible(value).strip() or NOTHING) for title, value in fields]


def look_row(look: Look, zone: tzinfo | None = None) -> LookRow:
    """Return a look as a line."""
    if look.refused:
        length, end = "Refused", ""
    elif look.ended_at is None:
        length, end = "Looking now", ""
    else:
        length = length_words((look.ended_at - look.at).total_seconds())
        end = BECAUSE_WORDS.get(look.because, one_line(look.because))
    return LookRow(
        look.position,
        here(look.at, zone),
        utc(look.at),
        one_line(look.who),
        length,
        reason_words(look.reason) or NOTHING,
        one_line(look.incident_id) or NOTHING,
        end or NOTHING,
        one_line(look.where),
        look.refused,
    )


def length_words(seconds: float) -> str:
    """Return how long a look was: "8 s", "12 min 03 s", "1 h 02 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def found_words(count: int, complete: bool, what: str = "record") -> str:
    """Return the line under a list: how much of it is here."""
    if not count:
        return f"No {what} fits."
    if complete:
        return f"{count_words(count, what)}: all that fit."
    return f"The newest {count_words(count, what)}; scroll down for more."


def here(at: datetime, zone: tzinfo | None = None) -> str:
    """Return the local date and time to the second."""
    try:
        local = at.astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return utc(at)
    return f"{local:%Y-%m-%d %H:%M:%S}"


def utc(at: datetime) -> str:
    """Return the time in UTC to a hundredth of a second, as R31 wants it told."""
    moment = at.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 10_000:02} UTC"


def moment_of(text: str, *, end: bool = False, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that somebody typed in the desk's time, None for nothing.

    Args:
        text: YYYY-MM-DD, with HH:MM or without.
        end: whether a day alone means the moment after it, and a minute the one after it.
        zone: the desk's time zone; the system's when None.

    Raises:
        ValueError: it is neither.
    """
    typed = " ".join(text.split())
    if not typed:
        return None
    whole_day = len(typed) <= 10
    found = datetime.strptime(typed, "%Y-%m-%d" if whole_day else "%Y-%m-%d %H:%M")  # noqa: DTZ007 (made aware below)
    if not 1970 <= found.year < 9000:
        raise ValueError("no such year here")
    if end:
        found += timedelta(days=1) if whole_day else timedelta(minutes=1)
    return found.astimezone() if zone is None else found.replace(tzinfo=zone)


def camera_choices(cameras: Mapping[CameraId, Camera]) -> list[str]:
    """Return each camera as it is offered while one types."""
    return sorted((_choice(camera) for camera in cameras.values()), key=str.casefold)


def camera_of(text: str, cameras: Mapping[CameraId, Camera]) -> str:
    """Return the id that a choice, a name of one camera only, or an id stands for.

    Anything else is taken for the id of a camera that is not in the directory any more.
    """
    typed = text.strip()
    if not typed or CameraId(typed) in cameras:
        return typed
    by_choice = {_choice(camera): camera.id for camera in cameras.values()}
    if typed in by_choice:
        return by_choice[typed]
    named = [c.id for c in cameras.values() if one_line(c.name).casefold() == typed.casefold()]
    return named[0] if len(named) == 1 else typed


def choice_of(camera_id: str, cameras: Mapping[CameraId, Camera]) -> str:
    """Return how a camera stands in the search field."""
    camera = cameras.get(CameraId(camera_id))
    return _choice(camera) if camera is not None else camera_id


def _choice(camera: Camera) -> str:
    return f"{one_line(camera.name) or camera.id}  ·  {camera.id}"
