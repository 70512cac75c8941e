"""Leave to look: granted for one stream and one hour, on record from its first moment to its last.

An address leaves the hub here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.camera import Camera, StreamKind, StreamProfile, Use
from app.domain.consent import Withheld
from app.domain.rights import WORDS, Right
from app.hub.approvals import SecondPersonNeededError, agreed, ask
from app.hub.consents import judge
from app.hub.db.approval_book import write_used
from app.hub.db.consent_book import consent_of
from app.hub.db.database import Rows
from app.hub.db.directory import Listing, camera_by_id, listings
from app.hub.db.hub_book import living
from app.hub.db.incident_book import incident_by_id
from app.hub.db.incident_shares import shared_with
from app.hub.db.journal import Journal
from app.hub.db.lease_book import (
    LeaseRecord,
    lease_by_id,
    leases_left_open,
    running_leases,
    write_end,
    write_grant,
)
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.desks import refuse_locked
from app.hub.refusals import ConflictError, NotAllowedError, NotFoundError
from app.hub.relay import Relay
from app.hub.sessions import Sessions
from app.hub.vault import Vault
from app.wire.hub import LeaseIn, LeaseOut
from app.wire.privacy_masks import masks_to

LEASE_TIME = timedelta(hours=1)
_LOST = "Import the camera file again: passwords were kept in memory only, or the vault lost this one."
PRIVATE_LEASE_TIME = timedelta(minutes=5)
"""A desk that the hub cannot reach, to take a look back, holds it no longer than this."""


async def grant(
    journal: Journal, vault: Vault, by: Actor, wanted: LeaseIn, relay: Relay | None = None
) -> LeaseOut:
    """Grant a lease; a camera with only one profile gives that one for either quality.

    The vault is asked outside the transaction: it may wait for a person, and no alert may wait for that. A
    stream of RTSP goes through the relay where there is one, and the vault is not asked at all.

    Raises:
        NotFoundError: no such camera or incident, or a camera without any stream.
        NotAllowedError: the camera is private, and the right or its owner's consent is missing.
        ConflictError: the stream needs a login that the hub does not have any more.
    """
    work = partial(_grant, vault=vault, wanted=wanted, relay=relay)
    while True:
        try:
            granted = await journal.write(by, work)
            break
        except _VaultNeededError as needed:
            if await vault.find(needed.reference) is None:
                lost = f"The password of {needed.camera} is not known any more."
                raise ConflictError(lost, _LOST) from None
        except NotAllowedError:
            await journal.write(by, partial(_refused, wanted=wanted))
            raise
    lease, profile = granted.lease, granted.profile
    return LeaseOut(
        id=lease.id,
        camera_id=lease.camera_id,
        quality=lease.quality,
        kind=profile.kind,
        url=granted.address,
        fps=profile.fps,
        expires_at=lease.expires_at,
        privacy_masks=masks_to(granted.listing.camera.privacy_masks),
        watermark=lease.who if granted.is_private else "",
    )


@dataclass(frozen=True, slots=True)
class _Granted:
    """A lease with what is told of it."""

    lease: LeaseRecord
    listing: Listing
    profile: StreamProfile
    address: str = field(repr=False)
    is_private: bool


class _VaultNeededError(Exception):
    """A camera's address is in the system's vault and not at hand."""

    def __init__(self, reference: str, camera: str) -> None:
        super().__init__(reference)
        self.reference, self.camera = reference, camera


async def _grant(uow: UnitOfWork, vault: Vault, wanted: LeaseIn, relay: Relay | None) -> _Granted:
    """Decide and write, all at one moment: the camera, its owner's consent, the incident and the lease."""
    # Locked while the vault was waited for, or at another hub.
    await refuse_locked(uow)
    listing, profile = await _stream(uow, wanted)
    lease_id, relay_hash = uuid4().hex, None
    source = listing.sources[profile.quality]
    address = source.address
    if relay is not None and profile.kind is StreamKind.RTSP:
        admitted = relay.admit(lease_id, wanted.camera_id, profile.quality)
        address, relay_hash = admitted.address, admitted.hash
    elif source.secret_ref is not None:
        held = vault.held(source.secret_ref)
        if held is None:
            raise _VaultNeededError(source.secret_ref, listing.camera.name)
        address = held
    until, is_private = await _allowed_until(uow, listing.camera, wanted)
    lease = LeaseRecord(
        id=lease_id,
        camera_id=wanted.camera_id,
        quality=wanted.quality,
        who=uow.by.name,
        reason=wanted.reason,
        incident_id=wanted.incident_id,
        granted_at=uow.now,
        expires_at=until,
        session=uow.by.session,
        relay_hash=relay_hash,
        title=uow.by.title,
        wall=wanted.wall,
    )
    await write_grant(uow, lease)
    return _Granted(lease, listing, profile, address, is_private)


