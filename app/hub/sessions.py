"""Who may speak to the hub: one-time tokens, sessions and the ingest token.

Tokens are kept as hashes only. They are random and long, so a plain SHA-256 is enough; hashes are compared,
which takes the same time whatever was guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.rights import WORDS, Right, Role, rights_of
from app.hub.refusals import NotAllowedError, NotSignedInError
from app.hub.roles import ONE_DESK, read_roles

_SIGN_IN_HINT = "Exchange a one-time token at POST /api/v1/session and send the session's token as Bearer."


@dataclass(frozen=True, slots=True)
class Session:
    """Who has signed in, and as what."""

    user: str
    roles: tuple[Role, ...]

    @property
    def rights(self) -> frozenset[Right]:
        """What the session may do."""
        return rights_of(self.roles)


class Sessions:
    """The hub's tokens, in memory: they end with the hub."""

    def __init__(
        self, operator_token: str, ingest_token: str, operator: str, roles: Mapping[str, Role] | None = None
    ) -> None:
        self.roles = read_roles() if roles is None else roles
        self._one_time: bytes | None = _hash(operator_token)
        self._ingest = _hash(ingest_token)
        self._operator = operator
        self._sessions: dict[bytes, Session] = {}

    def exchange(self, token: str) -> tuple[str, str]:
        """Return a new session token and its user for the one-time token, which is used up.

        Raises:
            NotSignedInError: another token, or the second use of this one.
        """
        if self._one_time is None or not hmac.compare_digest(self._one_time, _hash(token)):
            raise NotSignedInError(
                "This one-time token is not valid: it is wrong or has been used.",
                "Start the hub again to have a new one.",
            )
        self._one_time = None
        return self.admit(self._operator, ONE_DESK), self._operator

    def admit(self, user: str, roles: Iterable[str]) -> str:
        """Return the token of a new session with these roles."""
        token = secrets.token_urlsafe(32)
        self._sessions[_hash(token)] = Session(user, tuple(self.roles[name] for name in roles))
        return token

    def session(self, authorization: str | None) -> Session:
        """Return the session that an Authorization header carries.

        Raises:
            NotSignedInError: no bearer token, or not a session's.
            NotAllowedError: the ingest token, which may send alerts and nothing else.
        """
        token = _bearer(authorization)
        session = self._sessions.get(_hash(token))
        if session is not None:
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
