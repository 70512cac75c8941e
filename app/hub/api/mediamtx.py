"""Who may read what at MediaMTX, as MediaMTX asks."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.api.access import OPEN, TheHub, desk_of
from app.hub.core import Hub
from app.hub.db.lease_book import lease_by_id
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NotFoundError, NotSignedInError
from app.hub.relay import opens
from app.wire.hub import API
from app.wire.mediamtx import ReadAsked

router = APIRouter(prefix=f"{API}/mediamtx", tags=["mediamtx"])


@router.post("/auth", dependencies=[OPEN])
async def authenticate(hub: TheHub, request: Request, asked: ReadAsked) -> None:
    """Answer 200 to who may read a path now, 401 to all others.

    The look is on record since its lease; what is refused is put on record once a minute.
    """
    relay = hub.relay
    if relay is None:
        raise NotFoundError("This hub has no MediaMTX.", "Start it with --mediamtx-rtsp rtsp://HOST:8554.")
    if not relay.believes(desk_of(request)):
        await _put_on_record(hub, desk_of(request), asked, "asked from an address that is not MediaMTX's")
        raise NotSignedInError("MediaMTX does not ask from there.", "Start the hub with --mediamtx-from.")
    if not (asked.user or asked.password or asked.token):
        # Clients of RTSP come without a login first, and send it when they are asked to.
        raise NotSignedInError("MediaMTX sent no login.", "Send the one of the lease's address.")
    async with hub.database.reading() as reading:
        # A NUL character is in no lease's id, and PostgreSQL does not look for it.
        lease = await lease_by_id(reading, asked.user) if "\x00" not in asked.user else None
    if asked.action == "read" and opens(lease, asked.password, asked.path, hub.now()):
        return
    await _put_on_record(hub, asked.ip, asked, asked.action)
    raise NotSignedInError("No lease that runs allows this.", "Ask the hub for a lease.")


async def _put_on_record(hub: Hub, where: str, asked: ReadAsked, why: str) -> None:
    if hub.refused_reads.is_news(where, asked.path):
        by = Actor("unknown", where[:64] or "unknown")
        await hub.journal.write(by, partial(_refused, path=asked.path, why=why))


async def _refused(uow: UnitOfWork, path: str, why: str) -> None:
    uow.audit(AuditEntry(Act.DENIED, f"mediamtx/{path[:200]}", Outcome.REFUSED, detail=why[:100]))
