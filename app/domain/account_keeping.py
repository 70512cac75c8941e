"""What an administrator's desk knows of accounts, and asks the hub to do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.account import Account


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role as the hub calls it, and as people do."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class AccountList:
    """Every account of a hub, and the roles that one can have."""

    accounts: tuple[Account, ...] = ()
    roles: tuple[RoleName, ...] = ()

    def titles(self, account: Account) -> tuple[str, ...]:
        """Return what people call an account's roles."""
        titles = {role.name: role.title for role in self.roles}
        return tuple(titles.get(name, name) for name in account.roles)


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """What is handed over to an account's person. The hub cannot say it again."""

    name: str
    password: str = field(repr=False)
    totp_address: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


class AccountsGateway(Protocol):
    """Accounts at the hub, in the name of who is signed in.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def accounts(self) -> AccountList:
        """Return every account."""
        ...

    async def create(self, name: str, roles: Sequence[str], ends_at: datetime | None) -> HandoverSheet:
        """Make an account; ``ends_at`` for a temporary one."""
        ...

    async def reset(self, name: str) -> HandoverSheet:
        """Give an account a new password, second factor and recovery codes; the old ones are void."""
        ...

    async def set_roles(self, name: str, roles: Sequence[str]) -> None:
        """Give an account other roles."""
        ...

    async def unlock(self, name: str) -> None:
        """Release an account that was locked, disabled or left unused."""
        ...

    async def disable(self, name: str) -> None:
        """Bar an account."""
        ...
