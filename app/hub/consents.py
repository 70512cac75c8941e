"""A camera's consent and the looks under it: what is taken back ends at once, for everybody (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.camera import Camera
from app.domain.consent import Consent, Granted, Withheld, judge_look
from app.hub.db.consent_book import consent_of, consents_of, write_consent
from app.hub.db.database import Rows
from app.hub.db.directory import camera_by_id, listings
from app.hub.db.incident_book import incident_by_id
from app.hub.db.lease_book import LeaseRecord, running_leases, write_end
from app.hub.db.owner_book import close_links_to, note_departed
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NotFoundError

_CHANGED = "The consent of the camera's owner was changed; it is asked for anew."


@dataclass(frozen=True, slots=True)
class ConsentSet:
    """What recording a consent ended: looks, and links of an owner whose camera it was until now."""

    looks_ended: int
    links_ended: int


async def set_consent(uow: UnitOfWork, camera_id: str, consent: Consent, words: str = "") -> ConsentSet:
    """Record what a camera's owner agreed to, and end the looks at it.

    ``words`` are for the desks, in place of what the new consent says to their looks.

    All of them, for a look that began under another consent has another end, and perhaps another right. Desks
    ask anew at once, and what is within the new consent goes on.

    Where somebody else gives it than gave the one before, the camera has changed hands: links made until now
    open it no more, and its next owner is not told of the looks of this one's time.

    Raises:
        NotFoundError: no such camera.
    """
    camera = await camera_by_id(uow, camera_id)
    if camera is None:
        raise NotFoundError("There is no such camera in the directory.")
    before, links = await consent_of(uow, camera_id), 0
    if before is not None and before.giver != consent.giver:
        links = await close_links_to(uow, camera_id, "the camera changed hands")
        await note_departed(uow, [camera_id])
    await write_consent(uow, camera_id, consent)
    looks = [look for look in await running_leases(uow) if look.camera_id == camera_id]
    for look in looks:
        verdict = await _judge(uow, camera, consent, look.reason, look.incident_id, uow.now)
        told = verdict.message if isinstance(verdict, Withheld) else _CHANGED
        await write_end(uow, look, "revoked", words or told)
    return ConsentSet(len(looks), links)


async def end_withheld(uow: UnitOfWork, looks: list[LeaseRecord]) -> None:
    """End those of the looks that their cameras' owners do not allow any more."""
    camera_ids = {look.camera_id for look in looks}
    consents, directory = await consents_of(uow, camera_ids), await listings(uow, camera_ids)
    for look in looks:
        listing = directory.get(look.camera_id)
        if listing is None or look.camera_id not in consents:
            continue
        verdict = await _judge(
            uow, listing.camera, consents[look.camera_id], look.reason, look.incident_id, uow.now
        )
        if isinstance(verdict, Withheld):
            await write_end(uow, look, "revoked", verdict.message)


async def judge(
    rows: Rows, camera: Camera, reason: str, incident_id: str | None, at: datetime
) -> Granted | Withheld | None:
    """Return what a camera's owner says to a look, None where the camera is the city's own."""
    consent = await consent_of(rows, camera.id)
    return None if consent is None else await _judge(rows, camera, consent, reason, incident_id, at)


async def _judge(
    rows: Rows, camera: Camera, consent: Consent, reason: str, incident_id: str | None, at: datetime
) -> Granted | Withheld:
    incident = await incident_by_id(rows, incident_id) if incident_id is not None else None
    return judge_look(consent, camera.name, camera.position, at, reason, incident)
