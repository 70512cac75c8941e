"""Leave to look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import leases
from app.hub.api.access import TheHub, may
from app.wire.hub import API, LeaseIn, LeaseOut, UseIn, UseOut

router = APIRouter(prefix=f"{API}/leases", tags=["leases"])

_Who = Annotated[Actor, may(Right.LIVE)]


@router.post("", status_code=201)
async def grant_lease(hub: TheHub, who: _Who, wanted: LeaseIn) -> LeaseOut:
    """Ask to look at a stream. The answer alone carries the camera's address; keep it out of every log."""
    return await leases.grant(hub.journal, hub.vault, who, wanted, hub.relay)


@router.post("/{lease_id}/uses")
async def use_lease(hub: TheHub, who: _Who, lease_id: str, wanted: UseIn) -> UseOut:
    """Say that the stream is about to be replayed, saved or listened to; a refusal says that it may not."""
    record, at = await leases.put_use_on_record(
        hub.journal, hub.sessions, who, lease_id, wanted.use, hub.second_person
    )
    return UseOut(record=record, at=at, hub_id=hub.id)


@router.delete("/{lease_id}", status_code=204)
async def end_lease(hub: TheHub, who: _Who, lease_id: str) -> None:
    """Say that the look has ended."""
    await hub.journal.write(who, lambda uow: leases.end(uow, lease_id))
