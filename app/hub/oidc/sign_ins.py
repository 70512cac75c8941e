"""Sign-ins that are under way at the agency's provider.

The console begins one and keeps its handle; the browser comes back with the provider's code, and is shown a
short number; the console finishes with both. So neither who sees the browser's addresses nor who sends
somebody else a link to sign in at has a session of it: the handle never leaves the desk, and the number is
seen only where the person is.

One that was begun at a locked desk unlocks that desk while it is locked, and does nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.admission import admission
from app.hub.db.account_book import account_of, write_account
from app.hub.db.journal import Journal
from app.hub.db.session_book import tell_presence, write_proof, write_session
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.denials import Denials
from app.hub.oidc.identity import account_name, check_second_factor, is_asked_now, verified
from app.hub.oidc.provider import Provider
from app.hub.oidc.settings import OidcSettings
from app.hub.oidc.unlocking import (
    BY_PROVIDER,
    SOMEBODY_ELSE,
    Lock,
    Person,
    check_person,
    is_of_session,
    refused_entry,
    turn_down,
    unlock,
)
from app.hub.refusals import ConflictError, NotAllowedError, NotSignedInError, RefusalError
from app.hub.sessions import Session, Sessions, key_of, new_token

GOOD_FOR = timedelta(minutes=5)
MOST_OF_A_DESK = 50
"""Behind a proxy on the hub's own computer all desks have one address, and a shift signs in at once."""
MOST = 2000
MOST_GUESSES = 3
_BEGIN_AGAIN = "Begin again at the console."


_FAILURE = AuditEntry(Act.SIGN_IN, "session", Outcome.REFUSED, detail=BY_PROVIDER)
"""What a flood is counted as, whatever the provider or a stranger says."""
_NO_TIME = "The agency's provider does not say when you signed in there."
_NO_TIME_HINT = (
    "Prove it with your password; the administrator can have the provider tell the time (auth_time)."
)


@dataclass(slots=True)
class _UnderWay:
    """One sign-in. ``outcome`` is whom the provider proved, or why there is nobody.

    ``lock`` is what it is to unlock; None: it lets somebody in, or is a fresh proof.
    """

    handle: bytes
    state: bytes = field(repr=False)
    desk: str
    began: datetime
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    number: str = field(repr=False)
    lock: Lock | None = None
    returned: bool = False
    guesses: int = 0
    outcome: Person | RefusalError | None = None


