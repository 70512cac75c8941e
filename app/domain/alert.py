"""Alerts: what a sensor, a dispatcher or a plate reader says has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from app.domain.geo import LatLon
from app.domain.ids import AlertId


class AlertKind(StrEnum):
    """Where an alert comes from, in the room's own words."""

    CALL_911 = "call_911"
    GUNSHOT = "gunshot"
    PLATE_HIT = "plate_hit"
    PANIC = "panic"
    OTHER = "other"


class Urgency(IntEnum):
    """How soon somebody must look: 1 is now."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


class AlertStatus(StrEnum):
    """What the room has done with an alert."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. ``revision`` counts the source's own corrections; the highest one wins."""

    id: AlertId
    source: str
    external_id: str
    revision: int
    kind: AlertKind
    urgency: Urgency
    title: str
    occurred_at: datetime
    received_at: datetime
    detail: str = ""
    place: str = ""
    position: LatLon | None = None
    status: AlertStatus = AlertStatus.NEW
    handled_by: str = ""


def queue_order(alert: Alert) -> tuple[int, int, float, str]:
    """Return the sort key of the alert queue: open first, most urgent first, then newest first.

    A sender whose clock is fast gets no better place than the time at which its alert came.
    """
    handled = 0 if alert.status is AlertStatus.NEW else 1
    happened = min(alert.occurred_at, alert.received_at)
    return (handled, int(alert.urgency), -happened.timestamp(), alert.id)
