"""What every route needs: the hub, and who asks, with the right that it takes.

A route names its right with `may`, or with `OPEN` that anybody may use it; `app.hub.rights_table` shows all
of them, and a test refuses a route that names neither.

These are coroutines though they never wait: FastAPI would run plain functions in threads, each at a price
that an alert storm feels.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from app.domain.audit import Act, Actor, ActorKind, AuditEntry, Outcome
from app.domain.rights import PRIVILEGED, Right
from app.hub.core import Hub
from app.hub.refusals import ProofNeededError, RefusalError
from app.hub.sessions import Session
from app.wire.hub import API


async def hub_of(request: Request) -> Hub:
    """Return the hub that this request was sent to."""
    hub: Hub = request.app.state.hub
    return hub


TheHub = Annotated[Hub, Depends(hub_of)]
Authorization = Annotated[str | None, Header(include_in_schema=False)]


def desk_of(request: Request) -> str:
    """Return where a request comes from, for the record."""
    return request.client.host if request.client is not None else "unknown"


def actor(session: Session, desk: str) -> Actor:
    """Return who acts under a session, from where."""
    title = " and ".join(role.title for role in session.roles)
    return Actor(session.user, desk, reach=session.reach, session=session.id, title=title)


_READING = frozenset({"GET", "HEAD"})
NOWHERE: Mapping[str, str] = MappingProxyType({})


class May:
    """Passes who has a right, and puts on record who was refused it."""

    def __init__(
        self,
        right: Right,
        *,
        senders: bool = False,
        scrapers: bool = False,
        carries_away: bool = False,
        locked_too: bool = False,
    ) -> None:
        self.right = right
        self.senders = senders
        """Whether the ingest token passes too."""
        self.scrapers = scrapers
        """Whether the metrics token passes too."""
        self.carries_away = carries_away
        """Whether what is read leaves the hub as a file."""
        self.locked_too = locked_too
        """Whether a locked session passes too: the route then says itself what is left to it."""

    async def __call__(self, hub: TheHub, request: Request, authorization: Authorization = None) -> Actor:
        """Return who asks.

        Raises:
            NotSignedInError: nobody that the hub knows.
            NotAllowedError: somebody without the right.
            ProofNeededError: somebody with it, whose last proof is too old for it.
            TooOftenError: somebody who was refused it again and again.
        """
        desk = desk_of(request)
        if self.senders and hub.sessions.is_ingest(authorization):
            return Actor("sender", desk, ActorKind.SENDER)
        if self.scrapers and hub.sessions.is_scraper(authorization):
            return Actor("scraper", desk, ActorKind.SENDER)
        wanted = f"{request.method} {request.scope['route'].path.removeprefix(API)}"
        try:
            session = await hub.care.session(authorization, locked_too=self.locked_too)
        except RefusalError:
            if self.right is Right.AUDIT_READ:
                # Whoever reaches for the record is on it, known or not (R30).
                await hub.denials.record(Actor("unknown", desk), _refused(wanted, self.right, {}))
            raise
        by = actor(session, desk)
        await self.hold(hub, session, by, wanted, request.path_params)
        if self.asks_proof(request.method) and await hub.care.needs_proof(session, hub.proof_time):
            refused = AuditEntry(Act.PROOF, wanted, Outcome.REFUSED, detail="the last one is too old")
            await hub.denials.record(by, refused)
            raise ProofNeededError(self._doing(), round(hub.proof_time.total_seconds() / 60))
        return by

    def asks_proof(self, method: str) -> bool:
        """Say whether who asks must have proved lately who they are (R3): to change or carry away."""
        return self.right in PRIVILEGED and (method not in _READING or self.carries_away)

    def _doing(self) -> str:
        return "carry the audit record away" if self.carries_away else PRIVILEGED[self.right]

    async def hold(
        self, hub: Hub, session: Session, by: Actor, wanted: str, at: Mapping[str, str] = NOWHERE
    ) -> None:
        """Pass a session that has the right; put a refusal on record before it is told."""
        refusal = hub.sessions.refusal(session, self.right)
        if refusal is None:
            return
        await hub.denials.record(by, _refused(wanted, self.right, at))
        raise refusal


def may(
    right: Right,
    *,
    senders: bool = False,
    scrapers: bool = False,
    carries_away: bool = False,
    locked_too: bool = False,
) -> Any:
    """Return the dependency of a route that takes a right."""
    return Depends(
        May(right, senders=senders, scrapers=scrapers, carries_away=carries_away, locked_too=locked_too)
    )


async def open_to_all() -> None:
    """Pass anybody who reaches the hub."""


OPEN = Depends(open_to_all)
"""Of a route that anybody may use."""


async def own_session(hub: TheHub, authorization: Authorization = None) -> None:
    """Pass whoever has a session, whatever their roles: for what one does with one's own."""
    await hub.care.session(authorization)


OWN = Depends(own_session)
"""Of a route that anybody who has signed in may use."""


async def own_locked_session(hub: TheHub, authorization: Authorization = None) -> None:
    """Pass whoever has a session, also while its desk is locked: for locking, unlocking and signing out."""
    await hub.care.session(authorization, locked_too=True)


OWN_LOCKED = Depends(own_locked_session)
"""Of a route that anybody who has signed in may use, also at a locked desk."""


def _refused(wanted: str, right: Right, at: Mapping[str, str]) -> AuditEntry:
    return AuditEntry(
        Act.DENIED,
        wanted,
        Outcome.REFUSED,
        # What a stranger puts into a path is no longer than what the hub itself gives out.
        camera_id=at.get("camera_id", "")[:200] or None,
        incident_id=at.get("incident_id", "")[:64] or None,
        detail=right.value,
    )
