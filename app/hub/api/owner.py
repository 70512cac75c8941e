"""What a camera's owner sees and does by their link (R40). To read it is on record too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query

from app.domain.audit import Act, AuditEntry, Outcome
from app.domain.owner_telling import OwnerTerms
from app.hub import owners
from app.hub.api.access import TheHub
from app.hub.api.owner_door import Owner, TheOwner
from app.hub.core import Hub
from app.hub.db.consent_history import NumberedConsent, history_of
from app.hub.db.database import Rows
from app.hub.db.directory import listings
from app.hub.db.look_book import LookOnRecord, looks_for_owner
from app.hub.db.owner_terms import terms_of, titles_of
from app.hub.db.tables import leases
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NotFoundError
from app.wire.consent_told import WindowOut
from app.wire.hub import API
from app.wire.owners import (
    OwnerCamera,
    OwnerCameras,
    OwnerConsent,
    OwnerLeft,
    OwnerLook,
    OwnerLooks,
    OwnerRevoked,
)

router = APIRouter(prefix=f"{API}/owner", tags=["owners"])

_DELAYED = "A look may be listed later than it was: while its incident is open and kept from owners"
_HELD = (
    "Your link has ended, and your consents. What the law holds stays: the control room's audit record of "
    "who looked at your cameras, when and what for, of your consents' terms and of this. It knows you by a "
    "number, not by name."
)
_SHARED = " A camera that somebody else owns too stays in the directory, closed, until they agree anew."


@router.get("/cameras")
async def own_cameras(hub: TheHub, owner: TheOwner) -> OwnerCameras:
    """Return the owner's cameras, each with the consent that holds."""
    await _read(hub, owner, "cameras")
    async with hub.database.reading() as reading:
        directory = await listings(reading, owner.link.camera_ids)
        cameras = [
            OwnerCamera(
                id=camera_id,
                name=listing.camera.name,
                place=listing.camera.place,
                present=_present(await history_of(reading, camera_id)),
            )
            for camera_id, listing in directory.items()
        ]
    cameras.sort(key=lambda camera: (camera.name.casefold(), camera.id))
    return OwnerCameras(ends_at=owner.link.ends_at, cameras=cameras)


@router.get("/looks")
async def own_looks(
    hub: TheHub,
    owner: TheOwner,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OwnerLooks:
    """Return who looked at the owner's cameras, when and for which incident, newest first."""
    await _read(hub, owner, "looks")
    async with hub.database.reading() as reading:
        terms = await terms_of(reading)
        told_until = hub.now() - timedelta(hours=terms.delay_hours)
        found = await looks_for_owner(reading, owner.link.camera_ids, told_until, before, limit)
        looks = await _told(reading, terms, found)
    delay = f", and for {terms.delay_hours} hours after it began" if terms.delay_hours else ""
    return OwnerLooks(
        looks=looks,
        before=found[-1].position if len(found) == limit else None,
        told_until=told_until,
        words=f"{_DELAYED}{delay}.",
    )


@router.post("/cameras/{camera_id:path}/revoke")
async def revoke(hub: TheHub, owner: TheOwner, camera_id: str) -> OwnerRevoked:
    """End the owner's consent for a camera at once, and every look at it."""
    work = partial(owners.revoke, link_id=owner.link.id, camera_id=camera_id)
    try:
        return OwnerRevoked(looks_ended=await hub.journal.write(owner.by, work))
    except NotFoundError:
        refused = AuditEntry(
            Act.OWNER_REVOKE, "camera", Outcome.REFUSED, camera_id=camera_id[:200], detail="not theirs"
        )
        await hub.denials.record(owner.by, refused)
        raise


@router.post("/leave")
async def leave(hub: TheHub, owner: TheOwner) -> OwnerLeft:
    """End the owner's consents and link, and take the cameras that are theirs alone out of the directory."""
    left = await hub.journal.write(owner.by, partial(owners.leave, link_id=owner.link.id))
    for listing in left.removed:
        for source in listing.sources.values():
            if source.secret_ref is not None:
                await hub.vault.forget(source.secret_ref)
    return OwnerLeft(
        looks_ended=left.looks_ended,
        cameras_removed=[listing.camera.id for listing in left.removed],
        cameras_shared=list(left.shared),
        words=_HELD + (_SHARED if left.shared else ""),
    )


async def _read(hub: Hub, owner: Owner, what: str) -> None:
    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.OWNER_READ, f"owner/{owner.link.id}", detail=what))

    await hub.journal.write(owner.by, work)


async def _told(rows: Rows, terms: OwnerTerms, found: list[LookOnRecord]) -> list[OwnerLook]:
    names = await listings(rows, {look.camera_id for look in found})
    titles = await titles_of(rows, {look.incident_id for look in found if look.incident_id})
    query = sa.select(leases.c.id, leases.c.title).where(leases.c.id.in_([look.lease_id for look in found]))
    roles = {row["id"]: row["title"] for row in await rows.rows(query)}

    def incident(look: LookOnRecord) -> str:
        if look.incident_id is None:
            return ""
        number = f"No. {look.incident_id[:8]}"
        return titles.get(look.incident_id, number) if terms.tells_titles else number

    return [
        OwnerLook(
            number=look.position,
            camera_id=look.camera_id,
            camera=names[look.camera_id].camera.name if look.camera_id in names else look.camera_id,
            began_at=look.at,
            ended_at=look.ended_at,
            who=look.who if terms.tells_names else "",
            role=roles.get(look.lease_id, ""),
            reason=look.reason,
            incident=incident(look),
        )
        for look in found
    ]


def _present(history: list[NumberedConsent]) -> OwnerConsent | None:
    if not history:
        return None
    held = history[0].consent
    return OwnerConsent(
        number=history[0].number,
        recorded_at=history[0].recorded_at,
        level=held.level,
        scope=held.scope,
        valid_from=held.valid_from,
        valid_until=held.valid_until,
        windows=[WindowOut.of(window) for window in held.windows],
        zone=held.zone,
        radius_m=held.radius_m,
        minutes=held.minutes,
    )
