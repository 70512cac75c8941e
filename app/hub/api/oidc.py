"""Signing in at the agency's provider: the console begins and finishes, the browser passes in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.domain.audit import Act
from app.hub.api.access import OPEN, OWN, OWN_LOCKED, Authorization, TheHub, actor, desk_of
from app.hub.api.session import session_message, told
from app.hub.core import Hub
from app.hub.oidc.page import number_page, refusal_page
from app.hub.oidc.unlocking import BarredError
from app.hub.refusals import NotFoundError, RefusalError, UnfitError
from app.wire.hub import API, SessionOut
from app.wire.oidc import OidcBeginIn, OidcBegun, OidcFinishIn

if TYPE_CHECKING:
    from app.hub.oidc.sign_ins import OidcSignIns

router = APIRouter(prefix=f"{API}/oidc", tags=["session"])

_Text = Annotated[str | None, Query(max_length=4000)]


@router.post("/begin", dependencies=[OPEN])
async def begin_at_provider(hub: TheHub, request: Request, wanted: OidcBeginIn) -> OidcBegun:
    """Begin at the agency's provider: the browser opens the address, the console keeps the handle."""
    sign_ins = _sign_ins(hub)
    if not wanted.banner_acknowledged:
        raise UnfitError([("banner_acknowledged", "the banner has to be acknowledged first")])
    address, handle = await sign_ins.begin(desk_of(request))
    return OidcBegun(address=address, handle=handle)


@router.get("/return", dependencies=[OPEN], response_class=HTMLResponse)
async def return_from_provider(
    hub: TheHub,
    request: Request,
    state: _Text = None,
    code: _Text = None,
    error: _Text = None,
    error_description: _Text = None,
    iss: _Text = None,
) -> HTMLResponse:
    """Take the browser back from the provider, and show the number that the console asks for."""
    sign_ins = _sign_ins(hub)
    said = {"state": state, "code": code, "error": error, "error_description": error_description, "iss": iss}
    try:
        number = await sign_ins.returned(
            {name: text for name, text in said.items() if text is not None}, desk_of(request)
        )
    except RefusalError as refusal:
        return refusal_page(refusal.message, refusal.hint, refusal.status)
    return number_page(number)


@router.post("/finish", dependencies=[OPEN])
async def finish_at_provider(hub: TheHub, request: Request, wanted: OidcFinishIn) -> SessionOut:
    """Exchange a handle and the number that the browser shows for a session."""
    return await told(hub, await _sign_ins(hub).finish(wanted.handle, wanted.number, desk_of(request)))


@router.post("/proof", status_code=204, dependencies=[OWN])
async def prove_at_provider(
    hub: TheHub, request: Request, wanted: OidcFinishIn, authorization: Authorization = None
) -> None:
    """Prove anew who has signed in, with a handle and the number that the browser shows."""
    session = hub.sessions.session(authorization)
    number = await _sign_ins(hub).prove(session, wanted.handle, wanted.number, desk_of(request))
    # What another hub wrote just before comes first.
    await hub.log.beyond(number - 1)


@router.post("/unlock/begin", dependencies=[OWN_LOCKED])
async def begin_to_unlock_at_provider(
    hub: TheHub, request: Request, authorization: Authorization = None
) -> OidcBegun:
    """Begin at the agency's provider to unlock the desk of the session that asks, and nothing else."""
    session = hub.sessions.session(authorization, locked_too=True)
    address, handle = await _sign_ins(hub).begin(desk_of(request), session)
    return OidcBegun(address=address, handle=handle)


@router.post("/unlock", dependencies=[OWN_LOCKED])
async def unlock_at_provider(
    hub: TheHub, request: Request, wanted: OidcFinishIn, authorization: Authorization = None
) -> SessionOut:
    """Unlock the desk with a handle that was begun at it and the number that the browser shows."""
    session = hub.sessions.session(authorization, locked_too=True)
    desk = desk_of(request)
    try:
        number = await _sign_ins(hub).unlock(session, wanted.handle, wanted.number, desk)
    except BarredError as refusal:
        await hub.end_session(session, actor(session, desk), Act.SESSION_END, refusal.message)
        raise
    # What another hub wrote just before comes first; this one's own makes the session go on here.
    await hub.log.beyond(number - 1)
    return await session_message(hub, session)


def _sign_ins(hub: Hub) -> OidcSignIns:
    if hub.oidc is None:
        raise NotFoundError(
            "This hub knows no provider of the agency to sign in at.", "Sign in with name, password and code."
        )
    return hub.oidc
