"""What owners of private cameras are told of looks, how late, and what is kept from them for a case (R40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domain.ids import IncidentId

LONGEST_DELAY_H = 24 * 366


@dataclass(frozen=True, slots=True)
class OwnerTerms:
    """Whether owners are told names of who looked and titles of incidents, and after how many hours."""

    tells_names: bool = True
    tells_titles: bool = True
    delay_hours: int = 0

    def words(self) -> str:
        """Return the terms as they are put on record."""
        who = "names and roles" if self.tells_names else "roles"
        what = "titles" if self.tells_titles else "numbers"
        return f"{who}, incidents' {what}, after {self.delay_hours} h"


class OwnerTellingGateway(Protocol):
    """What owners are told, at the hub.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def terms(self) -> OwnerTerms:
        """Return what holds."""
        ...

    async def set_terms(self, terms: OwnerTerms) -> None:
        """Let other terms hold, for looks of before too."""
        ...

    async def hold_back(self, incident_id: IncidentId) -> None:
        """Keep an open incident's looks from owners until it is closed."""
        ...

    async def tell(self, incident_id: IncidentId) -> None:
        """Tell owners of an incident's looks again."""
        ...
