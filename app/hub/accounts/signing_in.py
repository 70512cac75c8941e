"""Signing in with name, password and one-time code. Every attempt is on record, and counts (R2, R4).

Who gets any of the three wrong is told the same words, so that names cannot be tried out. Only who knows the
password is told that the account is locked, or that another password has to be chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from app.domain.account import HANDED_OVER, REMEMBER_TIME, Account, password_fault
from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.admission import admission
from app.hub.accounts.seal import Seal
from app.hub.accounts.secrets import Passwords, read_banned, recovery_hash, totp_step
from app.hub.db.account_book import AccountRecord, Credentials, account_of, write_account
from app.hub.db.database import Database
from app.hub.db.journal import Journal
from app.hub.db.session_book import tell_presence, write_lock, write_proof, write_session
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.db.workstation_book import forget, forget_all, remember, remembered_until, rotate
from app.hub.refusals import ConflictError, NotAllowedError, NotSignedInError, RefusalError, UnfitError
from app.hub.sessions import Session, Sessions, key_of, new_token

_WRONG = "Name, password or code is wrong."
_WRONG_HINT = "After five wrong attempts in a quarter of an hour an account is locked."

_HANDED_OVER_HINT = "Unlock it at the agency's provider, or sign out."
_NO_KEY_HINT = (
    "The hub lacks the key to check some authenticator codes: use a recovery code, or have the account reset."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed. ``new_password`` takes the place of one that was handed over.

    ``own_desk``: it was typed at the console that started this hub, which is the second factor there.
    """

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    new_password: str | None = field(default=None, repr=False)
    own_desk: bool = False
    workstation: str = field(default="", repr=False)
    """The token of a workstation that is remembered: it takes the place of a code that was not typed."""
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """The token of who was let in, and the workstation's new one where it is remembered."""

    token: str = field(repr=False)
    workstation: str = field(default="", repr=False)
    workstation_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody typed who is signed in already, to prove who they are; ``own_desk`` as in `Attempt`."""

    password: str = field(repr=False)
    code: str = field(repr=False)
    own_desk: bool = False


class SigningIn:
    """Lets people in."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        now: Callable[[], datetime],
        sessions: Sessions,
        passwords: Passwords | None = None,
        banned: frozenset[str] | None = None,
    ) -> None:
        self._database = database
        self._journal = journal
        self._now = now
        self._sessions = sessions
        self._passwords = passwords or Passwords()
        self._banned = read_banned() if banned is None else banned
        self.remember_time = REMEMBER_TIME
        """For so long a workstation may be remembered; nothing: none is."""
        self.seal = Seal()
        """Opens the second factors' secrets."""

    async def sign_in(self, attempt: Attempt, desk: str) -> Admitted:
        """Let in who has proved to be an account's person.

        Raises:
            NotSignedInError: name, password or code is wrong.
            NotAllowedError: the account is barred, has no shift now, or its password has to be changed.
            UnfitError: the new password may not be chosen.
        """
        async with self._database.reading() as reading:
            record = await account_of(reading, attempt.name)
        hashed = record.credentials.password_hash if record is not None else None
        fits = await self._passwords.fits(attempt.password, hashed)
        chosen = await self._choose(attempt, record) if fits else None
        by = Actor(record.account.name if record is not None else "unknown", desk)
        token = new_token()
        work = partial(self._decide, attempt=attempt, fits=fits, hashed=hashed, chosen=chosen, token=token)
        outcome = await self._journal.write(by, work)
        if isinstance(outcome, RefusalError):
            raise outcome
        return outcome

    async def unlock(self, session: Session, password: str, desk: str) -> int:
        """Unlock a session's desk for who knows its password; failures count as those of signing in do.

        On every hub that is so once the log tells; return the number of the event that it is told by then.

        Raises:
            NotSignedInError: the password is wrong.
            ConflictError: it was handed over, so that somebody else knows it.
            NotAllowedError: the account is barred now.
        """
        async with self._database.reading() as reading:
            record = await account_of(reading, session.user)
        hashed = record.credentials.password_hash if record is not None else None
        fits = await self._passwords.fits(password, hashed)
        by = Actor(session.user, desk, session=session.id)
        outcome = await self._journal.write(by, partial(_unlock, session=session, fits=fits, hashed=hashed))
        if isinstance(outcome, RefusalError):
            raise outcome
        if not session.is_kept:
            # Of this desk's own: the log tells nothing of it.
            session.locked = False
            session.go_on()
        return outcome

    async def prove(self, session: Session, typed: Proof, desk: str) -> int:
        """Take a new proof of who a session's person is; failures count as those of signing in do.

        It is good on every hub once the log tells; return the number of the event that it is told by then.

        Raises:
            ConflictError: the session is nobody's account's.
            NotSignedInError: password or code is wrong.
            NotAllowedError: the account is barred now.
        """
        async with self._database.reading() as reading:
            record = await account_of(reading, session.user)
        if record is None or not session.is_kept:
            raise ConflictError(
                "This session has no password to prove anything with.", "It needs no proof either."
            )
        hashed = record.credentials.password_hash
        fits = await self._passwords.fits(typed.password, hashed)
        by = Actor(session.user, desk, session=session.id)
        work = partial(self._prove, session=session, typed=typed, fits=fits, hashed=hashed)
        outcome = await self._journal.write(by, work)
        if isinstance(outcome, RefusalError):
            raise outcome
        return outcome

    async def _prove(
        self, uow: UnitOfWork, session: Session, typed: Proof, fits: bool, hashed: str
    ) -> RefusalError | int:
        record = await account_of(uow, session.user)
        if record is None:
            return NotAllowedError("There is no such account any more.", "Sign in with another one.")
        fits = fits and record.credentials.password_hash == hashed
        proved = self._proved(record, typed, uow.now) if fits else None
        if proved is None:
            await count_failure(uow, record, "wrong code" if fits else "wrong password", Act.PROOF)
            return NotSignedInError(
                "The password is wrong." if typed.own_desk else "Password or code is wrong.",
                _NO_KEY_HINT if self.seal.missing else _WRONG_HINT,
            )
        barred = record.account.barred(uow.now)
        if barred is not None:
            uow.audit(_refused(record.account, barred[0], Act.PROOF))
            return NotAllowedError(*barred)
        if record.account.must_change:
            # Somebody else knows it: whoever came in by the agency's provider has not chosen their own yet.
            uow.audit(_refused(record.account, "the password has to be changed", Act.PROOF))
            return ConflictError(HANDED_OVER, "Sign in with it once to choose your own.")
        account = record.account.after_success(uow.now)
        await write_account(uow, AccountRecord(account, proved), Act.PROOF)
        await write_proof(uow, session)
        return uow.head

    async def _choose(self, attempt: Attempt, record: AccountRecord | None) -> str | UnfitError | None:
        """Return the new password's hash, or why it may not be chosen: told with a right code only."""
        if attempt.new_password is None or record is None:
            return None
        fault = password_fault(attempt.new_password, record.account.name, self._banned)
        if fault is None and attempt.new_password == attempt.password:
            fault = "The new password is the old one."
        if fault is not None:
            return UnfitError([("new_password", fault)])
        return await self._passwords.hash(attempt.new_password)

    async def _decide(
        self,
        uow: UnitOfWork,
        attempt: Attempt,
        fits: bool,
        hashed: str | None,
        chosen: str | UnfitError | None,
        token: str,
    ) -> RefusalError | Admitted:
        """Decide, and write what it does to the account: a refusal is returned, for it has to be kept too."""
        record = await account_of(uow, attempt.name)
        if record is None:
            # The name is not kept: people type passwords into the wrong field.
            uow.audit(AuditEntry(Act.SIGN_IN, "session", Outcome.REFUSED, detail="unknown name"))
            return self._wrong()
        # Another sign-in may have changed the password while this one was hashed.
        fits = fits and record.credentials.password_hash == hashed
        until = await self._remembered_until(uow, record, attempt) if fits else None
        proved = record.credentials if until is not None else None
        if fits and until is None:
            proved = self._proved(record, attempt, uow.now)
        if proved is None:
            await count_failure(uow, record, "wrong code" if fits else "wrong password")
            return self._wrong()
        barred = record.account.barred(uow.now)
        if barred is not None:
            uow.audit(_refused(record.account, barred[0]))
            return NotAllowedError(*barred)
        account = record.account
        if isinstance(chosen, UnfitError):
            uow.audit(_refused(account, "the new password may not be chosen"))
            return chosen
        if account.must_change and chosen is None:
            uow.audit(_refused(account, "the password has to be changed"))
            return NotAllowedError(HANDED_OVER, "Sign in again with a new password.")
        try:
            session = await admission(uow, account, self._sessions.known(account.roles), uow.now)
        except NotAllowedError as refusal:
            uow.audit(_refused(account, "no shift"))
            return refusal
        if until is not None:
            # A workstation stands for the code at the door, and nowhere else (R3).
            session.proved_at = None
        if chosen is not None:
            proved, account = replace(proved, password_hash=chosen), replace(account, must_change=False)
            uow.audit(AuditEntry(Act.PASSWORD_CHANGE, f"account/{account.name}"))
        account = account.after_success(uow.now)
        how = None if until is None else "at a workstation that is remembered"
        await write_account(uow, AccountRecord(account, proved), Act.SIGN_IN, detail=how)
        await write_session(uow, key_of(token), session)
        tell_presence(uow, session.user)
        workstation, until = await self._workstation(uow, account.name, attempt, until, chosen is not None)
        return Admitted(token, workstation, until)

    async def _remembered_until(
        self, uow: UnitOfWork, record: AccountRecord, attempt: Attempt
    ) -> datetime | None:
        """Return until when the workstation is remembered where it takes the place of a code, else None."""
        if attempt.code or attempt.own_desk or not attempt.workstation or not self.remember_time:
            return None
        return await remembered_until(uow, record.account.name, key_of(attempt.workstation), uow.now)

    async def _workstation(
        self, uow: UnitOfWork, user: str, attempt: Attempt, until: datetime | None, changed: bool
    ) -> tuple[str, datetime | None]:
        """Return the workstation's next token and until when it is good; "" where it is not remembered.

        ``until`` is set where the one before took the place of a code; its end stays.
        """
        if changed:
            await forget_all(uow, user)
        elif until is not None:
            token = new_token()
            await rotate(uow, key_of(attempt.workstation), key_of(token))
            return token, until
        elif attempt.workstation:
            await forget(uow, key_of(attempt.workstation), user)
        if until is not None or not attempt.remember or attempt.own_desk or not self.remember_time:
            return "", None
        token, until = new_token(), uow.now + self.remember_time
        await remember(uow, user, key_of(token), until)
        return token, until

    def _with_code(self, record: AccountRecord, code: str, now: datetime) -> Credentials | None:
        """Return the credentials with the code used up, None where it is wrong."""
        credentials = record.credentials
        secret = self.seal.open(credentials.totp_secret, record.account.name)
        step = totp_step(secret, code, now, credentials.totp_step) if secret is not None else None
        if step is not None:
            return replace(credentials, totp_step=step)
        hashed = recovery_hash(code)
        if hashed not in credentials.recovery_hashes:
            return None
        left = tuple(kept for kept in credentials.recovery_hashes if kept != hashed)
        return replace(credentials, recovery_hashes=left)

    def _proved(self, record: AccountRecord, attempt: Attempt | Proof, now: datetime) -> Credentials | None:
        """Return the credentials after the second factor was proved, None where it was not."""
        return record.credentials if attempt.own_desk else self._with_code(record, attempt.code, now)

    def _wrong(self) -> NotSignedInError:
        """Return the same words whatever was wrong, and whoever asks."""
        return NotSignedInError(_WRONG, _NO_KEY_HINT if self.seal.missing else _WRONG_HINT)


