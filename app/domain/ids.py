"""Identifiers, kept apart by type so that an alert's id is never handed in as a camera's."""

from typing import NewType

CameraId = NewType("CameraId", str)
AlertId = NewType("AlertId", str)
IncidentId = NewType("IncidentId", str)
WallId = NewType("WallId", str)
TileIndex = NewType("TileIndex", int)
"""Position of a tile on a wall, counted from 0 in reading order."""
Sequence = NewType("Sequence", int)
"""Number of an event in the hub's log: starts at 1, never reused."""
