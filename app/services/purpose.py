"""What a look is for, as far as the desk knows: the open incident to which its camera is pinned.

The operator says so by pinning; the hub decides whether it is enough.
"""

from __future__ import annotations

from app.domain.alert import AlertKind
from app.domain.consent import NO_PURPOSE, Purpose, Reason
from app.domain.ids import CameraId
from app.domain.incident import Incident
from app.store.state import Store

_REASONS = {
    AlertKind.CALL_911: Reason.CALL_911,
    AlertKind.GUNSHOT: Reason.GUNSHOT,
    AlertKind.PLATE_HIT: Reason.PLATE_HIT,
    AlertKind.PANIC: Reason.PANIC,
}


def purpose_of(store: Store, camera_id: CameraId) -> Purpose:
    """Return what a look at the camera is for: of several open incidents the one opened last."""
    pinned = [
        incident
        for incident in store.incidents.values()
        if incident.is_open and any(pin.camera_id == camera_id for pin in incident.pins)
    ]
    if not pinned:
        return NO_PURPOSE
    incident = max(pinned, key=lambda incident: incident.opened_at)
    return Purpose(_reason(store, incident), incident.id)


def _reason(store: Store, incident: Incident) -> Reason:
    for alert_id in incident.alert_ids:
        alert = store.alerts.get(alert_id)
        if alert is not None and alert.kind in _REASONS:
            return _REASONS[alert.kind]
    return Reason.OPEN_INCIDENT