async def _allowed_until(uow: UnitOfWork, camera: Camera, wanted: LeaseIn) -> tuple[datetime, bool]:
    """Return when the look has to end, and whether it is at a private camera.

    Raises:
        NotAllowedError: it must not begin.
    """
    if not uow.by.reach.holds_camera(Right.LIVE, camera):
        raise NotAllowedError(f"{camera.name} is outside what your shift is for.", "Ask a supervisor for it.")
    verdict = await judge(uow, camera, wanted.reason, wanted.incident_id, uow.now)
    if verdict is None:
        return uow.now + LEASE_TIME, False
    if not uow.by.reach.holds_camera(Right.LIVE_PRIVATE, camera) and not await shared_with(
        uow, wanted.incident_id, camera.id, uow.by.name
    ):
        raise NotAllowedError(
            f"{camera.name} is private: your role may not look at it.",
            "A supervisor can open it to you for an incident that it is pinned to.",
        )
    if isinstance(verdict, Withheld):
        raise NotAllowedError(verdict.message, verdict.hint)
    until = uow.now + PRIVATE_LEASE_TIME
    return (until if verdict.until is None else min(until, verdict.until)), True


async def _refused(uow: UnitOfWork, wanted: LeaseIn) -> None:
    uow.audit(
        AuditEntry(
            Act.LOOK,
            f"camera/{wanted.camera_id}",
            Outcome.REFUSED,
            camera_id=wanted.camera_id,
            incident_id=wanted.incident_id,
            reason=wanted.reason,
        )
    )


async def _stream(rows: Rows, wanted: LeaseIn) -> tuple[Listing, StreamProfile]:
    found = await listings(rows, [wanted.camera_id])
    if wanted.camera_id not in found:
        raise NotFoundError("There is no such camera in the directory.")
    if wanted.incident_id is not None and await incident_by_id(rows, wanted.incident_id) is None:
        raise NotFoundError("There is no such incident.")
    listing = found[wanted.camera_id]
    profile = listing.camera.profile(wanted.quality)
    if profile is None:
        raise NotFoundError(
            f"{listing.camera.name} has no stream to look at.",
            "It is registered only; ask its owner for footage.",
        )
    return listing, profile


_RIGHTS = {
    Use.REPLAY: Right.REPLAY,
    Use.SNAPSHOT: Right.SNAPSHOT,
    Use.RECORDING: Right.EXPORT,
    Use.LISTEN: Right.LIVE,
}


async def put_use_on_record(
    journal: Journal, sessions: Sessions, by: Actor, lease_id: str, use: Use, two: Collection[Right] = ()
) -> tuple[int, datetime]:
    """Allow what somebody is about to do with a stream that they look at, and put it on record.

    Returns where it stands on record, and when that was. ``two`` are the rights that take a second person
    at a private camera.

    Raises:
        NotFoundError: no such look of theirs that has not ended.
        NotAllowedError: the right is missing, or a second person's agreement; that is on record too, and
            those who may agree are asked.
    """
    try:
        work = partial(_use, sessions=sessions, lease_id=lease_id, use=use, two=two)
        return await journal.write(by, work)
    except SecondPersonNeededError as needed:
        await journal.write(by, partial(_ask_second, lease_id=lease_id, use=use, right=needed.right))
        raise
    except NotAllowedError:
        await journal.write(by, partial(_use_refused, lease_id=lease_id, use=use))
        raise


