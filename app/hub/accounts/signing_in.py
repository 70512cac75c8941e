"""Signing in with name, password and one-time code. Every attempt is on record, and counts (R2, R4).

Who gets any of the three wrong is told the same words, so that names cannot be tried out. Only who knows the
password is told that the account is locked, or that another password has to be chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from app.domain.account import Account, password_fault
from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.hub.accounts.seal import Seal
from app.hub.accounts.secrets import Passwords, read_banned, recovery_hash, totp_step
from app.hub.db.account_book import AccountRecord, Credentials, account_of, write_account
from app.hub.db.database import Database
from app.hub.db.journal import Journal
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NotAllowedError, NotSignedInError, RefusalError, UnfitError

_WRONG = "Name, password or code is wrong."
_WRONG_HINT = "After five wrong attempts in a quarter of an hour an account is locked."

_NO_KEY_HINT = (
    "The hub lacks the key to check some authenticator codes: use a recovery code, or have the account reset."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed. ``new_password`` takes the place of one that was handed over."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    new_password: str | None = field(default=None, repr=False)


class SigningIn:
    """Lets people in."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        now: Callable[[], datetime],
        passwords: Passwords | None = None,
        banned: frozenset[str] | None = None,
    ) -> None:
        self._database = database
        self._journal = journal
        self._now = now
        self._passwords = passwords or Passwords()
        self._banned = read_banned() if banned is None else banned
        self.seal = Seal()
        """Opens the second factors' secrets."""

    async def sign_in(self, attempt: Attempt, desk: str) -> Account:
        """Return the account of who has proved to be its person.

        Raises:
            NotSignedInError: name, password or code is wrong.
            NotAllowedError: the account is barred, or its password has to be changed.
            UnfitError: the new password may not be chosen.
        """
        async with self._database.reading() as reading:
            record = await account_of(reading, attempt.name)
        hashed = record.credentials.password_hash if record is not None else None
        fits = await self._passwords.fits(attempt.password, hashed)
        chosen = await self._choose(attempt, record) if fits else None
        by = Actor(record.account.name if record is not None else "unknown", desk)
        work = partial(self._decide, attempt=attempt, fits=fits, hashed=hashed, chosen=chosen)
        outcome = await self._journal.write(by, work)
        if isinstance(outcome, RefusalError):
            raise outcome
        return outcome

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
    ) -> Account | RefusalError:
        """Decide, and write what it does to the account: a refusal is returned, for it has to be kept too."""
        record = await account_of(uow, attempt.name)
        if record is None:
            # The name is not kept: people type passwords into the wrong field.
            uow.audit(AuditEntry(Act.SIGN_IN, "session", Outcome.REFUSED, detail="unknown name"))
            return self._wrong()
        # Another sign-in may have changed the password while this one was hashed.
        fits = fits and record.credentials.password_hash == hashed
        proved = self._with_code(record, attempt.code, uow.now) if fits else None
        if proved is None:
            await _fail(uow, record, "wrong code" if fits else "wrong password")
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
            return NotAllowedError(
                "This password was handed over: choose your own.", "Sign in again with a new password."
            )
        if chosen is not None:
            proved, account = replace(proved, password_hash=chosen), replace(account, must_change=False)
            uow.audit(AuditEntry(Act.PASSWORD_CHANGE, f"account/{account.name}"))
        account = account.after_success(uow.now)
        await write_account(uow, AccountRecord(account, proved), Act.SIGN_IN)
        return account

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

    def _wrong(self) -> NotSignedInError:
        """Return the same words whatever was wrong, and whoever asks."""
        return NotSignedInError(_WRONG, _NO_KEY_HINT if self.seal.missing else _WRONG_HINT)


async def _fail(uow: UnitOfWork, record: AccountRecord, why: str) -> None:
    failed = record.account.after_failure(uow.now)
    if failed.locked and not record.account.locked:
        uow.audit(AuditEntry(Act.ACCOUNT_LOCK, f"account/{failed.name}"))
    await write_account(uow, record.with_account(failed), Act.SIGN_IN, outcome=Outcome.REFUSED, detail=why)


def _refused(account: Account, why: str) -> AuditEntry:
    return AuditEntry(Act.SIGN_IN, f"account/{account.name}", Outcome.REFUSED, detail=why)
