"""Who has signed in at the hub now, as the console asks for it. The sources implement it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Present:
    """One session. ``roles`` are titles; ``until`` None: as long as the hub runs. ``locked``: its desk is."""

    user: str
    roles: tuple[str, ...] = ()
    until: datetime | None = None
    locked: bool = False


class PresenceGateway(Protocol):
    """Presence, at the hub."""

    async def present(self) -> tuple[Present, ...]:
        """Return who has signed in.

        Raises:
            SourceError: the hub does not answer.
            OperatorError: it refuses.
        """
        ...
