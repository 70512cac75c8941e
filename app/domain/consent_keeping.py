"""Consents as the console reads and records them at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.consent import Consent, ConsentLevel, ConsentScope
from app.domain.ids import CameraId


@dataclass(frozen=True, slots=True)
class PrivateCamera:
    """How far a private camera is shared."""

    camera_id: CameraId
    level: ConsentLevel
    scope: ConsentScope
    valid_from: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedConsent:
    """A consent as it was recorded: the camera's first one has the number 1."""

    number: int
    recorded_at: datetime
    consent: Consent


@dataclass(frozen=True, slots=True)
class ConsentEffect:
    """What recording a consent ended: looks, and links of an owner whose camera it was until now."""

    looks_ended: int = 0
    links_ended: int = 0


class ConsentGateway(Protocol):
    """Consents, at the hub.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def private_cameras(self) -> tuple[PrivateCamera, ...]:
        """Return every private camera."""
        ...

    async def history(self, camera_id: CameraId) -> tuple[RecordedConsent, ...]:
        """Return a camera's consents, newest first; the first one holds. None: it is the city's own."""
        ...

    async def record(self, camera_id: CameraId, consent: Consent) -> ConsentEffect:
        """Record what a camera's owner agreed to, and return what that ended.

        Raises:
            UnfitInputError: the hub names the fields that do not fit, too.
        """
        ...
