"""Where the hub is and how to sign in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HubAddress:
    """A hub that listens now. ``token`` signs in once; ``generation`` grows with each new hub process."""

    url: str
    token: str
    generation: int = 0

    def __repr__(self) -> str:
        return f"HubAddress(url={self.url!r}, generation={self.generation})"


class HubLocator(Protocol):
    """Knows the hub's present address."""

    async def address(self) -> HubAddress:
        """Return the address, waiting until the hub is ready."""
        ...
