"""Sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.api.access import OPEN, TheHub, desk_of
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NotSignedInError
from app.wire.hub import SessionIn, SessionOut

router = APIRouter(tags=["session"])


@router.post("/session", dependencies=[OPEN])
async def sign_in(hub: TheHub, request: Request, wanted: SessionIn) -> SessionOut:
    """Exchange a one-time token for a session's bearer token."""
    desk = desk_of(request)
    try:
        token, user = hub.sessions.exchange(wanted.token)
    except NotSignedInError:
        await hub.journal.write(Actor("unknown", desk), _on_record(Outcome.REFUSED))
        raise
    await hub.journal.write(Actor(user, desk), _on_record(Outcome.DONE))
    return SessionOut(session_token=token, user=user, hub_id=hub.id)


def _on_record(outcome: Outcome) -> Callable[[UnitOfWork], Awaitable[None]]:
    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.SIGN_IN, "session", outcome))

    return work
