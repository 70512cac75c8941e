"""Sign-in."""

from __future__ import annotations

from fastapi import APIRouter

from app.hub.api.access import TheHub
from app.wire.hub import SessionIn, SessionOut

router = APIRouter(tags=["session"])


@router.post("/session")
async def sign_in(hub: TheHub, wanted: SessionIn) -> SessionOut:
    """Exchange a one-time token for a session's bearer token."""
    token, user = hub.sessions.exchange(wanted.token)
    return SessionOut(session_token=token, user=user, hub_id=hub.id)