async def _use(
    uow: UnitOfWork, sessions: Sessions, lease_id: str, use: Use, two: Collection[Right]
) -> tuple[int, datetime]:
    # A look at a wall that stays lit goes on after the lock, and is for nothing else.
    await refuse_locked(uow)
    lease = await _own_running(uow, lease_id)
    camera = await camera_by_id(uow, lease.camera_id)
    right = _RIGHTS[use]
    if camera is None or not uow.by.reach.holds_camera(right, camera):
        raise NotAllowedError(f"Your role may not {WORDS[right]} here.", "Ask a supervisor for it.")
    takes_two = right in two and await consent_of(uow, camera.id) is not None
    approval = await agreed(uow, sessions, lease, right, camera) if takes_two else None
    uow.audit(_use_entry(lease, use, Outcome.DONE))
    record = await uow.position()
    if approval is not None:
        await write_used(uow, approval, record)
    return record, uow.now


async def _ask_second(uow: UnitOfWork, lease_id: str, use: Use, right: Right) -> None:
    lease = await _own_running(uow, lease_id)
    uow.audit(_use_entry(lease, use, Outcome.REFUSED))
    await ask(uow, lease, right)


async def _use_refused(uow: UnitOfWork, lease_id: str, use: Use) -> None:
    uow.audit(_use_entry(await _own_running(uow, lease_id), use, Outcome.REFUSED))


def _use_entry(lease: LeaseRecord, use: Use, outcome: Outcome) -> AuditEntry:
    return AuditEntry(
        Act.LOOK_USE,
        f"lease/{lease.id}",
        outcome,
        camera_id=lease.camera_id,
        incident_id=lease.incident_id,
        reason=lease.reason,
        detail=use.value,
    )


async def _own_running(uow: UnitOfWork, lease_id: str) -> LeaseRecord:
    lease = await lease_by_id(uow, lease_id)
    if lease is None or lease.who != uow.by.name or lease.ended_at is not None or lease.expires_at <= uow.now:
        # Its time may be over, and the owner's hours with it, before the hub has come round to ending it.
        raise NotFoundError("This look has ended.", "Open the camera again.")
    return lease


async def end(uow: UnitOfWork, lease_id: str) -> None:
    """End one's own lease; one that has ended stays as it is. Another's is as good as none."""
    lease = await lease_by_id(uow, lease_id)
    if lease is None or lease.who != uow.by.name:
        raise NotFoundError("There is no such lease.")
    if lease.ended_at is None:
        await write_end(uow, lease, "released")


async def end_left_open(uow: UnitOfWork) -> int:
    """End the leases that runs of a hub left open which are gone; return how many."""
    left = await leases_left_open(uow, await living(uow, uow.run))
    for lease in left:
        await write_end(uow, lease, "hub restarted")
    return len(left)


async def any_left_open(rows: Rows, run: str) -> bool:
    """Say whether a run that is gone left a lease open; ``run`` is the one that asks."""
    return bool(await leases_left_open(rows, await living(rows, run)))


async def any_expired(rows: Rows, now: datetime) -> bool:
    """Say whether a lease has run out without being ended."""
    return bool(await running_leases(rows, expired_by=now))


async def end_expired(uow: UnitOfWork) -> None:
    """End the leases that have run out."""
    for lease in await running_leases(uow, expired_by=uow.now):
        await write_end(uow, lease, "expired")


async def revoke_looks_of(uow: UnitOfWork, who: str, words: str) -> None:
    """End every look of a person, whichever hub granted it, in words for the desk."""
    for lease in await running_leases(uow):
        if lease.who == who:
            await write_end(uow, lease, "revoked", words)


async def revoke_looks_under(uow: UnitOfWork, session_id: str, words: str) -> None:
    """End every look under a session, in words for the desk."""
    for lease in await running_leases(uow):
        if lease.session == session_id:
            await write_end(uow, lease, "revoked", words)
