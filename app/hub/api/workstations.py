"""Workstations that are remembered, for who wants one forgotten."""

from __future__ import annotations

from fastapi import APIRouter, Request

from app.domain.audit import Actor
from app.hub.api.access import OPEN, TheHub, desk_of
from app.hub.db.account_book import account_of
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.db.workstation_book import account_of_workstation, forget
from app.hub.sessions import key_of
from app.wire.accounts import WorkstationIn
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/workstations", tags=["session"])


@router.post("/forget", status_code=204, dependencies=[OPEN])
async def forget_workstation(hub: TheHub, request: Request, wanted: WorkstationIn) -> None:
    """Forget the workstation of a token: who has it may give it up. Of an unknown one nothing is told."""
    key = key_of(wanted.workstation)
    async with hub.database.reading() as reading:
        account = await account_of_workstation(reading, key)
        record = None if account is None else await account_of(reading, account)
    if record is None:
        return
    name = record.account.name

    async def work(uow: UnitOfWork) -> None:
        await forget(uow, key, name)

    await hub.journal.write(Actor(name, desk_of(request)), work)
