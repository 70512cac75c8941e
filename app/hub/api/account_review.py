"""The yearly review of all rights. It is the auditor's: who gives rights does not attest them (R33)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Act, Actor, AuditEntry
from app.domain.rights import Right
from app.hub.accounts import review
from app.hub.api.access import TheHub, may
from app.hub.db.unit_of_work import UnitOfWork
from app.wire.account_review import AccountReview, SignOffIn
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/accounts/review", tags=["accounts"])

_Who = Annotated[Actor, may(Right.AUDIT_READ)]


@router.get("")
async def read_account_review(hub: TheHub, who: _Who) -> AccountReview:
    """Return every account with its rights and who made it so; reading it is on record."""

    async def work(uow: UnitOfWork) -> AccountReview:
        uow.audit(AuditEntry(Act.AUDIT_READ, "accounts", detail="review of all rights"))
        return await review.review(uow, hub.sessions.roles, uow.now)

    return await hub.journal.write(who, work)


@router.post("", status_code=204)
async def sign_account_review(hub: TheHub, who: _Who, wanted: SignOffIn) -> None:
    """Sign off what was reviewed."""
    await hub.journal.write(who, lambda uow: review.sign_off(uow, hub.sessions.roles, wanted.digest))
