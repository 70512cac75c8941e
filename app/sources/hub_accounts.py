"""Accounts over the hub's REST interface: implements the `AccountsGateway` port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

import httpx

from app.domain.account import Account
from app.domain.account_keeping import AccountList, HandoverSheet, RoleName
from app.sources.hub_rest import HubRest
from app.wire.accounts import AccountIn, AccountMessage, Accounts, HandoverOut, RolesIn


class HubAccounts:
    """Manages accounts in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def accounts(self) -> AccountList:
        """Return every account."""
        told = self._rest.read(Accounts, await self._rest.call("GET", "accounts"))
        return AccountList(
            tuple(_account(message) for message in told.accounts),
            tuple(RoleName(role.name, role.title) for role in told.roles),
        )

    async def create(self, name: str, roles: Sequence[str], ends_at: datetime | None) -> HandoverSheet:
        """Make an account; ``ends_at`` for a temporary one."""
        body = AccountIn(name=name, roles=list(roles), ends_at=ends_at)
        return self._sheet(await self._rest.call("POST", "accounts", body))

    async def reset(self, name: str) -> HandoverSheet:
        """Give an account a new password, second factor and recovery codes; the old ones are void."""
        return self._sheet(await self._rest.call("POST", f"{_of(name)}/reset"))

    async def set_roles(self, name: str, roles: Sequence[str]) -> None:
        """Give an account other roles."""
        await self._rest.call("PUT", f"{_of(name)}/roles", RolesIn(roles=list(roles)))

    async def unlock(self, name: str) -> None:
        """Release an account that was locked, disabled or left unused."""
        await self._rest.call("POST", f"{_of(name)}/unlock")

    async def disable(self, name: str) -> None:
        """Bar an account."""
        await self._rest.call("POST", f"{_of(name)}/disable")

    def _sheet(self, answer: httpx.Response) -> HandoverSheet:
        told = self._rest.read(HandoverOut, answer)
        return HandoverSheet(told.name, told.password, told.totp_address, tuple(told.recovery_codes))


def _of(name: str) -> str:
    return f"accounts/{quote(name, safe='')}"


def _account(message: AccountMessage) -> Account:
    return Account(
        name=message.name,
        roles=tuple(message.roles),
        active_at=message.active_at,
        ends_at=message.ends_at,
        must_change=message.must_change,
        disabled=message.disabled,
        locked=message.locked,
    )
