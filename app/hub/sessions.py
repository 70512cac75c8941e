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
from datetime import datetime, timedelta
from uuid import uuid4

from app.domain.clock import SystemClock
from app.domain.rights import WORDS, Right, Role
from app.domain.scope import EVERYTHING, Grant, Reach, Scope
from app.hub.refusals import LockedError, NotAllowedError, NotSignedInError
from app.hub.roles import ONE_DESK, read_roles

_SIGN_IN_HINT = "Exchange a one-time token at POST /api/v1/session and send the session's token as Bearer."
_OVER = "This session's time is over."


@dataclass(slots=True, eq=False)
class Session:
    """Who has signed in, as what, and until when (None: as long as the hub runs).

    ``latest`` is when it has to end whatever becomes of its shift; `until` is never after it. ``shift_id``
    and ``scope`` are those of the shift that it is for. ``stopped`` is set when the session ends or is
    locked: what goes on under it stops then. ``words`` say why, for its person.
    """

    user: str
    roles: tuple[Role, ...]
    until: datetime | None = None
    latest: datetime | None = None
    shift_id: str | None = None
    scope: Scope = EVERYTHING
    locked: bool = False
    id: str = field(default_factory=lambda: uuid4().hex)
    words: str = ""
    proved_at: datetime | None = None
    """When its person last proved who they are; None for who signed in without a code, or has no account."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    turned: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and exchanged for another, whenever the session is locked, unlocked or ends."""

    @property
    def reach(self) -> Reach:
        """How far the rights reach: those of a role that works in shifts no further than the shift."""
        bounded = () if self.scope == EVERYTHING else (self.scope,)
        return Reach(tuple(Grant(role.rights, bounded if role.needs_shift else ()) for role in self.roles))

    @property
    def is_kept(self) -> bool:
        """Whether it is an account's, which the database keeps."""
        return self.latest is not None

    @property
    def rights(self) -> frozenset[Right]:
        """What the session may do somewhere."""
        return self.reach.rights

    def needs_proof(self, now: datetime, good_for: timedelta) -> bool:
        """Say whether the last proof is too old for a privileged act (R3).

        A session that nobody keeps has no account, so no password to prove anything with: it is as good as
        its token, and ends with the hub.
        """
        if not self.is_kept:
            return False
        # Another hub's clock may be ahead a little, and one that was set back makes no proof last.
        return self.proved_at is None or abs(now - self.proved_at) >= good_for

    def stop(self, words: str) -> None:
        """Stop what goes on under the session."""
        self.words = words
        self.stopped.set()
        self._turn()

    def go_on(self) -> None:
        """Let things go on under the session again."""
        self.words, self.stopped = "", asyncio.Event()
        self._turn()

    def _turn(self) -> None:
        self.turned.set()
        self.turned = asyncio.Event()


