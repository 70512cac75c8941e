"""The yearly review of all rights, on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from app.wire.hub import Command, Message


class ChangeMessage(Message):
    """What was done to an account, by whom and when, as it is on record."""

    at: AwareDatetime
    who: str
    act: str
    detail: str | None = None


class ReviewedAccount(Message):
    """An account as its review sees it. ``state`` is why nobody may sign in to it, "" when they may."""

    name: str
    roles: list[str]
    rights: list[str]
    state: str
    last_used: AwareDatetime
    changes: list[ChangeMessage]


class AccountReview(Message):
    """Every account with its rights. ``digest`` stands for exactly this."""

    accounts: list[ReviewedAccount]
    digest: str
    reviewed_at: AwareDatetime | None = None
    reviewed_by: str | None = None
    due_at: AwareDatetime


class SignOffIn(Command):
    """Says that what has this digest was reviewed."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
