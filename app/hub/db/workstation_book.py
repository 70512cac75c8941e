"""Workstations that somebody had the hub remember: there their password is enough at the next sign-in.

Only a hash of each one's token is kept, bound to the account and with an end that no use moves. A token is
good once: each use gives another one in its place.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.domain.account import account_key
from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Rows
from app.hub.db.tables import workstations
from app.hub.db.unit_of_work import UnitOfWork

MOST = 20
"""Of one account: who works at more of them types a code at the one that they used longest ago."""


async def remembered_until(rows: Rows, user: str, key: str, now: datetime) -> datetime | None:
    """Return until when a workstation is remembered for an account, None where it is not."""
    found = await rows.rows(
        sa.select(workstations.c.until).where(
            workstations.c.key == key, workstations.c.account == account_key(user)
        )
    )
    until: datetime | None = found[0]["until"] if found else None
    return until if until is not None and now < until else None


async def remember(uow: UnitOfWork, user: str, key: str, until: datetime) -> None:
    """Remember one more workstation for an account."""
    account = account_key(user)
    of_account = workstations.c.account == account
    await uow.change(sa.delete(workstations).where(of_account, workstations.c.until <= uow.now))
    known = await uow.rows(sa.select(workstations.c.key).where(of_account).order_by(workstations.c.used_at))
    for row in known[: max(0, len(known) - MOST + 1)]:
        await uow.change(sa.delete(workstations).where(workstations.c.key == row["key"]))
        _tell(uow, user, "the one used longest ago, for there are too many")
    await uow.change(sa.insert(workstations).values(key=key, account=account, until=until, used_at=uow.now))
    uow.audit(
        AuditEntry(Act.WORKSTATION_REMEMBER, f"account/{user}", detail=f"until {until:%Y-%m-%dT%H:%MZ}")
    )


async def rotate(uow: UnitOfWork, key: str, new_key: str) -> None:
    """Put another token in the place of one that was used."""
    await uow.change(
        sa.update(workstations).where(workstations.c.key == key).values(key=new_key, used_at=uow.now)
    )


async def forget(uow: UnitOfWork, key: str, user: str) -> None:
    """Forget one workstation of an account, if it is one."""
    this = sa.and_(workstations.c.key == key, workstations.c.account == account_key(user))
    if await uow.rows(sa.select(workstations.c.key).where(this)):
        await uow.change(sa.delete(workstations).where(this))
        _tell(uow, user, "this one")


async def forget_all(uow: UnitOfWork, user: str) -> None:
    """Forget every workstation of an account."""
    of_account = workstations.c.account == account_key(user)
    known = await uow.rows(sa.select(workstations.c.key).where(of_account))
    if known:
        await uow.change(sa.delete(workstations).where(of_account))
        _tell(uow, user, f"all {len(known)}")


async def account_of_workstation(rows: Rows, key: str) -> str | None:
    """Return the key of the account that a workstation is remembered for, None for none."""
    found = await rows.rows(sa.select(workstations.c.account).where(workstations.c.key == key))
    account: str | None = found[0]["account"] if found else None
    return account


def _tell(uow: UnitOfWork, user: str, which: str) -> None:
    uow.audit(AuditEntry(Act.WORKSTATION_FORGET, f"account/{user}", detail=which))
    uow.record("account.changed", f"account/{user}", {"name": user})
