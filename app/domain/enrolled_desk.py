"""Desks that an administrator enrolled, and their walls that stay lit while the desk is locked (R1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.ids import WallId

MAIN_WALL = WallId("wall-1")
"""The wall of the main window: map and queue are beside it, so it is always hidden by a lock."""
KEPT_TIME = timedelta(minutes=5)
"""A wall that stays lit goes dark after so long without the hub."""
LEAST_REASON = 8
"""Characters of the reason for which a wall stays lit."""


@dataclass(frozen=True, slots=True)
class LitWall:
    """A wall that stays lit while its desk is locked: why, by whom, since when."""

    wall: WallId
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolledDesk:
    """A desk that the hub knows again by a key."""

    id: str
    name: str
    enrolled_by: str
    enrolled_at: datetime
    walls: tuple[LitWall, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownDesks:
    """Every enrolled desk; ``own_id`` is that of this one, "" where it is not enrolled.

    ``can_keep`` says whether this computer has a password vault to keep a desk's key in.
    """

    desks: tuple[EnrolledDesk, ...] = ()
    own_id: str = ""
    can_keep: bool = True

    @property
    def own(self) -> EnrolledDesk | None:
        """This desk, None where it is not enrolled."""
        return next((desk for desk in self.desks if desk.id == self.own_id), None)


class LookRenewals(Protocol):
    """Looks at walls that stay lit, at the hub.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def renew_lease(self, lease_id: str) -> datetime:
        """Let a look go on while the desk is locked; return until when."""
        ...


class DeskGateway(Protocol):
    """Enrolled desks, at the hub.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def known(self) -> KnownDesks:
        """Return every enrolled desk."""
        ...

    async def enrol(self, name: str) -> None:
        """Enrol this desk; refused where its key cannot be kept in the system's password vault."""
        ...

    async def withdraw(self, desk_id: str) -> None:
        """Withdraw a desk."""
        ...

    async def keep_lit(self, desk_id: str, wall: WallId, reason: str) -> None:
        """Let a wall of a desk stay lit while the desk is locked."""
        ...

    async def hide(self, desk_id: str, wall: WallId) -> None:
        """Let a lock hide a wall of a desk again."""
        ...
