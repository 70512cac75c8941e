"""Sign-in."""

from __future__ import annotations

from fastapi import APIRouter, Request

from app.domain.account import SESSION_TIME
from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.banner import BANNER
from app.hub.accounts.signing_in import Attempt
from app.hub.api.access import OPEN, OWN, Authorization, TheHub, desk_of
from app.hub.core import Hub
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import revoke_looks_of
from app.hub.refusals import NotSignedInError, TooOftenError, UnfitError
from app.wire.accounts import Banner, SignInIn
from app.wire.hub import SessionIn, SessionOut

router = APIRouter(tags=["session"])


@router.post("/session", dependencies=[OPEN])
async def sign_in(hub: TheHub, request: Request, wanted: SessionIn) -> SessionOut:
    """Exchange a one-time token for a session's bearer token."""
    desk = desk_of(request)
    try:
        user = hub.sessions.bearer_of(wanted.token)
    except NotSignedInError:
        await hub.denials.record(Actor("unknown", desk), AuditEntry(Act.SIGN_IN, "session", Outcome.REFUSED))
        raise
    # First on record, then used up: what could not be written can be asked for again.
    await hub.journal.write(Actor(user, desk), _on_record)
    token, _user = hub.sessions.exchange(wanted.token)
    return _told(hub, token)


@router.get("/banner", dependencies=[OPEN])
async def banner() -> Banner:
    """Return what has to be acknowledged before signing in."""
    return Banner(text=BANNER)


@router.post("/sign-in", dependencies=[OPEN])
async def sign_in_to_account(hub: TheHub, request: Request, wanted: SignInIn) -> SessionOut:
    """Sign in with an account; the session lasts twelve hours."""
    if not wanted.banner_acknowledged:
        raise UnfitError([("banner_acknowledged", "the banner has to be acknowledged first")])
    attempt = Attempt(wanted.name, wanted.password, wanted.code, wanted.new_password)
    stranger = Actor("unknown", desk_of(request))
    failure = AuditEntry(Act.SIGN_IN, "account", Outcome.REFUSED)
    hub.denials.turn_away(stranger, failure)
    try:
        account = await hub.signing_in.sign_in(attempt, stranger.desk)
    except NotSignedInError:
        hub.denials.note(stranger, failure)
        raise
    except TooOftenError:
        hub.denials.count(stranger, failure)
        raise
    return _told(hub, hub.sessions.admit(account.name, account.roles, hub.now() + SESSION_TIME))


@router.delete("/session", status_code=204, dependencies=[OWN])
async def sign_out(hub: TheHub, request: Request, authorization: Authorization = None) -> None:
    """End the session that asks, and its looks where it is the person's last one."""
    session = hub.sessions.session(authorization)
    hub.sessions.end(session)
    by = Actor(session.user, desk_of(request))

    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.SIGN_OUT, "session"))
        if not hub.sessions.has(session.user):
            await revoke_looks_of(uow, session.user, "You have signed out.")

    await hub.journal.write(by, work)


def _told(hub: Hub, token: str) -> SessionOut:
    session = hub.sessions.session(f"Bearer {token}")
    return SessionOut(
        session_token=token,
        user=session.user,
        hub_id=hub.id,
        roles=[role.title for role in session.roles],
        rights=sorted(session.rights),
        until=session.until,
    )


async def _on_record(uow: UnitOfWork) -> None:
    uow.audit(AuditEntry(Act.SIGN_IN, "session"))
