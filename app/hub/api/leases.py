"""Leave to look."""

from __future__ import annotations

from fastapi import APIRouter

from app.hub import leases
from app.hub.api.access import TheHub, Who
from app.wire.hub import LeaseIn, LeaseOut

router = APIRouter(prefix="/leases", tags=["leases"])


@router.post("", status_code=201)
async def grant_lease(hub: TheHub, who: Who, wanted: LeaseIn) -> LeaseOut:
    """Ask to look at a stream. The answer alone carries the camera's address; keep it out of every log."""
    return await leases.grant(hub.database, hub.journal, hub.vault, who, wanted)


@router.delete("/{lease_id}", status_code=204)
async def end_lease(hub: TheHub, who: Who, lease_id: str) -> None:
    """Say that the look has ended."""
    await hub.journal.write(who, lambda uow: leases.end(uow, lease_id))
