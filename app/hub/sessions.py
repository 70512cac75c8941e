"""Who may speak to the hub: one-time tokens, sessions and the ingest token.

Tokens are kept as hashes only. They are random and long, so a plain SHA-256 is enough; hashes are compared,
which takes the same time whatever was guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.hub.refusals import NotAllowedError, NotSignedInError

_SIGN_IN_HINT = "Exchange a one-time token at POST /api/v1/session and send the session's token as Bearer."


class Sessions:
    """The hub's tokens, in memory: they end with the hub."""

    def __init__(self, operator_token: str, ingest_token: str, operator: str) -> None:
        self._one_time: bytes | None = _hash(operator_token)
        self._ingest = _hash(ingest_token)
        self._operator = operator
        self._users: dict[bytes, str] = {}

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
        session = secrets.token_urlsafe(32)
        self._users[_hash(session)] = self._operator
        return session, self._operator

    def user(self, authorization: str | None) -> str:
        """Return whose session an Authorization header carries.

        Raises:
            NotSignedInError: no bearer token, or not a session's.
            NotAllowedError: the ingest token, which may send alerts and nothing else.
        """
        token = _bearer(authorization)
        user = self._users.get(_hash(token))
        if user is not None:
            return user
        if hmac.compare_digest(self._ingest, _hash(token)):
            raise NotAllowedError("The ingest token may only send alerts.", _SIGN_IN_HINT)
        raise NotSignedInError("This session is not known to the hub.", _SIGN_IN_HINT)

    def allow_ingest(self, authorization: str | None) -> None:
        """Pass a header that may send alerts: the ingest token's or a session's.

        Raises:
            NotSignedInError: any other.
        """
        hashed = _hash(_bearer(authorization))
        if not hmac.compare_digest(self._ingest, hashed) and hashed not in self._users:
            raise NotSignedInError(
                "This token may not send alerts.", "Send the hub's ingest token as Bearer."
            )


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("The request carries no token.", _SIGN_IN_HINT)
    return token.strip()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
