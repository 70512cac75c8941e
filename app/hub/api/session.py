"""Sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request

from app.domain.account import password_fault
from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts import administration
from app.hub.accounts.banner import BANNER
from app.hub.accounts.secrets import read_banned
from app.hub.accounts.signing_in import Attempt, Proof
from app.hub.api.access import OPEN, OWN, OWN_LOCKED, Authorization, TheHub, actor, desk_of
from app.hub.core import Hub
from app.hub.db.account_book import account_of
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, NotAllowedError, NotSignedInError, TooOftenError, UnfitError
from app.hub.roles import ONE_DESK
from app.hub.sessions import Session
from app.wire.accounts import Banner, FirstAccountIn, ProofIn, SignInIn, UnlockIn
from app.wire.hub import API, SessionIn, SessionOut

router = APIRouter(prefix=API, tags=["session"])


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
    return await told(hub, token)


@router.get("/banner", dependencies=[OPEN])
async def banner(hub: TheHub) -> Banner:
    """Return what has to be acknowledged before signing in."""
    days = hub.signing_in.remember_time.days
    provider = "" if hub.oidc is None else hub.oidc.title
    return Banner(text=BANNER, has_accounts=await hub.has_accounts(), remember_days=days, provider=provider)


@router.post("/first-account", status_code=201, dependencies=[OPEN])
async def make_first_account(hub: TheHub, request: Request, wanted: FirstAccountIn) -> SessionOut:
    """Make the first account, for whoever holds the token of the hub that their console started."""
    _acknowledged(wanted.banner_acknowledged)
    desk = desk_of(request)
    if not hub.sessions.is_own_desk(wanted.desk_token):
        await hub.denials.record(Actor("unknown", desk), AuditEntry(Act.SIGN_IN, "session", Outcome.REFUSED))
        raise NotSignedInError("The first account is made at the desk that runs the hub.", "Sign in instead.")
    fault = password_fault(wanted.password, wanted.name, read_banned())
    if fault is not None:
        raise UnfitError([("password", fault)])
    fresh = await administration.Fresh.make(wanted.name, hub.passwords, hub.seal, wanted.password)
    by = Actor(wanted.name, desk)
    await hub.journal.write(by, lambda uow: administration.create_first(uow, fresh, ONE_DESK))
    attempt = Attempt(wanted.name, wanted.password, "", own_desk=True)
    return await told(hub, (await hub.signing_in.sign_in(attempt, desk)).token)


@router.post("/sign-in", dependencies=[OPEN])
async def sign_in_to_account(hub: TheHub, request: Request, wanted: SignInIn) -> SessionOut:
    """Sign in with an account; the session lasts twelve hours, or as long as the shift."""
    _acknowledged(wanted.banner_acknowledged)
    own_desk = hub.sessions.is_own_desk(wanted.desk_token)
    attempt = Attempt(
        wanted.name,
        wanted.password,
        wanted.code,
        wanted.new_password,
        own_desk,
        wanted.workstation,
        wanted.remember,
    )
    stranger = Actor("unknown", desk_of(request))
    with _no_flood(hub, stranger, Act.SIGN_IN):
        admitted = await hub.signing_in.sign_in(attempt, stranger.desk)
    answer = await told(hub, admitted.token)
    answer.workstation, answer.workstation_until = admitted.workstation, admitted.workstation_until
    return answer


@router.get("/session", dependencies=[OWN])
async def own_session(hub: TheHub, authorization: Authorization = None) -> SessionOut:
    """Return the session that asks, without its token."""
    return await session_message(hub, hub.sessions.session(authorization))


@router.delete("/session", status_code=204, dependencies=[OWN_LOCKED])
async def sign_out(hub: TheHub, request: Request, authorization: Authorization = None) -> None:
    """End the session that asks, and its looks."""
    session = hub.sessions.session(authorization, locked_too=True)
    await hub.end_session(session, actor(session, desk_of(request)), Act.SIGN_OUT, "You have signed out.")


@router.post("/session/lock", status_code=204, dependencies=[OWN_LOCKED])
async def lock(hub: TheHub, request: Request, authorization: Authorization = None) -> None:
    """Lock the desk: its looks end, and nothing is told or done under the session until it is unlocked."""
    session = hub.sessions.session(authorization, locked_too=True)
    async with hub.database.reading() as reading:
        if await account_of(reading, session.user) is None:
            raise ConflictError(
                "This session has no password to unlock it with.", "Sign in with an account to lock the desk."
            )
    await hub.lock(session, actor(session, desk_of(request)))


@router.post("/session/unlock", dependencies=[OWN_LOCKED])
async def unlock(
    hub: TheHub, request: Request, wanted: UnlockIn, authorization: Authorization = None
) -> SessionOut:
    """Unlock the desk with the password of who locked it."""
    session = hub.sessions.session(authorization, locked_too=True)
    by = actor(session, desk_of(request))
    try:
        with _no_flood(hub, by, Act.UNLOCK):
            number = await hub.signing_in.unlock(session, wanted.password, by.desk)
    except NotAllowedError as refusal:
        await hub.end_session(session, by, Act.SESSION_END, refusal.message)
        raise
    # What another hub wrote just before comes first.
    await hub.log.beyond(number - 1)
    return await session_message(hub, session)


@router.post("/session/proof", status_code=204, dependencies=[OWN])
async def prove(hub: TheHub, request: Request, wanted: ProofIn, authorization: Authorization = None) -> None:
    """Prove anew who has signed in, before an act that takes a fresh proof."""
    session = hub.sessions.session(authorization)
    typed = Proof(wanted.password, wanted.code, hub.sessions.is_own_desk(wanted.desk_token))
    by = actor(session, desk_of(request))
    try:
        with _no_flood(hub, by, Act.PROOF):
            number = await hub.signing_in.prove(session, typed, by.desk)
    except NotAllowedError as refusal:
        await hub.end_session(session, by, Act.SESSION_END, refusal.message)
        raise
    # What another hub wrote just before comes first.
    await hub.log.beyond(number - 1)


@contextmanager
def _no_flood(hub: Hub, by: Actor, act: Act) -> Iterator[None]:
    """Turn away who was wrong again and again, before a password's hash and a record cost anything more.

    Raises:
        TooOftenError: they were; it is counted.
    """
    failure = AuditEntry(act, "account", Outcome.REFUSED)
    hub.denials.turn_away(by, failure)
    try:
        yield
    except NotSignedInError:
        hub.denials.note(by, failure)
        raise
    except TooOftenError:
        hub.denials.count(by, failure)
        raise


def _acknowledged(acknowledged: bool) -> None:
    if not acknowledged:
        raise UnfitError([("banner_acknowledged", "the banner has to be acknowledged first")])


async def told(hub: Hub, token: str) -> SessionOut:
    """Return what a new session's person is told of it."""
    return await session_message(hub, await hub.care.session(f"Bearer {token}"), token)


async def session_message(hub: Hub, session: Session, token: str = "") -> SessionOut:
    """Return what its person is told of a session."""
    async with hub.database.reading() as reading:
        record = await account_of(reading, session.user) if session.is_kept else None
    return SessionOut(
        session_token=token,
        user=session.user,
        hub_id=hub.log.id,
        roles=[role.title for role in session.roles],
        rights=sorted(session.rights),
        until=session.until,
        ends_by_shift=session.shift_id is not None,
        unlocks_at="" if hub.oidc is None or record is None else hub.oidc.title,
        unlocks_by_password=record is None or not record.account.must_change,
    )


async def _on_record(uow: UnitOfWork) -> None:
    uow.audit(AuditEntry(Act.SIGN_IN, "session"))
