"""The audit record, for auditors. To read it is on record too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.hub.db.audit_book import Search, records_of
from app.hub.db.unit_of_work import UnitOfWork
from app.wire.audit import AuditPage
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/audit", tags=["audit"])

_Text = Annotated[str | None, Query(min_length=1, max_length=200)]
_Incident = Annotated[str | None, Query(min_length=1, max_length=64)]
_Time = Annotated[datetime | None, Query(description="ISO 8601; without a zone it is UTC")]


async def search_of(
    person: _Text = None,
    camera_id: _Text = None,
    incident_id: _Incident = None,
    since: _Time = None,
    until: _Time = None,
    act: Act | None = None,
    outcome: Outcome | None = None,
) -> Search:
    """Return what is looked for."""
    return Search(person, camera_id, incident_id, since, until, act=act, outcome=outcome)


TheSearch = Annotated[Search, Depends(search_of)]


@router.get("")
async def read_audit(
    hub: TheHub,
    who: Annotated[Actor, may(Right.AUDIT_READ)],
    wanted: TheSearch,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    """Return the newest records that fit, newest first; ``before`` a position goes on from there."""
    search = replace(wanted, before=before)

    async def work(uow: UnitOfWork) -> list[tuple[int, str]]:
        found = await records_of(uow, search, limit)
        uow.audit(
            AuditEntry(
                Act.AUDIT_READ,
                "audit",
                camera_id=search.camera_id,
                incident_id=search.incident_id,
                detail=search.words(),
            )
        )
        return found

    return AuditPage.of(await hub.journal.write(who, work))
