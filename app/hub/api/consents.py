"""What owners of private cameras agreed to.

To read it takes the right to record it: it names the owner, and the record has the terms for the auditor.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import consents
from app.hub.api.access import TheHub, may
from app.hub.db.consent_history import history_of, private_cameras
from app.hub.db.directory import camera_by_id
from app.hub.refusals import NotFoundError
from app.wire.consent import ConsentIn
from app.wire.consent_told import CameraConsents, ConsentList, ConsentOut, ConsentSaved, ConsentSummary
from app.wire.hub import API

router = APIRouter(prefix=API, tags=["consents"])

_Who = Annotated[Actor, may(Right.CONSENT_EDIT)]


@router.get("/consents")
async def list_consents(hub: TheHub, _who: _Who) -> ConsentList:
    """Return every private camera and how far it is shared."""
    async with hub.database.reading() as reading:
        found = await private_cameras(reading)
    return ConsentList(consents=[ConsentSummary.of(c, n.number, n.consent) for c, n in found.items()])


@router.get("/cameras/{camera_id:path}/consent")
async def read_consent(hub: TheHub, _who: _Who, camera_id: str) -> CameraConsents:
    """Return what a camera's owner agrees to, and agreed to before."""
    async with hub.database.reading() as reading:
        if await camera_by_id(reading, camera_id) is None:
            raise NotFoundError("There is no such camera in the directory.")
        found = [
            ConsentOut.of(n.number, n.recorded_at, n.consent) for n in await history_of(reading, camera_id)
        ]
    return CameraConsents(present=found[0] if found else None, earlier=found[1:])


@router.put("/cameras/{camera_id:path}/consent")
async def set_consent(hub: TheHub, who: _Who, camera_id: str, wanted: ConsentIn) -> ConsentSaved:
    """Record a consent in place of an earlier one. Looks that are not within it end at once."""
    done = await hub.journal.write(who, lambda uow: consents.set_consent(uow, camera_id, wanted.consent()))
    return ConsentSaved(looks_ended=done.looks_ended, links_ended=done.links_ended)
