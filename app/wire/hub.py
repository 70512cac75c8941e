"""The hub's protocol: REST commands, the public ingest, and the live events.

Commands refuse unknown fields; events and snapshots ignore them, so that an older console can follow
a newer hub.
Units: degrees (WGS-84; bearings clockwise from north), seconds, pixels, UTC times as RFC 3339.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from app.domain.alert import AlertKind, AlertStatus, Urgency
from app.domain.camera import Quality, StreamKind, Use
from app.domain.incident import EntryKind
from app.wire.privacy_masks import MaskMessage

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
WallName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
"""A wall of a desk, as the desk itself calls it."""

API = "/api/v1"
EVENT_PREFIX = "org.watchfloor."
SESSION_ENDED = "session.ended"
SESSION_KEPT = "session.kept"
BETWEEN_HUBS = frozenset({SESSION_ENDED, SESSION_KEPT})
"""The kinds of events that hubs tell each other. Nobody else gets to read them."""


class Command(BaseModel):
    """A request that changes something: an unknown field is a mistake and is refused."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _holds_no_nul(cls, value: object) -> object:
        """Refuse NUL characters: PostgreSQL keeps none, and nobody types one."""
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and "\x00" in text:
                raise ValueError("holds a NUL character")
        return value


class Message(BaseModel):
    """Something told: fields that this version does not know are ignored."""

    model_config = ConfigDict(extra="ignore")


# Commands


class SessionIn(Command):
    """A one-time token, exchanged for a session."""

    token: Id


class SessionOut(Message):
    """The session's bearer token and who it speaks for, with what it may until when."""

    session_token: str = Field(repr=False)
    user: str
    hub_id: str
    roles: list[str] = []
    rights: list[str] = []
    until: AwareDatetime | None = None
    ends_by_shift: bool = False
    unlocks_at: str = ""
    """What people call the agency's provider, where the desk can be unlocked there."""
    unlocks_by_password: bool = True
    """Whether its person has a password of their own here."""
    workstation: str = Field("", repr=False)
    """The workstation's new token where it is remembered, told once, at sign-in."""
    workstation_until: AwareDatetime | None = None


class LeaseIn(Command):
    """Asks to look at one stream of a camera."""

    camera_id: Id
    quality: Quality
    reason: str = Field("", max_length=200)
    incident_id: Id | None = None
    wall: WallName | None = None
    """Where the desk shows it: what an exempt wall's leases name (R1)."""


class LeaseOut(Message):
    """Leave to look. The only message that carries a camera's address.

    ``privacy_masks`` are what whoever looks must not see; a lease that does not tell them is none.
    """

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: str
    camera_id: str
    quality: Quality
    kind: StreamKind
    url: str = Field(repr=False)
    fps: float | None = None
    expires_at: AwareDatetime
    privacy_masks: list[MaskMessage]
    watermark: str = ""
    """What every picture of a private camera is marked with, beside the time; empty for the city's own."""


class UseIn(Command):
    """Says what is about to be done with a stream beyond looking at it."""

    use: Use


class UseOut(Message):
    """A use that may begin: its position on record, the hub's time of it, and whose record that is."""

    record: int
    at: AwareDatetime
    hub_id: str


class IncidentIn(Command):
    """Opens an incident, by hand or from an alert."""

    title: Title
    lat: Latitude | None = None
    lon: Longitude | None = None
    alert_id: Id | None = None


class IncidentOpened(Message):
    """The new incident's id."""

    id: str


class IncidentAlertIn(Command):
    """Ties an alert to an incident."""

    alert_id: Id


class PinIn(Command):
    """Pins a camera to an incident."""

    camera_id: Id


class NoteIn(Command):
    """A note; ``note_id`` is made by the sender so that a repeated request writes it once."""

    note_id: Id
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class AlertIn(BaseModel):
    """An alert as a vendor sends it. Unknown fields are kept with the raw payload.

    ``source`` and ``external_id`` name the alert; sent again with a higher ``revision`` it is corrected,
    with the same or a lower one it changes nothing.
    """

    model_config = ConfigDict(extra="ignore")

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    external_id: Id
    revision: int = Field(0, ge=0, le=2**31 - 1)
    kind: AlertKind
    urgency: Urgency
    title: Title
    detail: str = Field("", max_length=10_000)
    place: str = Field("", max_length=300)
    lat: Latitude | None = None
    lon: Longitude | None = None
    occurred_at: AwareDatetime


