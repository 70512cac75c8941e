"""Who may speak to the hub: one-time tokens, sessions and the ingest token.

Tokens are kept as hashes only. They are random and long, so a plain SHA-256 is enough; hashes are compared,
which takes the same time whatever was guessed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.clock import SystemClock
from app.domain.rights import WORDS, Right, Role, rights_of
from app.hub.refusals import NotAllowedError, NotSignedInError
from app.hub.roles import ONE_DESK, read_roles

_SIGN_IN_HINT = "Exchange a one-time token at POST /api/v1/session and send the session's token as Bearer."


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Who has signed in, as what, and until when (None: as long as the hub runs).

    ``ended`` is set when the session ends before its time: what goes on under it stops then.
    """

    user: str
    roles: tuple[Role, ...]
    until: datetime | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def rights(self) -> frozenset[Right]:
        """What the session may do."""
        return rights_of(self.roles)


class Sessions:
    """The hub's tokens, in memory: they end with the hub."""

    def __init__(
        self,
        operator_token: str,
        ingest_token: str,
        operator: str,
        roles: Mapping[str, Role] | None = None,
        now: Callable[[], datetime] = SystemClock().utc,
    ) -> None:
        self.roles = read_roles() if roles is None else roles
        self._now = now
        self._one_time: bytes | None = _hash(operator_token)
        self._ingest = _hash(ingest_token)
        self._operator = operator
        self._sessions: dict[bytes, Session] = {}

    def bearer_of(self, token: str) -> str:
        """Return whose the one-time token is, which can still be used.

        Raises:
            NotSignedInError: another token, or the second use of this one.
        """
        if self._one_time is None or not hmac.compare_digest(self._one_time, _hash(token)):
            raise NotSignedInError(
                "This one-time token is not valid: it is wrong or has been used.",
                "Start the hub again to have a new one.",
            )
        return self._operator

    def exchange(self, token: str) -> tuple[str, str]:
        """Return a new session token and its user for the one-time token, which is used up.

        Raises:
            NotSignedInError: another token, or the second use of this one.
        """
        user = self.bearer_of(token)
        self._one_time = None
        return self.admit(user, ONE_DESK), user

    def close_one_time(self) -> None:
        """Let nobody in by the one-time token any more: there are accounts."""
        self._one_time = None

    def admit(self, user: str, roles: Iterable[str], until: datetime | None = None) -> str:
        """Return the token of a new session with these roles; those that the hub has not are left out."""
        token = secrets.token_urlsafe(32)
        held = tuple(self.roles[name] for name in roles if name in self.roles)
        self._sessions[_hash(token)] = Session(user, held, until)
        return token

    def end(self, session: Session) -> None:
        """End one session."""
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept is not session}
        session.ended.set()

    def end_of(self, user: str) -> None:
        """End every session of a person."""
        for session in [session for session in self._sessions.values() if session.user == user]:
            self.end(session)

    def has(self, user: str) -> bool:
        """Say whether a person has a session."""
        return any(session.user == user for session in self._sessions.values())

    def expired(self) -> list[Session]:
        """Return the sessions whose time is over; `end` them."""
        now = self._now()
        return [session for session in self._sessions.values() if session.until and now >= session.until]

    def session(self, authorization: str | None) -> Session:
        """Return the session that an Authorization header carries.

        Raises:
            NotSignedInError: no bearer token, or not a session's.
            NotAllowedError: the ingest token, which may send alerts and nothing else.
        """
        token = _bearer(authorization)
        session = self._sessions.get(_hash(token))
        if session is not None:
            if session.until is not None and self._now() >= session.until:
                raise NotSignedInError("This session's time is over.", "Sign in again.")
            return session
        if hmac.compare_digest(self._ingest, _hash(token)):
            raise NotAllowedError("The ingest token may only send alerts.", _SIGN_IN_HINT)
        raise NotSignedInError("This session is not known to the hub.", _SIGN_IN_HINT)

    def is_ingest(self, authorization: str | None) -> bool:
        """Say whether a header carries the ingest token."""
        return hmac.compare_digest(self._ingest, _hash(_bearer(authorization)))

    def refusal(self, session: Session, right: Right) -> NotAllowedError | None:
        """Return why the session may not, and who may; None when it may."""
        if right in session.rights:
            return None
        mine = " and ".join(role.title for role in session.roles) or "nobody in particular"
        others = [role.title.lower() for role in self.roles.values() if right in role.rights]
        who = f"Ask for it: those who may are {', '.join(others)}." if others else "No role may."
        return NotAllowedError(f"You are signed in as {mine}, who may not {WORDS[right]}.", who)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("The request carries no token.", _SIGN_IN_HINT)
    return token.strip()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
