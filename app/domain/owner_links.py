"""Links of private cameras' owners as the console makes them and takes them back at the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """A link that was made, without what opens it."""

    id: str
    name: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    camera_ids: tuple[CameraId, ...]


@dataclass(frozen=True, slots=True)
class NewOwnerLink:
    """A link at the moment that it is made; the hub cannot say its address again.

    ``here_only``: it leads to this computer, which no owner reaches.
    """

    link: OwnerLink
    address: str = field(repr=False)
    here_only: bool


class OwnerLinkGateway(Protocol):
    """Owners' links, at the hub.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def links(self, camera_id: CameraId) -> tuple[OwnerLink, ...]:
        """Return the links that open a camera, newest first."""
        ...

    async def make(self, camera_ids: Sequence[CameraId]) -> NewOwnerLink:
        """Make a link for the owner of these cameras."""
        ...

    async def take_back(self, link_id: str) -> None:
        """Let a link open nothing any more."""
        ...
