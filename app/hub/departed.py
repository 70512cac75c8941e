"""Cameras whose owners have left: a list that brings one again does not open it (R40)."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.camera import Camera
from app.domain.consent import Consent, ConsentLevel, ConsentScope
from app.hub.db.consent_book import write_consent
from app.hub.db.owner_book import departed_among
from app.hub.db.unit_of_work import UnitOfWork


async def keep_closed(uow: UnitOfWork, new: Iterable[Camera]) -> None:
    """Register those of the new cameras whose owners have left, so that nobody looks at them.

    Without a consent a camera is the city's own, and an old list would open it to the whole room.
    """
    ids = {camera.id for camera in new}
    for camera_id in sorted(await departed_among(uow, ids)):
        consent = Consent(
            ConsentLevel.REGISTERED,
            ConsentScope.ALWAYS,
            "An owner who has left",
            "The camera was left; a list named it again",
            uow.now,
        )
        await write_consent(uow, camera_id, consent)
