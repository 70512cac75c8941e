"""The yearly review of all rights (R7; CJIS AC-2, AC-6): every account, what it may, and who made it so.

Who made an account and who changed it is read from the record, which nobody can change, and not from the
accounts. A sign-off names a digest of what was reviewed, so that nothing is signed that was not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.account import REVIEW_TIME, Account
from app.domain.audit import Act, AuditEntry
from app.domain.rights import Role, rights_of
from app.hub.db.account_book import all_accounts
from app.hub.db.database import Rows
from app.hub.db.tables import audit, meta
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError
from app.wire.account_review import AccountReview, ChangeMessage, ReviewedAccount

_CHANGES = (
    Act.ACCOUNT_CREATE,
    Act.ACCOUNT_UNLOCK,
    Act.ACCOUNT_RESET,
    Act.ACCOUNT_ROLES,
    Act.ACCOUNT_DISABLE,
    Act.ACCOUNT_LOCK,
)


async def review(rows: Rows, roles: Mapping[str, Role], now: datetime) -> AccountReview:
    """Return every account with its rights, its history, and when the review is due."""
    changes = await _changes(rows)
    accounts = [
        _reviewed(account, roles, changes.get(account.name, []), now) for account in await all_accounts(rows)
    ]
    last = await rows.rows(_records(Act.ACCOUNT_REVIEW).order_by(audit.c.position.desc()).limit(1))
    made = (await rows.rows(sa.select(meta.c.created_at)))[0]["created_at"]
    return AccountReview(
        accounts=accounts,
        digest=_digest(accounts),
        reviewed_at=last[0]["at"] if last else None,
        reviewed_by=last[0]["who"] if last else None,
        due_at=(last[0]["at"] if last else made) + REVIEW_TIME,
    )


async def sign_off(uow: UnitOfWork, roles: Mapping[str, Role], digest: str) -> None:
    """Put on record that what has this digest was reviewed.

    Raises:
        ConflictError: the accounts are not what was reviewed any more.
    """
    found = await review(uow, roles, uow.now)
    if found.digest != digest:
        raise ConflictError("The accounts are not what you read any more.", "Read them again and sign off.")
    detail = f"{len(found.accounts)} accounts, {digest}"
    uow.audit(AuditEntry(Act.ACCOUNT_REVIEW, "accounts", detail=detail))


async def _changes(rows: Rows) -> dict[str, list[ChangeMessage]]:
    """Return what was done to accounts, by their names, oldest first."""
    found: dict[str, list[ChangeMessage]] = {}
    for row in await rows.rows(_records(*_CHANGES).order_by(audit.c.position)):
        record: dict[str, Any] = json.loads(row["record"])
        if record["outcome"] != "done":
            continue
        name = str(record["subject"]).removeprefix("account/")
        change = ChangeMessage(at=row["at"], who=row["who"], act=row["act"], detail=record.get("detail"))
        found.setdefault(name, []).append(change)
    return found


def _records(*acts: Act) -> sa.Select[Any]:
    columns = (audit.c.at, audit.c.who, audit.c.act, audit.c.record)
    return sa.select(*columns).where(audit.c.act.in_([act.value for act in acts]))


def _reviewed(
    account: Account, roles: Mapping[str, Role], changes: list[ChangeMessage], now: datetime
) -> ReviewedAccount:
    barred = account.barred(now)
    held = rights_of(roles[name] for name in account.roles if name in roles)
    return ReviewedAccount(
        name=account.name,
        roles=list(account.roles),
        rights=sorted(held),
        state=barred[0] if barred is not None else "",
        last_used=account.active_at,
        changes=changes,
    )


def _digest(accounts: list[ReviewedAccount]) -> str:
    """Return what stands for names, roles, rights and states; a sign-in changes none of them."""
    said = [[a.name, a.roles, a.rights, a.state] for a in accounts]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
