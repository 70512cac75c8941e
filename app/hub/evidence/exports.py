"""Puts an exported recording on record and signs for it (R35).

The desk tells which file it wrote under which use; camera, operator, reason, incident and consent are what
the hub has on record of that use. Asked again for the same file, as after an answer that was lost, it is the
same record and the same manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.camera import Use
from app.domain.evidence import SignedManifest
from app.hub.db.approval_book import approval_used_by
from app.hub.db.audit_book import export_of, record_at
from app.hub.db.consent_history import (
    ConsentOnRecord,
    NumberedConsent,
    consent_at,
    consents_on_record,
)
from app.hub.db.database import Rows
from app.hub.db.directory import camera_by_id
from app.hub.db.lease_book import LeaseRecord, lease_by_id, looks_between
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.evidence.clocks import ClockOffset, offset_of
from app.hub.evidence.manifest import Exported, manifest_of
from app.hub.refusals import ConflictError, NotFoundError, RefusalError
from app.wire.evidence import ExportIn

if TYPE_CHECKING:
    from app.hub.core import Hub

SLACK = timedelta(seconds=1)
RESTART = timedelta(seconds=15)
"""A hub that starts again ends all looks, and each desk asks anew; at the city's own cameras the stream
goes on meanwhile. A private camera's look is never bridged: its owner may have taken the consent
back in between.
"""
NEAR = timedelta(minutes=10)
"""A desk keeps the last minute, from a key picture on: what is farther from the saving is of another look."""
_BEYOND = "The recording reaches beyond your look at this camera: there is no manifest for it."
_CHANGED = "The owner's consent changed while this was recorded: there is no manifest for it."


@dataclass(frozen=True, slots=True)
class UseOfLook:
    """The saving that an export is bound to, as it is on record."""

    position: int
    at: datetime
    lease: LeaseRecord

    @property
    def subject(self) -> str:
        """What the export's record names."""
        return f"export/{self.position}"


async def sign_for(hub: Hub, by: Actor, told: ExportIn) -> SignedManifest:
    """Put an export on record and return its signed manifest.

    Raises:
        NotFoundError: the one who asks has begun no such saving.
        ConflictError: the file is not of that look, or another one was exported under it.
        RefusalError: nothing can be signed just now.
        TooOftenError: it was refused again and again.
    """
    checkpoints = hub.checkpoints
    if checkpoints is None or checkpoints.key_is_new:
        raise RefusalError(
            503,
            "The hub's key for signing is not ready.",
            "Ask again in a minute; should it go on, tell the administrator.",
        )
    try:
        position = await hub.journal.write(by, partial(_export, told=told, hub_id=hub.id))
    except (NotFoundError, ConflictError) as refusal:
        await hub.denials.record(by, _refused(refusal))
        raise
    async with hub.database.reading() as reading:
        exported = await _exported(reading, by, told, position)
    document = manifest_of(exported, hub.id, checkpoints.key_id, checkpoints.public_key)
    return SignedManifest(document, checkpoints.signature(document))


async def _export(uow: UnitOfWork, told: ExportIn, hub_id: str) -> int:
    if told.hub_id != hub_id:
        raise ConflictError("This recording was begun at another hub.", "Ask that hub for its manifest.")
    use = await _use_of(uow, uow.by.name, told.record)
    detail = f"sha256 {told.sha256}, {told.size} bytes, claim {_claim(told)}"
    known = await export_of(uow, use.lease.camera_id, use.subject)
    if known is not None:
        position, text = known
        if json.loads(text)["detail"] != detail:
            raise ConflictError(
                "Another file was exported under this saving already.", "Save the recording anew."
            )
        return position
    await _check_range(uow, use, told)
    uow.audit(_entry(use, Outcome.DONE, detail))
    return await uow.position()


async def _use_of(rows: Rows, who: str, position: int) -> UseOfLook:
    """Return the saving that somebody began.

    Raises:
        NotFoundError: there is no such one of theirs.
    """
    found = await record_at(rows, position)
    record = json.loads(found[0]) if found is not None else {}
    wanted = (Act.LOOK_USE, Outcome.DONE, Use.RECORDING, who)
    lease = None
    if (record.get("act"), record.get("outcome"), record.get("detail"), record.get("who")) == wanted:
        lease = await lease_by_id(rows, record["subject"].removeprefix("lease/"))
    if lease is None:
        raise NotFoundError(
            "You have begun no such recording.", "Whoever saved it has to sign in for its manifest."
        )
    return UseOfLook(position, datetime.fromisoformat(record["at"]), lease)


