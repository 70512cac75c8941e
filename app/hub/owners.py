"""What a camera's owner can do by their link: take the consent back, and leave (R40); and who makes links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from app.domain.audit import Act, AuditEntry
from app.domain.consent import Consent, ConsentLevel, ConsentScope
from app.domain.rights import Right
from app.hub.consents import set_consent
from app.hub.db.consent_book import consents_of
from app.hub.db.directory import Listing, listings, remove_camera
from app.hub.db.incident_book import IncidentRecord, incident_by_id
from app.hub.db.lease_book import running_leases
from app.hub.db.owner_book import (
    OwnerLink,
    drop_link,
    link_by_id,
    links_to,
    note_departed,
    write_link,
)
from app.hub.db.owner_terms import is_withheld, told_now, write_withheld
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, NotFoundError, UnfitError
from app.hub.sessions import key_of

YEAR = timedelta(days=365)
LONGEST = timedelta(days=5 * 365)
_TAKEN_BACK = "The owner of this camera took the consent back."
_LEFT = "The owner of this camera has left."


async def make_link(
    uow: UnitOfWork, token: str, camera_ids: Sequence[str], name: str, ends_at: datetime | None
) -> OwnerLink:
    """Make the link of a token, to private cameras of one owner.

    Without a name it is theirs who gave the first camera's consent; without an end it ends in a year.

    Raises:
        NotFoundError: no such camera.
        ConflictError: a camera without a consent has no owner but the city.
        ConflictError: nobody is named, and the consents were given by more than one.
        UnfitError: the end is past, or too far away.
    """
    ends_at = uow.now + YEAR if ends_at is None else ends_at
    if not uow.now < ends_at <= uow.now + LONGEST:
        raise UnfitError([("ends_at", "is after now, and within five years")])
    wanted = tuple(dict.fromkeys(camera_ids))
    known, given = await listings(uow, wanted), await consents_of(uow, wanted)
    for camera_id in wanted:
        if camera_id not in known:
            raise NotFoundError("There is no such camera in the directory.")
        if camera_id not in given:
            raise ConflictError(
                f"{known[camera_id].camera.name} is the city's own: no owner's consent is on record.",
                "Record what its owner agreed to first.",
            )
    givers = {given[camera_id].giver for camera_id in wanted}
    if not name and len(givers) > 1:
        # Each would see who looks at the other's camera, and could take it out.
        raise ConflictError(
            "The consents for these cameras were given by different owners.", "Make a link for each of them."
        )
    link = OwnerLink(
        uuid4().hex, name or given[wanted[0]].given_by, uow.by.name, uow.now, ends_at, tuple(sorted(wanted))
    )
    await write_link(uow, link, key_of(token))
    return link


async def end_link(uow: UnitOfWork, link_id: str) -> None:
    """Take a link back.

    Raises:
        NotFoundError: there is none of that id.
    """
    link = await link_by_id(uow, link_id)
    if link is None:
        raise NotFoundError("There is no such link.")
    await drop_link(uow, link, "taken back")


async def revoke(uow: UnitOfWork, link_id: str, camera_id: str) -> int:
    """End an owner's consent for a camera of theirs, and return how many looks ended that they may hear of.

    What was revoked already stays so; to ask for it is on record all the same.

    Raises:
        NotFoundError: none of the cameras that the link opens now.
    """
    link = await link_by_id(uow, link_id)
    if link is None or camera_id not in link.camera_ids:
        raise NotFoundError("None of your cameras has this id.", "Load the page again.")
    uow.audit(AuditEntry(Act.OWNER_REVOKE, f"camera/{camera_id}", camera_id=camera_id))
    return await _end_consent(uow, camera_id, "Revoked by the owner, by their link", _TAKEN_BACK)


async def _end_consent(uow: UnitOfWork, camera_id: str, how: str, words: str) -> int:
    consent = (await consents_of(uow, [camera_id])).get(camera_id)
    if consent is None or consent.level is ConsentLevel.REGISTERED:
        return 0
    ended = Consent(ConsentLevel.REGISTERED, ConsentScope.ALWAYS, consent.given_by, how, uow.now)
    # A look that is kept from them, or told later, is not given away by their number.
    looks = [look for look in await running_leases(uow) if look.camera_id == camera_id]
    told = await told_now(uow, [(look.granted_at, look.incident_id) for look in looks])
    await set_consent(uow, camera_id, ended, words)
    return told


@dataclass(frozen=True, slots=True)
class Left:
    """What became of an owner's cameras; the removed ones' passwords are still to be forgotten."""

    looks_ended: int
    removed: tuple[Listing, ...]
    shared: tuple[str, ...]


async def leave(uow: UnitOfWork, link_id: str) -> Left:
    """End the consents of an owner's cameras and their link, and remove the cameras that are theirs alone.

    Raises:
        NotFoundError: the link was taken back meanwhile.
    """
    link = await link_by_id(uow, link_id)
    if link is None:
        raise NotFoundError("This link has ended.", "Ask the control room for a new one.")
    uow.audit(AuditEntry(Act.OWNER_LEAVE, f"owner/{link.id}"))
    directory = await listings(uow, link.camera_ids)
    looks_ended, removed, shared = 0, [], []
    for camera_id, listing in sorted(directory.items()):
        looks_ended += await _end_consent(uow, camera_id, "The owner left, by their link", _LEFT)
        others = [one for one in await links_to(uow, [camera_id]) if one.person != link.person]
        if any(one.ends_at > uow.now for one in others):
            shared.append(camera_id)
        else:
            removed.append(listing)
    for one in await links_to(uow, link.camera_ids):
        # Another link of theirs that opens more than this one goes on for the rest.
        if one.person == link.person and set(one.camera_ids) <= set(link.camera_ids):
            await drop_link(uow, one, "its owner left")
    for listing in removed:
        await remove_camera(uow, listing)
    await note_departed(uow, [listing.camera.id for listing in removed])
    return Left(looks_ended, tuple(removed), tuple(shared))


async def withhold(uow: UnitOfWork, incident_id: str, *, withheld: bool) -> None:
    """Keep an open incident's looks from owners until it is closed, or tell them.

    Raises:
        NotFoundError: no such incident.
        ConflictError: it is closed.
    """
    incident = await incident_by_id(uow, incident_id)
    if incident is None or not uow.by.reach.holds_place(Right.SEE_ROOM, incident.position):
        # What lies outside a shift is as good as none.
        raise NotFoundError("There is no such incident.")
    if withheld and not incident.is_open:
        raise ConflictError("This incident is closed.", "Owners are told of its looks already.")
    if await is_withheld(uow, incident_id) != withheld:
        await write_withheld(uow, incident_id, withheld=withheld)
        await IncidentRecord(uow, incident_id).close_record()
