"""What changed, as ids only: views read the rest from the store."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.domain.camera import StreamKey
from app.domain.ids import AlertId, CameraId, IncidentId, WallId


@dataclass(frozen=True, slots=True)
class Changes:
    """The ids touched by one or more events. Merge with ``|``; false when nothing changed."""

    cameras: frozenset[CameraId] = frozenset()
    alerts: frozenset[AlertId] = frozenset()
    incidents: frozenset[IncidentId] = frozenset()
    walls: frozenset[WallId] = frozenset()
    streams: frozenset[StreamKey] = frozenset()
    selection: bool = False
    link: bool = False
    session: bool = False
    notices: bool = False
    presence: bool = False
    """Who is on shift is known anew."""
    presence_stale: bool = False
    """Who is on shift has changed and is to be asked for."""
    approvals: bool = False
    """A second person was asked, or has answered."""
    desks: bool = False
    """An enrolled desk is another one; the hub is to be asked which of this one's walls stay lit."""
    heard: frozenset[CameraId] = frozenset()
    """Cameras that are listened to, or were until now."""
    all_reloaded: bool = False
    """The whole state was replaced by a snapshot."""

    def __or__(self, other: Changes) -> Changes:
        return Changes(**{f.name: getattr(self, f.name) | getattr(other, f.name) for f in fields(self)})

    def __bool__(self) -> bool:
        return any(bool(getattr(self, f.name)) for f in fields(self))
