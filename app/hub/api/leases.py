"""Leave to look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import leases
from app.hub.api.access import TheHub, may
from app.wire.hub import LeaseIn, LeaseOut

router = APIRouter(prefix="/leases", tags=["leases"])

_Who = Annotated[Actor, may(Right.LIVE)]


@router.post("", status_code=201)
async def grant_lease(hub: TheHub, who: _Who, wanted: LeaseIn) -> LeaseOut:
    """Ask to look at a stream. The answer alone carries the camera's address; keep it out of every log."""
    return await leases.grant(hub.journal, hub.vault, who, wanted, hub.relay)


@router.delete("/{lease_id}", status_code=204)
async def end_lease(hub: TheHub, who: _Who, lease_id: str) -> None:
    """Say that the look has ended."""
    await hub.journal.write(who, lambda uow: leases.end(uow, lease_id))
