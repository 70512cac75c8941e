"""Who has signed in at this desk, as the hub told it. What it allows is decided in the hub, every time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import WallId
from app.domain.rights import Right


@dataclass(frozen=True, slots=True)
class OwnSession:
    """This desk's session. ``roles`` are titles; ``until`` None: as long as the hub runs.

    ``ends_by_shift``: the session ends because a shift does, and not for its own age. ``locked``: its person
    has to unlock the desk first.
    """

    user: str
    roles: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset()
    until: datetime | None = None
    ends_by_shift: bool = False
    locked: bool = False
    exempt_walls: frozenset[WallId] = frozenset()
    """Walls of this desk that stay lit while it is locked; none where it is not enrolled, or not certain."""
    unlocks_at: str = ""
    """What people call the agency's provider, where the desk can be unlocked there."""
    unlocks_by_password: bool = True
    """Whether its person has a password of their own here, and not only at the provider."""

    def may(self, right: Right) -> bool:
        """Say whether the hub would allow it: what would be refused is not offered."""
        return right in self.rights
