"""Wire ↔ domain, once at the boundary."""

from __future__ import annotations

from pydantic import ValidationError

from app.domain.alert import Alert
from app.domain.camera import Camera, Lease, StreamKey, StreamProfile
from app.domain.errors import ProtocolError
from app.domain.events import (
    AlertRemoved,
    AlertUpserted,
    ApprovalChanged,
    CameraRemoved,
    CameraUpserted,
    DeskChanged,
    HubEvent,
    HubFact,
    HubOther,
    IncidentUpserted,
    LeaseRevoked,
    PresenceStale,
    SnapshotLoaded,
)
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, Sequence
from app.domain.incident import HeldBack, Incident, Pin, TimelineEntry
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from app.wire.hub import (
    EVENT_PREFIX,
    AlertMessage,
    CameraMessage,
    EventMessage,
    IncidentMessage,
    LeaseOut,
    PinMessage,
    SessionOut,
    SnapshotMessage,
    StreamMessage,
    TimelineMessage,
    WithheldMessage,
)
from app.wire.privacy_masks import masks_from, masks_to


def position_of(lat: float | None, lon: float | None) -> LatLon | None:
    """Return the position, None where either half is missing."""
    return None if lat is None or lon is None else LatLon(lat, lon)


def camera_from(message: CameraMessage) -> Camera:
    """Return the camera that a message describes."""
    return Camera(
        id=CameraId(message.id),
        name=message.name,
        position=LatLon(message.lat, message.lon),
        place=message.place,
        bearing_deg=message.bearing_deg,
        fov_deg=message.fov_deg,
        tags=tuple(message.tags),
        streams=tuple(
            StreamProfile(stream.quality, stream.kind, stream.width, stream.height, stream.fps)
            for stream in message.streams
        ),
        privacy_masks=masks_from(message.privacy_masks),
    )


def camera_to(camera: Camera) -> CameraMessage:
    """Return the message that describes a camera."""
    return CameraMessage(
        id=camera.id,
        name=camera.name,
        lat=camera.position.lat,
        lon=camera.position.lon,
        place=camera.place,
        bearing_deg=camera.bearing_deg,
        fov_deg=camera.fov_deg,
        tags=list(camera.tags),
        streams=[
            StreamMessage(quality=s.quality, kind=s.kind, width=s.width, height=s.height, fps=s.fps)
            for s in camera.streams
        ],
        privacy_masks=masks_to(camera.privacy_masks),
    )


def alert_from(message: AlertMessage) -> Alert:
    """Return the alert that a message describes."""
    return Alert(
        id=AlertId(message.id),
        source=message.source,
        external_id=message.external_id,
        revision=message.revision,
        kind=message.kind,
        urgency=message.urgency,
        title=message.title,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        detail=message.detail,
        place=message.place,
        position=position_of(message.lat, message.lon),
        status=message.status,
        handled_by=message.handled_by,
    )


def alert_to(alert: Alert) -> AlertMessage:
    """Return the message that describes an alert."""
    return AlertMessage(
        id=alert.id,
        source=alert.source,
        external_id=alert.external_id,
        revision=alert.revision,
        kind=alert.kind,
        urgency=alert.urgency,
        title=alert.title,
        detail=alert.detail,
        place=alert.place,
        lat=alert.position.lat if alert.position else None,
        lon=alert.position.lon if alert.position else None,
        occurred_at=alert.occurred_at,
        received_at=alert.received_at,
        status=alert.status,
        handled_by=alert.handled_by,
    )


def incident_from(message: IncidentMessage) -> Incident:
    """Return the incident that a message describes."""
    return Incident(
        id=IncidentId(message.id),
        title=message.title,
        opened_at=message.opened_at,
        opened_by=message.opened_by,
        position=position_of(message.lat, message.lon),
        closed_at=message.closed_at,
        alert_ids=tuple(AlertId(i) for i in message.alert_ids),
        pins=tuple(Pin(CameraId(p.camera_id), p.pinned_by, p.pinned_at) for p in message.pins),
        timeline=tuple(TimelineEntry(e.at, e.who, e.kind, e.text) for e in message.timeline),
        held_back=HeldBack(message.withheld.by, message.withheld.at) if message.withheld else None,
    )


def incident_to(incident: Incident) -> IncidentMessage:
    """Return the message that describes an incident."""
    return IncidentMessage(
        id=incident.id,
        title=incident.title,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        lat=incident.position.lat if incident.position else None,
        lon=incident.position.lon if incident.position else None,
        closed_at=incident.closed_at,
        alert_ids=list(incident.alert_ids),
        pins=[
            PinMessage(camera_id=p.camera_id, pinned_by=p.pinned_by, pinned_at=p.pinned_at)
            for p in incident.pins
        ],
        timeline=[TimelineMessage(at=e.at, who=e.who, kind=e.kind, text=e.text) for e in incident.timeline],
        withheld=WithheldMessage(by=held.by, at=held.at) if (held := incident.held_back) else None,
    )


def session_from(message: SessionOut) -> OwnSession:
    """Return the session that the hub told of; rights that this console does not know are left out."""
    known = {right.value for right in Right}
    return OwnSession(
        message.user,
        tuple(message.roles),
        frozenset(Right(right) for right in message.rights if right in known),
        message.until,
        message.ends_by_shift,
        unlocks_at=message.unlocks_at,
        unlocks_by_password=message.unlocks_by_password,
    )


def lease_from(message: LeaseOut) -> Lease:
    """Return the lease that the hub granted."""
    return Lease(
        id=message.id,
        key=StreamKey(CameraId(message.camera_id), message.quality),
        kind=message.kind,
        url=message.url,
        expires_at=message.expires_at,
        fps=message.fps,
        privacy_masks=masks_from(message.privacy_masks),
        watermark=message.watermark,
    )


def snapshot_from(message: SnapshotMessage) -> SnapshotLoaded:
    """Return the state that a snapshot describes."""
    return SnapshotLoaded(
        sequence=Sequence(message.sequence),
        cameras=tuple(camera_from(c) for c in message.cameras),
        alerts=tuple(alert_from(a) for a in message.alerts),
        incidents=tuple(incident_from(i) for i in message.incidents),
    )


def event_from(message: EventMessage) -> HubEvent:
    """Return the numbered fact that an event tells.

    Raises:
        ProtocolError: the data does not fit the event's type.
    """
    try:
        fact = _fact(message.type.removeprefix(EVENT_PREFIX), message.data)
    except (ValidationError, KeyError) as error:
        raise ProtocolError(f"event {message.sequence} ({message.type}) has unfit data") from error
    return HubEvent(Sequence(message.sequence), fact)


def _fact(kind: str, data: dict[str, object]) -> HubFact:
    match kind:
        case "camera.upserted":
            return CameraUpserted(camera_from(CameraMessage.model_validate(data)))
        case "camera.removed":
            return CameraRemoved(CameraId(str(data["id"])))
        case "alert.upserted":
            return AlertUpserted(alert_from(AlertMessage.model_validate(data)))
        case "alert.removed":
            return AlertRemoved(AlertId(str(data["id"])))
        case "incident.upserted":
            return IncidentUpserted(incident_from(IncidentMessage.model_validate(data)))
        case "lease.ended" if data.get("because") == "revoked":
            return LeaseRevoked(str(data["id"]), str(data.get("words") or ""))
        case "presence.changed" | "shift.changed":
            return PresenceStale()
        case "desk.changed":
            return DeskChanged()
        case "approval.changed":
            return ApprovalChanged(str(data["id"]))
        case _:
            return HubOther(kind)
