"""What an administrator does about accounts. Most deeds end all that goes on in the account's name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.account import Account, is_of_one_alphabet
from app.domain.audit import Act, AuditEntry, Outcome
from app.domain.rights import Right, Role, rights_of
from app.hub.accounts.seal import Seal
from app.hub.accounts.secrets import (
    Passwords,
    new_password,
    new_recovery_codes,
    new_totp_secret,
    recovery_hash,
    totp_address,
)
from app.hub.db.account_book import AccountRecord, Credentials, account_of, all_accounts, write_account
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.db.workstation_book import forget_all
from app.hub.refusals import ConflictError, NotAllowedError, NotFoundError, UnfitError
from app.hub.session_ends import end_all_of

MOST_NAME = 100
_CHANGED = "Your account was changed: sign in again."
_DISABLED = "Your account was disabled."


@dataclass(frozen=True, slots=True)
class Handover:
    """What an administrator hands over to an account's person, once: it is kept nowhere in this form."""

    name: str
    password: str = field(repr=False)
    totp_address: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fresh:
    """New credentials, made before the transaction because hashing takes its time."""

    handover: Handover
    credentials: Credentials

    @staticmethod
    async def make(name: str, passwords: Passwords, seal: Seal, chosen: str | None = None) -> Fresh:
        """Return credentials that nobody has seen, but for the password where its person chose it."""
        password, secret, codes = chosen or new_password(), new_totp_secret(), new_recovery_codes()
        credentials = Credentials(
            await passwords.hash(password),
            seal.close(secret, name),
            0,
            tuple(recovery_hash(code) for code in codes),
        )
        return Fresh(Handover(name, password, totp_address(secret, name), tuple(codes)), credentials)


async def create(
    uow: UnitOfWork,
    roles: Mapping[str, Role],
    fresh: Fresh,
    wanted: Sequence[str],
    ends_at: datetime | None = None,
) -> None:
    """Make an account with these roles; ``ends_at`` for a temporary one.

    Raises:
        ConflictError: the name is taken.
        UnfitError: there is no such role.
    """
    name = fresh.handover.name
    _check_name(name)
    if await account_of(uow, name) is not None:
        raise ConflictError(f"There is an account of the name {name} already.", "Choose another name.")
    account = Account(name, _known(roles, wanted), uow.now, ends_at)
    detail = ", ".join(account.roles)
    await write_account(uow, AccountRecord(account, fresh.credentials), Act.ACCOUNT_CREATE, detail=detail)


async def create_first(uow: UnitOfWork, fresh: Fresh, roles: Sequence[str]) -> None:
    """Make the account of whoever starts to work alone; its password is the person's own already.

    Raises:
        ConflictError: there are accounts.
    """
    if await all_accounts(uow):
        raise ConflictError("There are accounts already.", "Sign in with one of them.")
    _check_name(fresh.handover.name)
    account = Account(fresh.handover.name, tuple(roles), uow.now, must_change=False)
    detail = ", ".join(account.roles)
    await write_account(uow, AccountRecord(account, fresh.credentials), Act.ACCOUNT_CREATE, detail=detail)


async def unlock(uow: UnitOfWork, name: str) -> str:
    """Release an account that was locked, disabled or left unused; return its name."""
    record = await _account(uow, name)
    account = replace(record.account, locked=False, disabled=False, failures=(), active_at=uow.now)
    await write_account(uow, record.with_account(account), Act.ACCOUNT_UNLOCK)
    return record.account.name


async def reset(uow: UnitOfWork, fresh: Fresh) -> str:
    """Give an account a new password, second factor and recovery codes; return its name."""
    record = await _account(uow, fresh.handover.name)
    account = replace(record.account, must_change=True, failures=(), locked=False, active_at=uow.now)
    await write_account(uow, AccountRecord(account, fresh.credentials), Act.ACCOUNT_RESET)
    await forget_all(uow, account.name)
    await end_all_of(uow, account.name, _CHANGED)
    return record.account.name


async def set_roles(
    uow: UnitOfWork, roles: Mapping[str, Role], name: str, wanted: Sequence[str]
) -> str | NotAllowedError:
    """Give an account other roles, and return its name; for who asks about their own, why not (R33).

    Raises:
        ConflictError: nobody would be left to manage accounts.
        UnfitError: there is no such role.
    """
    record = await _account(uow, name)
    if record.account.name == uow.by.name:
        uow.audit(AuditEntry(Act.ACCOUNT_ROLES, f"account/{record.account.name}", Outcome.REFUSED))
        return NotAllowedError(
            "Nobody gives a role to themselves, or takes one away.", "Another administrator does it."
        )
    account = replace(record.account, roles=_known(roles, wanted))
    await _keep_an_administrator(uow, roles, account)
    detail = ", ".join(account.roles)
    await write_account(uow, record.with_account(account), Act.ACCOUNT_ROLES, detail=detail)
    await forget_all(uow, account.name)
    await end_all_of(uow, account.name, _CHANGED)
    return record.account.name


async def disable(uow: UnitOfWork, roles: Mapping[str, Role], name: str) -> str:
    """Bar an account and return its name; nothing of it is removed, for it stands in the record.

    Raises:
        ConflictError: nobody would be left to manage accounts.
    """
    record = await _account(uow, name)
    account = replace(record.account, disabled=True)
    await _keep_an_administrator(uow, roles, account)
    await write_account(uow, record.with_account(account), Act.ACCOUNT_DISABLE)
    await forget_all(uow, account.name)
    await end_all_of(uow, account.name, _DISABLED)
    return record.account.name


async def _keep_an_administrator(uow: UnitOfWork, roles: Mapping[str, Role], changed: Account) -> None:
    accounts = {account.name: account for account in await all_accounts(uow)}
    before = any(_manages(account, roles) for account in accounts.values())
    accounts[changed.name] = changed
    if before and not any(_manages(account, roles) for account in accounts.values()):
        raise ConflictError(
            "Nobody would be left to manage accounts.", "Give another account the administrator's role first."
        )


def _manages(account: Account, roles: Mapping[str, Role]) -> bool:
    held = rights_of(roles[name] for name in account.roles if name in roles)
    return not account.disabled and Right.USERS in held


def _check_name(name: str) -> None:
    # Some letters are two or three without regard to case, and that is what the account is kept under.
    fits_in = 0 < len(name) <= MOST_NAME and len(name.casefold()) <= 2 * MOST_NAME
    fits = fits_in and name == name.strip() and name.isprintable() and "/" not in name
    if unicodedata.normalize("NFKC", name) != name or not is_of_one_alphabet(name):
        raise UnfitError([("name", "is of one alphabet, in its usual letters")])
    if not fits:
        raise UnfitError([("name", f"is 1 to {MOST_NAME} characters that can be printed, without a slash")])


def _known(roles: Mapping[str, Role], wanted: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in wanted if name not in roles]
    if unknown or not wanted:
        raise UnfitError([("roles", f"are one or more of: {', '.join(roles)}")])
    return tuple(dict.fromkeys(wanted))


async def _account(uow: UnitOfWork, name: str) -> AccountRecord:
    record = await account_of(uow, name)
    if record is None:
        raise NotFoundError("There is no such account.")
    return record