async def _unlock(uow: UnitOfWork, session: Session, fits: bool, hashed: str | None) -> RefusalError | int:
    record = await account_of(uow, session.user)
    if record is None:
        return NotAllowedError("There is no such account any more.", "Sign in with another one.")
    if not fits or record.credentials.password_hash != hashed:
        await count_failure(uow, record, "wrong password to unlock the desk", Act.UNLOCK)
        return NotSignedInError("The password is wrong.", _WRONG_HINT)
    barred = record.account.barred(uow.now)
    if barred is not None:
        uow.audit(_refused(record.account, barred[0]))
        return NotAllowedError(*barred)
    if record.account.must_change:
        # Somebody else knows it: whoever came in by the agency's provider has not chosen their own yet.
        uow.audit(_refused(record.account, "the password has to be changed", Act.UNLOCK))
        return ConflictError("A password that was handed over unlocks no desk.", _HANDED_OVER_HINT)
    await write_account(uow, record.with_account(record.account.after_success(uow.now)), Act.UNLOCK)
    await write_lock(uow, session, locked=False)
    return uow.head


async def count_failure(uow: UnitOfWork, record: AccountRecord, why: str, act: Act = Act.SIGN_IN) -> None:
    """Count a failure to prove who one is: so many of them lock the account (R2)."""
    failed = record.account.after_failure(uow.now)
    if failed.locked and not record.account.locked:
        uow.audit(AuditEntry(Act.ACCOUNT_LOCK, f"account/{failed.name}"))
    await write_account(uow, record.with_account(failed), act, outcome=Outcome.REFUSED, detail=why)


def _refused(account: Account, why: str, act: Act = Act.SIGN_IN) -> AuditEntry:
    return AuditEntry(act, f"account/{account.name}", Outcome.REFUSED, detail=why)
