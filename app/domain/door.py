"""What the desk needs of the hub to let people in and out. The sources implement it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed to sign in; ``new_password`` where one has to be chosen."""

    name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    new_password: str | None = field(default=None, repr=False)
    remember: bool = False
    """Whether this workstation is to be remembered."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How one comes in at a hub: the banner to be acknowledged, and what is to be typed.

    ``is_own``: this console started the hub, so that no code is asked for; ``is_new``: it has no accounts.
    """

    banner: str
    is_own: bool
    is_new: bool
    remember_days: int = 0
    """For how long this workstation may be remembered; 0: that is not offered."""
    provider: str = ""
    """What people call the agency's provider, where one may sign in there."""


class HubDoor(Protocol):
    """Signing in, locking, signing out. What comes of it is told to the store.

    Every coroutine raises `SourceError` when the hub does not answer, `OperatorError` when it refuses.
    """

    async def entrance(self) -> Entrance:
        """Return how one comes in, waiting until there is a hub."""
        ...

    async def sign_in(self, typed: Credentials) -> None:
        """Sign in."""
        ...

    async def begin_at_provider(self) -> str:
        """Begin to sign in at the agency's provider; return the address that the browser opens."""
        ...

    async def finish_at_provider(self, number: str) -> None:
        """Sign in with the number that the browser shows at the end."""
        ...

    async def begin_to_unlock(self) -> str:
        """Begin to unlock the desk at the agency's provider; return the address that the browser opens."""
        ...

    async def unlock_at_provider(self, number: str) -> None:
        """Unlock the desk with the number that the browser shows at the end."""
        ...

    async def is_remembered(self, name: str) -> bool:
        """Say whether this workstation is remembered for an account, so that it asks for no code."""
        ...

    async def forget_workstation(self, name: str) -> None:
        """Have this workstation remembered for an account no longer."""
        ...

    async def make_first_account(self, typed: Credentials) -> None:
        """Make the account of whoever starts to work alone, and sign in with it."""
        ...

    async def refresh(self) -> None:
        """Ask how long the session lasts by now."""
        ...

    async def find_desk(self, *, enter: bool) -> None:
        """Ask which walls of this desk stay lit while it is locked; while that is not certain, none does.

        ``enter``: say first, with the desk's key, that this session is at it.
        """
        ...

    async def lock(self) -> None:
        """Lock the desk; it is shut here whether the hub answers or not."""
        ...

    async def unlock(self, password: str) -> None:
        """Unlock the desk."""
        ...

    async def sign_out(self) -> None:
        """Sign out; it is done here whether the hub answers or not."""
        ...

    async def hand_over(self, text: str) -> int:
        """Leave words for who comes next, and one's alerts to the queue; return how many those were."""
        ...