class OidcSignIns:
    """Lets people in whom the agency's provider knows, to accounts that are here already."""

    def __init__(
        self,
        settings: OidcSettings,
        journal: Journal,
        denials: Denials,
        now: Callable[[], datetime],
        sessions: Sessions,
        provider: Provider | None = None,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._journal = journal
        self._denials = denials
        self._now = now
        self._provider = provider or Provider(settings, now)
        self._under_way: list[_UnderWay] = []

    @property
    def title(self) -> str:
        """What people call the provider."""
        return self._settings.title

    async def aclose(self) -> None:
        """Close the connections to the provider."""
        await self._provider.aclose()

    async def begin(self, desk: str, locked: Session | None = None) -> tuple[str, str]:
        """Return the address that the person's browser opens, and the handle that the console keeps.

        Args:
            desk: where from.
            locked: the session whose desk is to be unlocked; None to sign in, or for a fresh proof.

        Raises:
            ProviderError: the provider does not answer.
            ConflictError: the desk to be unlocked is not locked, or the session is nobody's account's.
            RefusalError: too many have begun and not finished.
        """
        lock = None if locked is None else Lock.of(locked)
        endpoint = await self._provider.authorization_endpoint()
        handle, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        verifier = secrets.token_urlsafe(48)
        self._make_room(desk)
        self._under_way.append(
            _UnderWay(
                handle=_hash(handle),
                state=_hash(state),
                desk=desk,
                began=self._now(),
                nonce=nonce,
                verifier=verifier,
                number=f"{secrets.randbelow(1_000_000):06}",
                lock=lock,
            )
        )
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.return_address,
            "scope": " ".join(self._settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            # Whoever sits at the desk now proves it now, not whoever used the browser before (R3).
            "prompt": "login",
            # Who holds the browser can take that away: when it was, the provider says under its signature.
            "max_age": "0",
        }
        joint = "&" if urlsplit(endpoint).query else "?"
        return f"{endpoint}{joint}{urlencode(asked)}", handle

    async def returned(self, told: Mapping[str, str], desk: str) -> str:
        """Take what the browser brings back from the provider; return the number to be shown.

        Raises:
            RefusalError: why nobody is signed in by it; the console is told the same.
        """
        entry = self._take(told.get("state", ""))
        if entry is None:
            await self._refused(None, desk, "unknown or used state")
            raise NotSignedInError("This sign-in is not known, was used or took too long.", _BEGIN_AGAIN)
        try:
            if entry.lock is not None:
                entry.lock.check(self._sessions)
            person = await self._proved(entry, told)
            if entry.lock is not None:
                await check_person(self._journal, entry.lock, person)
            entry.outcome = person
        except RefusalError as refusal:
            entry.outcome = refusal
            if entry.lock is not None and isinstance(refusal, NotAllowedError) and "error" not in told:
                # The provider tells who is there, and not that it is this desk's person: as a wrong password.
                await turn_down(self._journal, self._denials, entry.lock, refusal.message, entry.desk)
            else:
                await self._refused(None, desk, refusal.message)
            raise
        return entry.number

    async def finish(self, handle: str, number: str, desk: str) -> str:
        """Return the token of a session for who has proved to be its person; the sign-in is used up.

        Raises:
            ConflictError: the browser has not come back yet.
            NotSignedInError: no such sign-in, or the number is wrong.
            NotAllowedError: there is no such account, it is barred, or has no shift now.
        """
        return await self._let_in(await self._person(handle, number, desk), desk)

    async def prove(self, session: Session, handle: str, number: str, desk: str) -> int:
        """Take a sign-in as a new proof of who a session's person is (R3); it is used up.

        It is good on every hub once the log tells; return the number of the event that it is told by then.

        Raises:
            ConflictError: the browser has not come back yet, or the session is nobody's account's.
            NotSignedInError: no such sign-in, or the number is wrong.
            NotAllowedError: the provider knows somebody else, or the account is barred.
        """
        person = await self._person(handle, number, desk)

        async def work(uow: UnitOfWork) -> RefusalError | int:
            record = await account_of(uow, session.user)
            if record is None or not session.is_kept:
                return ConflictError("This session is nobody's account's.", "It needs no proof either.")
            why = record.account.barred(uow.now)
            if not person.is_fresh:
                why = (_NO_TIME, _NO_TIME_HINT)
            if not await is_of_session(uow, person, session, record.account.name):
                why = (SOMEBODY_ELSE, "Sign out first.")
            if why is not None:
                uow.audit(refused_entry(why[0], record.account.name, Act.PROOF))
                return NotAllowedError(*why)
            account = record.account.after_success(uow.now)
            await write_account(uow, record.with_account(account), Act.PROOF, detail=BY_PROVIDER)
            await write_proof(uow, session)
            return uow.head

        outcome = await self._journal.write(Actor(session.user, desk, session=session.id), work)
        if isinstance(outcome, RefusalError):
            raise outcome
        return outcome

    async def unlock(self, session: Session, handle: str, number: str, desk: str) -> int:
        """Unlock a session's desk for its person, who has signed in at the provider; it is used up.

        On every hub that is so once the log tells; return the number of the event that it is told by then.

        Raises:
            ConflictError: the browser has not come back yet, or the desk is not locked.
            NotSignedInError: nothing was begun for this lock, or the number is wrong.
            BarredError: the account is barred now; the session is to be ended.
            NotAllowedError: the provider knows somebody else, or does not say that it asked now.
        """
        lock = Lock.of(session)
        await self._person(handle, number, desk, lock)
        return await unlock(self._journal, lock, desk)

    async def _person(self, handle: str, number: str, desk: str, lock: Lock | None = None) -> Person:
        """Return whom the provider proved, and use the sign-in up."""
        entry = self._find(handle, desk, lock)
        if entry is None:
            await self._refused(None, desk, "unknown handle")
            raise NotSignedInError("This sign-in is not known, was used or took too long.", _BEGIN_AGAIN)
        if entry.outcome is None:
            raise ConflictError("The sign-in at the agency's provider is not done yet.", "Finish it there.")
        if isinstance(entry.outcome, RefusalError):
            self._under_way.remove(entry)
            raise entry.outcome
        if not hmac.compare_digest(entry.number.encode(), number.strip().encode("utf-8", "surrogatepass")):
            entry.guesses += 1
            if entry.guesses >= MOST_GUESSES:
                self._under_way.remove(entry)
            await self._refused(entry.outcome.name, desk, "wrong number")
            raise NotSignedInError("This is not the number that the browser shows.", _BEGIN_AGAIN)
        self._under_way.remove(entry)
        return entry.outcome

    async def _proved(self, entry: _UnderWay, told: Mapping[str, str]) -> Person:
        settings = self._settings
        if "error" in told:
            words = "".join(c for c in told.get("error_description") or told["error"] if c.isprintable())
            raise NotAllowedError(f"The agency's provider did not let you in: {words[:200]}", _BEGIN_AGAIN)
        if told.get("iss", settings.issuer) != settings.issuer:
            # RFC 9207: another provider's answer.
            raise NotSignedInError("This answer is of another provider.", _BEGIN_AGAIN)
        if not told.get("code"):
            raise NotSignedInError("The agency's provider sent no code.", _BEGIN_AGAIN)
        token = await self._provider.id_token(told["code"], entry.verifier)
        claims = await verified(token, self._provider, settings, entry.nonce, self._now())
        check_second_factor(claims, settings)
        is_fresh = is_asked_now(claims, self._now() - entry.began)
        subject = _hash(f"{settings.issuer}\0{claims['sub']}").hex()
        return Person(account_name(claims, settings), is_fresh, subject)

    async def _let_in(self, person: Person, desk: str) -> str:
        token, name = new_token(), person.name

        async def work(uow: UnitOfWork) -> RefusalError | None:
            record = await account_of(uow, name)
            if record is None or record.account.name != name:
                # Names that differ in a capital letter may be two persons' at the provider.
                uow.audit(refused_entry("no such account"))
                return NotAllowedError(
                    "The agency's provider knows you, but there is no account of your name here.",
                    "An administrator makes it first.",
                )
            barred = record.account.barred(uow.now)
            if barred is not None:
                uow.audit(refused_entry(barred[0], record.account.name))
                return NotAllowedError(*barred)
            account = record.account.after_success(uow.now)
            try:
                session = await admission(uow, account, self._sessions.known(account.roles), uow.now)
            except NotAllowedError as refusal:
                uow.audit(refused_entry("no shift", account.name))
                return refusal
            if not person.is_fresh:
                session.proved_at = None
            await write_account(uow, record.with_account(account), Act.SIGN_IN, detail=BY_PROVIDER)
            await write_session(uow, key_of(token), session, person.subject)
            tell_presence(uow, session.user)
            return None

        outcome = await self._journal.write(Actor(name or "unknown", desk), work)
        if outcome is not None:
            raise outcome
        return token

    async def _refused(self, name: str | None, desk: str, why: str) -> None:
        """Put on record why nobody was let in; a flood of it is counted.

        Raises:
            TooOftenError: it is one of a flood.
        """
        stranger = Actor("unknown", desk)
        self._denials.turn_away(stranger, _FAILURE)
        self._denials.note(stranger, _FAILURE)

        async def work(uow: UnitOfWork) -> None:
            uow.audit(refused_entry(why))

        await self._journal.write(Actor(name or "unknown", desk), work)

    def _take(self, state: str) -> _UnderWay | None:
        """Return the sign-in of a state, which is good once."""
        self._forget_old()
        hashed = _hash(state)
        for entry in self._under_way:
            if not entry.returned and hmac.compare_digest(entry.state, hashed):
                entry.returned = True
                return entry
        return None

    def _find(self, handle: str, desk: str, lock: Lock | None) -> _UnderWay | None:
        self._forget_old()
        hashed = _hash(handle)
        for entry in self._under_way:
            if hmac.compare_digest(entry.handle, hashed) and entry.desk == desk:
                # What was begun for one lock is good for no other, and for no sign-in.
                return entry if entry.lock == lock else None
        return None

    def _forget_old(self) -> None:
        now = self._now()
        self._under_way = [entry for entry in self._under_way if abs(now - entry.began) < GOOD_FOR]

    def _make_room(self, desk: str) -> None:
        self._forget_old()
        of_desk = [entry for entry in self._under_way if entry.desk == desk]
        for entry in of_desk[: max(0, len(of_desk) - MOST_OF_A_DESK + 1)]:
            self._under_way.remove(entry)
        if len(self._under_way) >= MOST:
            raise RefusalError(
                429, "Too many have begun to sign in and not finished.", "Try again in five minutes."
            )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
