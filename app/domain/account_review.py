"""The yearly review of all rights, as an auditor's desk has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What was done to an account, by whom and when, as it is on record."""

    at: datetime
    who: str
    act: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedAccount:
    """An account with its rights. ``state`` is why nobody may sign in to it, "" when they may."""

    name: str
    roles: tuple[str, ...]
    rights: tuple[str, ...]
    state: str
    last_used: datetime
    changes: tuple[AccountChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RightsReview:
    """Every account. ``digest`` stands for exactly this; ``reviewed_at`` is the last sign-off's time."""

    accounts: tuple[ReviewedAccount, ...]
    digest: str
    due_at: datetime
    reviewed_at: datetime | None = None
    reviewed_by: str = ""


class ReviewGateway(Protocol):
    """The review at the hub, in the name of who is signed in.

    Both methods raise `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def review(self) -> RightsReview:
        """Return every account with its rights; to read it is on record."""
        ...

    async def sign_off(self, digest: str) -> None:
        """Put on record that what has this digest was reviewed."""
        ...
