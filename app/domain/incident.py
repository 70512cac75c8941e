"""Incidents: what the room works on, with the cameras pinned to it and a record of who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId


class EntryKind(StrEnum):
    """What a line of the timeline records."""

    OPENED = "opened"
    ALERT_ADDED = "alert_added"
    CAMERA_PINNED = "camera_pinned"
    CAMERA_UNPINNED = "camera_unpinned"
    NOTE = "note"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an incident's record: written by the hub, never changed."""

    at: datetime
    who: str
    kind: EntryKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A camera that somebody tied to the incident."""

    camera_id: CameraId
    pinned_by: str
    pinned_at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Who kept the looks for an incident from the cameras' owners, and since when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; ``timeline`` is oldest first, ``closed_at`` None while it is open.

    ``held_back`` keeps its looks from the cameras' owners while it is open, and no longer.
    """

    id: IncidentId
    title: str
    opened_at: datetime
    opened_by: str
    position: LatLon | None = None
    closed_at: datetime | None = None
    alert_ids: tuple[AlertId, ...] = ()
    pins: tuple[Pin, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    held_back: HeldBack | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the room still works on it."""
        return self.closed_at is None