class AlertAccepted(Message):
    """What became of an ingested alert."""

    id: str
    outcome: Literal["created", "revised", "unchanged"]
    sequence: int


class RefusedRowOut(Message):
    """A refused row of a camera file, counted from 1."""

    row: int
    reason: str


class ImportPlanOut(Message):
    """What an import would do; ``token`` carries it out once."""

    token: str
    added: int
    changed: int
    unchanged: int
    refused: list[RefusedRowOut]


# State, as snapshots and events carry it


class StreamMessage(Message):
    """One stream of a camera, without its address."""

    quality: Quality
    kind: StreamKind
    width: int | None = None
    height: int | None = None
    fps: float | None = None


class CameraMessage(Message):
    """A camera of the directory."""

    id: str
    name: str
    lat: Latitude
    lon: Longitude
    place: str = ""
    bearing_deg: float | None = None
    fov_deg: float | None = None
    tags: list[str] = []
    streams: list[StreamMessage] = []
    privacy_masks: list[MaskMessage] = []


class AlertMessage(Message):
    """An alert with what the room has done about it."""

    id: str
    source: str
    external_id: str
    revision: int
    kind: AlertKind
    urgency: Urgency
    title: str
    detail: str = ""
    place: str = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    status: AlertStatus = AlertStatus.NEW
    handled_by: str = ""


class TimelineMessage(Message):
    """One line of an incident's record."""

    at: AwareDatetime
    who: str
    kind: EntryKind
    text: str = ""


class PinMessage(Message):
    """One pinned camera."""

    camera_id: str
    pinned_by: str
    pinned_at: AwareDatetime


class WithheldMessage(Message):
    """Who keeps an incident's looks from the cameras' owners while it is open, and since when."""

    by: str
    at: AwareDatetime


class IncidentMessage(Message):
    """An incident with its pins and its whole timeline, oldest first."""

    id: str
    title: str
    opened_at: AwareDatetime
    opened_by: str
    lat: Latitude | None = None
    lon: Longitude | None = None
    closed_at: AwareDatetime | None = None
    alert_ids: list[str] = []
    pins: list[PinMessage] = []
    timeline: list[TimelineMessage] = []
    withheld: WithheldMessage | None = None


class SnapshotMessage(Message):
    """The hub's state after event ``sequence``."""

    hub_id: str
    sequence: int
    secrets: Literal["vault", "memory"] = "vault"
    """Whether camera passwords outlive this run of the hub; "memory" is worth a word to the operator."""
    cameras: list[CameraMessage]
    alerts: list[AlertMessage]
    incidents: list[IncidentMessage]


# Live


class EventMessage(Message):
    """One numbered event: CloudEvents 1.0 in JSON with the extension attribute ``sequence``.

    ``type`` is `EVENT_PREFIX` and one of ``camera.upserted`` (data: `CameraMessage`), ``camera.removed``
    (data: ``{"id"}``), ``alert.upserted`` (`AlertMessage`), ``alert.removed`` (data: ``{"id"}``),
    ``incident.upserted`` (`IncidentMessage`),
    ``lease.granted`` or ``lease.ended`` (data: ``{"id", "camera_id", "quality", "user"}``),
    ``approval.changed`` (data: ``{"id", "right", "camera_id", "who", "state"}``).
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    subject: str | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: int
    data: dict[str, Any]


class Welcome(Message):
    """First frame of the live socket: the number of the newest event."""

    type: Literal["welcome"] = "welcome"
    hub_id: str
    head: int


class Events(Message):
    """One or more events in ascending order of their numbers, without gaps for this console."""

    type: Literal["events"] = "events"
    events: list[EventMessage]


class Reset(Message):
    """The console's number is not in this hub's log, or too far back: load a snapshot and connect again."""

    type: Literal["reset"] = "reset"
    reason: str


LiveFrame = Annotated[Welcome | Events | Reset, Field(discriminator="type")]
