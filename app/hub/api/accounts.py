"""Accounts, for those who manage them. Every deed ends what goes on in the account's name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub.accounts import administration
from app.hub.accounts.administration import Fresh
from app.hub.api.access import TheHub, may
from app.hub.db.account_book import all_accounts
from app.hub.refusals import NotAllowedError
from app.wire.accounts import AccountIn, AccountMessage, Accounts, HandoverOut, RoleMessage, RolesIn
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/accounts", tags=["accounts"])

_Who = Annotated[Actor, may(Right.USERS)]


@router.get("")
async def list_accounts(hub: TheHub, _who: _Who) -> Accounts:
    """Return every account."""
    async with hub.database.reading() as reading:
        accounts = [AccountMessage.of(account) for account in await all_accounts(reading)]
    roles = [RoleMessage(name=role.name, title=role.title) for role in hub.sessions.roles.values()]
    return Accounts(accounts=accounts, roles=roles)


@router.post("", status_code=201)
async def create_account(hub: TheHub, who: _Who, wanted: AccountIn) -> HandoverOut:
    """Make an account; the answer is handed over to its person, who then chooses a password."""
    fresh = await Fresh.make(wanted.name, hub.passwords, hub.seal)
    await hub.journal.write(
        who,
        lambda uow: administration.create(uow, hub.sessions.roles, fresh, wanted.roles, wanted.ends_at),
    )
    return _told(fresh)


@router.post("/{name}/unlock", status_code=204)
async def unlock_account(hub: TheHub, who: _Who, name: str) -> None:
    """Release an account that was locked, disabled or left unused."""
    await hub.journal.write(who, lambda uow: administration.unlock(uow, name))


@router.post("/{name}/reset")
async def reset_account(hub: TheHub, who: _Who, name: str) -> HandoverOut:
    """Give an account a new password, second factor and recovery codes."""
    fresh = await Fresh.make(name, hub.passwords, hub.seal)
    await hub.journal.write(who, lambda uow: administration.reset(uow, fresh))
    return _told(fresh)


@router.put("/{name}/roles", status_code=204)
async def set_account_roles(hub: TheHub, who: _Who, name: str, wanted: RolesIn) -> None:
    """Give an account other roles."""
    account = await hub.journal.write(
        who, lambda uow: administration.set_roles(uow, hub.sessions.roles, name, wanted.roles)
    )
    if isinstance(account, NotAllowedError):
        # Returned, not raised within: that somebody tried stays on record.
        raise account


@router.post("/{name}/disable", status_code=204)
async def disable_account(hub: TheHub, who: _Who, name: str) -> None:
    """Bar an account."""
    await hub.journal.write(who, lambda uow: administration.disable(uow, hub.sessions.roles, name))


def _told(fresh: Fresh) -> HandoverOut:
    handover = fresh.handover
    return HandoverOut(
        name=handover.name,
        password=handover.password,
        totp_address=handover.totp_address,
        recovery_codes=list(handover.recovery_codes),
    )
