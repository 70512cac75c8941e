"""The store: the console's whole state, changed by `Store.apply` and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from app.domain.camera import Camera, StreamKey
from app.domain.changes import Changes
from app.domain.errors import ProtocolError
from app.domain.events import (
    AlertRemoved,
    AlertSelected,
    AlertUpserted,
    ApprovalChanged,
    CameraRemoved,
    CameraUpserted,
    DeskChanged,
    DomainEvent,
    HubEvent,
    HubFact,
    HubOther,
    IncidentUpserted,
    LeaseRevoked,
    LinkChanged,
    LinkState,
    ListeningChanged,
    LooksKept,
    Notice,
    NoticeDismissed,
    NoticeRaised,
    PresenceLoaded,
    PresenceStale,
    SessionChanged,
    SnapshotLoaded,
    StreamChanged,
    StreamClosed,
    WallChanged,
)
from app.domain.ids import AlertId, CameraId, IncidentId, Sequence, WallId
from app.domain.incident import Incident
from app.domain.own_session import OwnSession
from app.domain.presence import Present
from app.domain.rights import Right
from app.domain.sound import Heard
from app.domain.stream_state import StreamStatus
from app.domain.wall import Wall
from app.store.alert_queue import AlertQueue

Subscriber = Callable[[Changes], None]
_REVOKED = 1000


class Store:
    """One writer, on the UI thread; views read the properties and re-read them when told of a change."""

    def __init__(self, *, alert_limit: int = 20_000) -> None:
        self._cameras: dict[CameraId, Camera] = {}
        self._incidents: dict[IncidentId, Incident] = {}
        self._walls: dict[WallId, Wall] = {}
        self._streams: dict[StreamKey, StreamStatus] = {}
        self._notices: dict[int, Notice] = {}
        self._revoked: dict[str, str] = {}
        self._subscribers: list[Subscriber] = []
        self.alerts = AlertQueue(alert_limit)
        self.sequence = Sequence(0)
        self.reloads = 0
        """How often a snapshot took the place of what was known: events between may have been missed."""
        self.alerts_received = 0
        self.link = LinkState.CONNECTING
        self.link_detail = ""
        self.session: OwnSession | None = None
        """Who has signed in here, None while nobody has; `session_words` then say why."""
        self.session_words = ""
        self.session_over = False
        """Whether a session is waited for: false before the desk has said so the first time."""
        self.kept: frozenset[str] | None = None
        """The leases that go on while the desk is locked, None while the hub has not said so."""
        self.present: tuple[Present, ...] | None = None
        """Who has signed in at the hub, None where that is not known."""
        self.selected_alert: AlertId | None = None
        self.heard: Heard | None = None
        """The camera that is listened to, None where none is."""

    @property
    def cameras(self) -> Mapping[CameraId, Camera]:
        """The camera directory."""
        return MappingProxyType(self._cameras)

    @property
    def incidents(self) -> Mapping[IncidentId, Incident]:
        """Every incident that the hub told of."""
        return MappingProxyType(self._incidents)

    @property
    def walls(self) -> Mapping[WallId, Wall]:
        """The walls of this desk."""
        return MappingProxyType(self._walls)

    @property
    def streams(self) -> Mapping[StreamKey, StreamStatus]:
        """The status of each open stream."""
        return MappingProxyType(self._streams)

    @property
    def revoked(self) -> Mapping[str, str]:
        """The leases that the hub took back lately, by their ids, each with its words for the operator."""
        return MappingProxyType(self._revoked)

    @property
    def notices(self) -> Mapping[int, Notice]:
        """What the operator should know and has not put away, oldest first."""
        return MappingProxyType(self._notices)

    @property
    def shut(self) -> bool:
        """Say whether somebody has to sign in or unlock the desk before anything may be looked at."""
        return self.session_over or (self.session is not None and self.session.locked)

    @property
    def lit_walls(self) -> frozenset[WallId]:
        """The walls that stay lit now, at a locked desk; none while somebody works here or is waited for."""
        session = self.session
        if session is None or not session.locked or self.session_over or self.kept == frozenset():
            return frozenset()
        return session.exempt_walls

    def may(self, right: Right) -> bool:
        """Say whether whoever sits here may: what would be refused is not offered. The hub decides."""
        return self.session is None or self.session.may(right)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber`` after each change, at once and on the same thread; returns how to stop."""
        self._subscribers.append(subscriber)
        return partial(self._subscribers.remove, subscriber)

    def apply(self, event: DomainEvent) -> Changes:
        """Apply one event, tell the subscribers, and return what changed.

        A hub event whose number is not above the last one is a repeat and changes nothing.

        Raises:
            ProtocolError: a hub event's number leaves a gap; the caller loads a snapshot.
        """
        changes = self._reduce(event)
        if changes:
            for subscriber in tuple(self._subscribers):
                subscriber(changes)
        return changes

    def _reduce(self, event: DomainEvent) -> Changes:
        match event:
            case HubEvent(sequence, fact):
                return self._numbered(sequence, fact)
            case SnapshotLoaded():
                return self._reload(event)
            case StreamChanged(key, status):
                if self._streams.get(key) == status:
                    return Changes()
                self._streams[key] = status
                return Changes(streams=frozenset((key,)))
            case StreamClosed(key):
                known = self._streams.pop(key, None)
                return Changes(streams=frozenset((key,))) if known else Changes()
            case ListeningChanged(heard):
                before, self.heard = self.heard, heard
                touched = {h.camera_id for h in (before, heard) if h is not None}
                return Changes(heard=frozenset(touched)) if before != heard else Changes()
            case WallChanged(wall):
                if self._walls.get(wall.id) == wall:
                    return Changes()
                self._walls[wall.id] = wall
                return Changes(walls=frozenset((wall.id,)))
            case LinkChanged(state, detail):
                if (self.link, self.link_detail) == (state, detail):
                    return Changes()
                self.link, self.link_detail = state, detail
                return Changes(link=True)
            case SessionChanged(session, words):
                return self._enter(session, words)
            case LooksKept(leases):
                changed = self.kept != leases
                self.kept = leases
                return Changes(session=changed)
            case PresenceLoaded(present):
                changed = self.present != present
                self.present = present
                return Changes(presence=changed)
            case AlertSelected(alert_id):
                changed = self.selected_alert != alert_id
                self.selected_alert = alert_id
                return Changes(selection=changed)
            case NoticeRaised(notice):
                self._notices[notice.id] = notice
                return Changes(notices=True)
            case NoticeDismissed(notice_id):
                return Changes(notices=self._notices.pop(notice_id, None) is not None)

    def _enter(self, session: OwnSession | None, words: str) -> Changes:
        before = (self.session, self.session_words, self.session_over)
        known_to = self.session.user if self.session is not None else None
        self.session, self.session_words, self.session_over = session, words, session is None
        if session is None or not session.locked:
            self.kept = None
        changed = (self.session, self.session_words, self.session_over) != before
        if known_to is not None and (session is None or session.user != known_to):
            # What was told to one person is not for the next one.
            self.present = None
            self._notices = {id_: notice for id_, notice in self._notices.items() if not notice.personal}
            gone = self._reload(SnapshotLoaded(self.sequence, (), (), ()))
            return gone | Changes(session=True, presence=True, notices=True)
        return Changes(session=changed)

    def _numbered(self, sequence: Sequence, fact: HubFact) -> Changes:
        if sequence <= self.sequence:
            return Changes()
        if sequence != self.sequence + 1:
            raise ProtocolError(f"event {sequence} came after {self.sequence}")
        self.sequence = sequence
        match fact:
            case CameraUpserted(camera):
                self._cameras[camera.id] = camera
                return Changes(cameras=frozenset((camera.id,)))
            case CameraRemoved(camera_id):
                self._cameras.pop(camera_id, None)
                return Changes(cameras=frozenset((camera_id,)))
            case AlertUpserted(alert):
                self.alerts_received += self.alerts.get(alert.id) is None
                return Changes(alerts=self.alerts.put(alert))
            case AlertRemoved(alert_id):
                unselected = self.selected_alert == alert_id
                if unselected:
                    self.selected_alert = None
                return Changes(alerts=self.alerts.remove(alert_id), selection=unselected)
            case IncidentUpserted(incident):
                self._incidents[incident.id] = incident
                return Changes(incidents=frozenset((incident.id,)))
            case LeaseRevoked(lease_id, words):
                self._revoked[lease_id] = words
                if len(self._revoked) > _REVOKED:
                    del self._revoked[next(iter(self._revoked))]
                return Changes()
            case PresenceStale():
                return Changes(presence_stale=True)
            case ApprovalChanged():
                return Changes(approvals=True)
            case DeskChanged():
                return Changes(desks=True)
            case HubOther():
                return Changes()

    def _reload(self, snapshot: SnapshotLoaded) -> Changes:
        self.sequence = snapshot.sequence
        self.reloads += 1
        self._cameras = {camera.id: camera for camera in snapshot.cameras}
        self._incidents = {incident.id: incident for incident in snapshot.incidents}
        known = {alert.id for alert in self.alerts}
        self.alerts.clear()
        for alert in snapshot.alerts:
            self.alerts_received += alert.id not in known
            self.alerts.put(alert)
        if self.selected_alert is not None and self.alerts.get(self.selected_alert) is None:
            self.selected_alert = None
        return Changes(all_reloaded=True, selection=True)