class Sessions:
    """The hub's tokens. Sessions of accounts are kept in the database too; the others end with the hub."""

    def __init__(
        self,
        operator_token: str,
        ingest_token: str,
        operator: str,
        roles: Mapping[str, Role] | None = None,
        now: Callable[[], datetime] = SystemClock().utc,
        metrics_token: str | None = None,
    ) -> None:
        self.roles = read_roles() if roles is None else roles
        self._now = now
        self._one_time: bytes | None = _hash(operator_token)
        self._desk: bytes | None = self._one_time
        self._ingest = _hash(ingest_token)
        self._metrics = None if metrics_token is None else _hash(metrics_token)
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

    def serve_several(self) -> None:
        """Take no token for a second factor: the hub was not started by a console for itself."""
        self._desk = None

    def close_one_time(self) -> None:
        """Let nobody in by the one-time token any more: there are accounts."""
        self._one_time = self._desk = None

    def is_own_desk(self, token: str) -> bool:
        """Say whether a token is that of the console which started this hub."""
        return self._desk is not None and hmac.compare_digest(self._desk, _hash(token))

    def admit(self, user: str, roles: Iterable[str], until: datetime | None = None) -> str:
        """Return the token of a new session with these roles; those that the hub has not are left out."""
        return self.keep(Session(user, self.known(roles), until))

    def known(self, roles: Iterable[str]) -> tuple[Role, ...]:
        """Return the roles of these names; those that the hub has not are left out."""
        return tuple(self.roles[name] for name in roles if name in self.roles)

    def keep(self, session: Session, token: str | None = None) -> str:
        """Let a session be known by a token, a new one where none is given, and return it."""
        token = token or new_token()
        self._sessions[_hash(token)] = session
        return token

    def recall(self, key: str, session: Session) -> None:
        """Let a session be known that is kept by this key."""
        self._sessions.setdefault(bytes.fromhex(key), session)

    def end(self, session: Session, words: str = _OVER) -> None:
        """End one session."""
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept is not session}
        session.stop(words)

    def end_of(self, user: str, words: str = _OVER) -> None:
        """End every session of a person."""
        for session in self.of(user):
            self.end(session, words)

    def of(self, user: str) -> list[Session]:
        """Return a person's sessions."""
        return [session for session in self._sessions.values() if session.user == user]

    def has(self, user: str) -> bool:
        """Say whether a person has a session."""
        return any(session.user == user for session in self._sessions.values())

    def of_id(self, session_id: str) -> Session | None:
        """Return the session of an id, None where there is none."""
        return next((session for session in self._sessions.values() if session.id == session_id), None)

    def all(self) -> list[Session]:
        """Return every session, oldest first."""
        return list(self._sessions.values())

    def expired(self) -> list[Session]:
        """Return the sessions whose time is over; `end` them."""
        now = self._now()
        return [session for session in self._sessions.values() if session.until and now >= session.until]

    def unknown(self, authorization: str | None) -> str | None:
        """Return the key of a header's token where it is none that this hub knows, None where it is."""
        key = _hash(_bearer(authorization))
        known = key in self._sessions or hmac.compare_digest(self._ingest, key)
        return None if known else key.hex()

    def session(self, authorization: str | None, *, locked_too: bool = False) -> Session:
        """Return the session that an Authorization header carries.

        Raises:
            NotSignedInError: no bearer token, or not a session's.
            NotAllowedError: the ingest token, which may send alerts and nothing else.
            LockedError: its desk is locked.
        """
        token = _bearer(authorization)
        session = self._sessions.get(_hash(token))
        if session is not None:
            if session.until is not None and self._now() >= session.until:
                raise NotSignedInError(_OVER, "Sign in again.")
            if session.locked and not locked_too:
                raise LockedError
            return session
        if hmac.compare_digest(self._ingest, _hash(token)):
            raise NotAllowedError("The ingest token may only send alerts.", _SIGN_IN_HINT)
        raise NotSignedInError("This session is not known to the hub.", _SIGN_IN_HINT)

    def is_ingest(self, authorization: str | None) -> bool:
        """Say whether a header carries the ingest token."""
        return hmac.compare_digest(self._ingest, _hash(_bearer(authorization)))

    def is_scraper(self, authorization: str | None) -> bool:
        """Say whether a header carries the metrics token."""
        return self._metrics is not None and hmac.compare_digest(self._metrics, _hash(_bearer(authorization)))

    @property
    def count(self) -> int:
        """Return how many sessions there are."""
        return len(self._sessions)

    def refusal(self, session: Session, right: Right) -> NotAllowedError | None:
        """Return why the session may not, and who may; None when it may."""
        if right in session.rights:
            return None
        mine = " and ".join(role.title for role in session.roles) or "nobody in particular"
        others = [role.title.lower() for role in self.roles.values() if right in role.rights]
        who = f"Ask for it: those who may are {', '.join(others)}." if others else "No role may."
        return NotAllowedError(f"You are signed in as {mine}, who may not {WORDS[right]}.", who)


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(32)


def key_of(token: str) -> str:
    """Return what is kept of a session's token, in hex."""
    return _hash(token).hex()


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("The request carries no token.", _SIGN_IN_HINT)
    return token.strip()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
