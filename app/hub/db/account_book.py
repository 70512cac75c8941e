"""Accounts in the database; every write records its ``account.changed``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.account import Account, account_key
from app.domain.audit import Act, AuditEntry, Outcome
from app.hub.db.database import Row, Rows
from app.hub.db.tables import accounts
from app.hub.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves whose account it is. Never leaves the hub."""

    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_step: int = 0
    """The last one-time code's step: it and all before it are used up."""
    recovery_hashes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account with its credentials."""

    account: Account
    credentials: Credentials

    def with_account(self, account: Account) -> AccountRecord:
        """Return the record with another state of the account."""
        return replace(self, account=account)


async def account_of(rows: Rows, name: str) -> AccountRecord | None:
    """Return an account by its name, without regard to case and spelling; None when there is none."""
    found = await rows.rows(sa.select(accounts).where(accounts.c.id == account_key(name)))
    return _record(found[0]) if found else None


async def all_accounts(rows: Rows) -> list[Account]:
    """Return every account by name."""
    return [_record(row).account for row in await rows.rows(sa.select(accounts).order_by(accounts.c.id))]


async def write_account(
    uow: UnitOfWork,
    record: AccountRecord,
    act: Act,
    *,
    outcome: Outcome = Outcome.DONE,
    detail: str | None = None,
) -> None:
    """Add an account or put it in its own place, and put on record what was done to it."""
    account, credentials = record.account, record.credentials
    values: dict[str, Any] = {
        "name": account.name,
        "roles": list(account.roles),
        "active_at": account.active_at,
        "ends_at": account.ends_at,
        "must_change": account.must_change,
        "disabled": account.disabled,
        "locked": account.locked,
        "failures": [failed.isoformat() for failed in account.failures],
        "password_hash": credentials.password_hash,
        "totp_secret": credentials.totp_secret,
        "totp_step": credentials.totp_step,
        "recovery_hashes": list(credentials.recovery_hashes),
    }
    key = account_key(account.name)
    if await account_of(uow, account.name) is None:
        await uow.change(sa.insert(accounts).values(id=key, **values))
    else:
        await uow.change(sa.update(accounts).where(accounts.c.id == key).values(**values))
    uow.audit(AuditEntry(act, f"account/{account.name}", outcome, detail=detail))
    # Desks need to know that something changed; what, only those who manage accounts.
    uow.record("account.changed", f"account/{account.name}", {"name": account.name})


def _record(row: Row) -> AccountRecord:
    failures: Sequence[str] = row["failures"]
    return AccountRecord(
        Account(
            name=row["name"],
            roles=tuple(row["roles"]),
            active_at=row["active_at"],
            ends_at=row["ends_at"],
            must_change=row["must_change"],
            disabled=row["disabled"],
            locked=row["locked"],
            failures=tuple(datetime.fromisoformat(failed) for failed in failures),
        ),
        Credentials(
            row["password_hash"], row["totp_secret"], row["totp_step"], tuple(row["recovery_hashes"])
        ),
    )