async def _check_range(uow: UnitOfWork, use: UseOfLook, told: ExportIn) -> None:
    """Pass a file whose pictures all came in while its maker was looking.

    Raises:
        ConflictError: some did not.
    """
    offset = offset_of(use.at, told.asked_at, told.took_s)
    slack = SLACK + timedelta(seconds=offset.uncertainty_s)
    try:
        began, ended = told.began + offset.added, told.ended + offset.added
        looks = await looks_between(uow, use.lease.who, use.lease.camera_id, began - slack, ended + slack)
    except OverflowError:
        raise ConflictError(
            "The recording's times are none of this look.", "Check the desk's clock."
        ) from None
    consents = await consents_on_record(uow, use.lease.camera_id)
    if any(began + slack < one.at < ended - slack for one in consents):
        # Each holds for its own pictures, and the manifest tells of one.
        raise ConflictError(_CHANGED, "Save the recording anew.")
    is_private = any(one.at <= ended + slack for one in consents)
    bridged = slack if is_private else slack + RESTART
    is_near = use.at - NEAR <= began <= ended <= min(use.at + NEAR, uow.now + slack)
    if not (is_near and covered(began, ended, _spans(looks), slack, bridged)):
        raise ConflictError(_BEYOND, "Check the desk's clock, then save it anew.")


def _spans(looks: Iterable[LeaseRecord]) -> list[tuple[datetime, datetime]]:
    # A hub that was away put their ends on record when it was back: their leave had run out before.
    return [(look.granted_at, min(look.ended_at or look.expires_at, look.expires_at)) for look in looks]


def covered(
    began: datetime,
    ended: datetime,
    spans: Iterable[tuple[datetime, datetime]],
    slack: timedelta,
    bridged: timedelta,
) -> bool:
    """Say whether spans of time, by their beginnings, hold a range.

    Args:
        began: the range's first moment.
        ended: its last one.
        spans: what has to hold it.
        slack: by how much the range may reach out on either side.
        bridged: the longest gap between two spans that is none.
    """
    reached: datetime | None = None
    for begin, end in spans:
        if end < began - slack:
            continue
        if reached is None:
            if begin > began + slack:
                return False
        elif begin > reached + bridged:
            break
        reached = end if reached is None else max(reached, end)
    return reached is not None and ended <= reached + slack


async def _exported(rows: Rows, by: Actor, told: ExportIn, position: int) -> Exported:
    use = await _use_of(rows, by.name, told.record)
    found = await record_at(rows, position)
    if found is None:
        raise NotFoundError("The export's record cannot be found.", "Tell the auditor at once.")
    text, digest = found
    offset: ClockOffset = offset_of(use.at, told.asked_at, told.took_s)
    return Exported(
        told=told,
        lease=use.lease,
        used_at=use.at,
        camera=await camera_by_id(rows, use.lease.camera_id),
        consent=await _consent(rows, use),
        second=await approval_used_by(rows, told.record),
        offset=offset,
        position=position,
        hash=digest,
        at=json.loads(text)["at"],
    )


async def _consent(rows: Rows, use: UseOfLook) -> NumberedConsent | ConsentOnRecord | None:
    """Return the consent under which saving began, None where the camera was the city's own.

    Whose owner has left has no consent in the directory any more, and is not the city's own for that.
    """
    known = [
        one for one in await consents_on_record(rows, use.lease.camera_id) if one.position < use.position
    ]
    if not known:
        return None
    return await consent_at(rows, use.lease.camera_id, use.at) or known[-1]


def _claim(told: ExportIn) -> str:
    """Return a hash of everything that the desk told: the same record stands for the same manifest."""
    return hashlib.sha256(told.model_dump_json().encode()).hexdigest()


def _entry(use: UseOfLook, outcome: Outcome, detail: str) -> AuditEntry:
    return AuditEntry(
        Act.EXPORT,
        use.subject,
        outcome,
        camera_id=use.lease.camera_id,
        incident_id=use.lease.incident_id,
        reason=use.lease.reason,
        detail=detail,
    )


def _refused(refusal: RefusalError) -> AuditEntry:
    # The use's number is whatever somebody sent: a flood of them is one kind of refusal.
    return AuditEntry(Act.EXPORT, "exports", Outcome.REFUSED, detail=refusal.message)
