"""Accounts and signing in, on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from app.domain.account import MOST_PASSWORD, Account
from app.wire.hub import Command, Message

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=MOST_PASSWORD)]


class SignInIn(Command):
    """Signs in with an account. ``code`` is the authenticator app's, or a recovery code."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    password: Password = Field(repr=False)
    code: str = Field(max_length=40, repr=False)
    new_password: Password | None = Field(None, repr=False)
    desk_token: str = Field("", max_length=200, repr=False)
    """At the console that started the hub: its one-time token, in place of the code."""
    workstation: str = Field("", max_length=200, repr=False)
    """The token of a workstation that is remembered: without a code it takes the code's place."""
    remember: bool = False
    """Whether the workstation is to be remembered, for who types a code."""
    banner_acknowledged: bool


class FirstAccountIn(Command):
    """Makes the account of whoever starts to work alone, with the token of their own hub."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    password: Password = Field(repr=False)
    desk_token: str = Field(max_length=200, repr=False)
    banner_acknowledged: bool


class UnlockIn(Command):
    """Unlocks a desk."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Password = Field(repr=False)


class ProofIn(Command):
    """Proves anew who somebody is who has signed in; ``code`` and ``desk_token`` as at sign-in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Password = Field(repr=False)
    code: str = Field("", max_length=40, repr=False)
    desk_token: str = Field("", max_length=200, repr=False)


class WorkstationIn(Command):
    """Names a workstation that is remembered by its token."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    workstation: str = Field(min_length=1, max_length=200, repr=False)


class AccountIn(Command):
    """Makes an account."""

    name: Name
    roles: list[str] = Field(min_length=1, max_length=20)
    ends_at: AwareDatetime | None = None


class RolesIn(Command):
    """Gives an account other roles."""

    roles: list[str] = Field(min_length=1, max_length=20)


class HandoverOut(Message):
    """What is handed over to an account's person, once: the hub cannot say it again."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    name: str
    password: str = Field(repr=False)
    totp_address: str = Field(repr=False)
    recovery_codes: list[str] = Field(repr=False)


class AccountMessage(Message):
    """An account as those who manage accounts see it."""

    name: str
    roles: list[str]
    active_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    must_change: bool
    disabled: bool
    locked: bool

    @staticmethod
    def of(account: Account) -> AccountMessage:
        """Return an account's message."""
        return AccountMessage(
            name=account.name,
            roles=list(account.roles),
            active_at=account.active_at,
            ends_at=account.ends_at,
            must_change=account.must_change,
            disabled=account.disabled,
            locked=account.locked,
        )


class RoleMessage(Message):
    """A role that an account can have: ``title`` is what people call it."""

    name: str
    title: str


class Accounts(Message):
    """Every account, and the roles that one can have."""

    accounts: list[AccountMessage]
    roles: list[RoleMessage] = Field(default_factory=list)


class Banner(Message):
    """What is acknowledged before signing in, and whether anybody has an account yet."""

    text: str
    has_accounts: bool = True
    remember_days: int = 0
    """For how long a workstation may be remembered; 0: none is."""
    provider: str = ""
    """What people call the agency's provider, where one may sign in there."""
