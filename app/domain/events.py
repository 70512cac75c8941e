"""What can happen to the console's state. The store applies these and nothing else changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.alert import Alert
from app.domain.camera import Camera, StreamKey
from app.domain.ids import AlertId, CameraId, Sequence
from app.domain.incident import Incident
from app.domain.own_session import OwnSession
from app.domain.presence import Present
from app.domain.sound import Heard
from app.domain.stream_state import StreamStatus
from app.domain.wall import Wall


class LinkState(StrEnum):
    """The console's connection to the hub."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class CameraUpserted:
    """The directory gained or changed a camera."""

    camera: Camera


@dataclass(frozen=True, slots=True)
class CameraRemoved:
    """The directory lost a camera."""

    camera_id: CameraId


@dataclass(frozen=True, slots=True)
class AlertUpserted:
    """An alert arrived, was revised or handled; carries its whole state."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertRemoved:
    """An alert has left what whoever sits here may know."""

    alert_id: AlertId


@dataclass(frozen=True, slots=True)
class IncidentUpserted:
    """An incident was opened or changed; carries its whole state with the timeline."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class LeaseRevoked:
    """The hub took a lease back before its time; ``words`` are for the operator."""

    lease_id: str
    words: str


@dataclass(frozen=True, slots=True)
class PresenceStale:
    """Somebody came, went, locked or unlocked, or a shift has another end; who is there, the hub is asked."""


@dataclass(frozen=True, slots=True)
class ApprovalChanged:
    """Somebody asked for a second person's agreement, or got an answer; the hub tells the rest when asked."""

    approval_id: str


@dataclass(frozen=True, slots=True)
class DeskChanged:
    """An enrolled desk, or its walls that stay lit, are other ones; the hub tells which when asked."""


@dataclass(frozen=True, slots=True)
class HubOther:
    """A numbered hub event that the console has no use for; it still moves the number on."""

    type: str


HubFact = (
    CameraUpserted
    | CameraRemoved
    | AlertUpserted
    | AlertRemoved
    | IncidentUpserted
    | LeaseRevoked
    | PresenceStale
    | ApprovalChanged
    | DeskChanged
    | HubOther
)


@dataclass(frozen=True, slots=True)
class HubEvent:
    """One numbered fact from the hub's log. A number that is not above the last one is a repeat."""

    sequence: Sequence
    fact: HubFact


@dataclass(frozen=True, slots=True)
class SnapshotLoaded:
    """The hub's whole state at ``sequence``; replaces what was known."""

    sequence: Sequence
    cameras: tuple[Camera, ...]
    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection to the hub changed; ``detail`` is in the operator's words."""

    state: LinkState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """Somebody signed in at this desk, or the session ended (None); ``words`` then say why."""

    session: OwnSession | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class PresenceLoaded:
    """The hub said who has signed in; None where it does not answer."""

    present: tuple[Present, ...] | None


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """A stream's honest status at this moment."""

    key: StreamKey
    status: StreamStatus


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """Nobody looks at the stream any more."""

    key: StreamKey


@dataclass(frozen=True, slots=True)
class ListeningChanged:
    """Another camera is listened to (None: no one), or another thing is heard of it."""

    heard: Heard | None


@dataclass(frozen=True, slots=True)
class WallChanged:
    """A wall was rearranged."""

    wall: Wall


@dataclass(frozen=True, slots=True)
class AlertSelected:
    """The operator selected an alert, or none."""

    alert_id: AlertId | None


class NoticeLevel(StrEnum):
    """How a notice looks and how long it stays."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LooksKept:
    """The hub said which leases go on while the desk is locked; all others have ended."""

    leases: frozenset[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator should know; ``hint`` says what to do.

    ``personal``: it tells what somebody who has signed in does or did, and goes when they do.
    """

    id: int
    at: datetime
    level: NoticeLevel
    message: str
    hint: str = ""
    personal: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRaised:
    """A notice was raised."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class NoticeDismissed:
    """The operator put a notice away."""

    notice_id: int


DomainEvent = (
    HubEvent
    | SnapshotLoaded
    | LinkChanged
    | SessionChanged
    | LooksKept
    | PresenceLoaded
    | StreamChanged
    | StreamClosed
    | ListeningChanged
    | WallChanged
    | AlertSelected
    | NoticeRaised
    | NoticeDismissed
)
