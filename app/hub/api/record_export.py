"""The audit record as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.hub.api.record import TheSearch
from app.hub.record_export import Export
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/audit/export", tags=["audit"])

RECORDS = "X-Watchfloor-Records"
"""The header that says how many records are coming."""


@router.get("", response_class=StreamingResponse)
async def export_audit(
    hub: TheHub, who: Annotated[Actor, may(Right.AUDIT_READ, carries_away=True)], search: TheSearch
) -> StreamingResponse:
    """Return the records that fit as CSV, oldest first. It is on record, and so is the file's SHA-256."""
    export = await Export.begin(hub.database, hub.journal, who, search)
    name = f"watchfloor-audit-{hub.now():%Y%m%dT%H%M%SZ}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        RECORDS: str(export.count),
    }
    return StreamingResponse(export.chunks(), media_type="text/csv; charset=utf-8", headers=headers)
