"""What every route needs: the hub, and who asks. A route without `Who` or `MayIngest` is open to anybody.

These are coroutines though they never wait: FastAPI would run plain functions in threads, each at a price
that an alert storm feels.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from app.domain.audit import Actor
from app.hub.core import Hub


async def hub_of(request: Request) -> Hub:
    """Return the hub that this request was sent to."""
    hub: Hub = request.app.state.hub
    return hub


TheHub = Annotated[Hub, Depends(hub_of)]
Authorization = Annotated[str | None, Header(include_in_schema=False)]


def desk_of(request: Request) -> str:
    """Return where a request comes from, for the record."""
    return request.client.host if request.client is not None else "unknown"


async def _user(hub: TheHub, request: Request, authorization: Authorization = None) -> Actor:
    return Actor(hub.sessions.user(authorization), desk_of(request))


async def _may_ingest(hub: TheHub, authorization: Authorization = None) -> None:
    hub.sessions.allow_ingest(authorization)


Who = Annotated[Actor, Depends(_user)]
"""The session's user; the request is refused without one."""
MayIngest = Depends(_may_ingest)
"""Passes the ingest token and sessions."""
