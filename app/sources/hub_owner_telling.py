"""What owners are told, at the hub over its REST interface: implements the `OwnerTellingGateway` port."""

from __future__ import annotations

from urllib.parse import quote

from app.domain.ids import IncidentId
from app.domain.owner_telling import OwnerTerms
from app.sources.hub_rest import HubRest
from app.wire.owners import OwnerTermsMessage


class HubOwnerTelling:
    """Reads and sets it in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def terms(self) -> OwnerTerms:
        """Return what holds."""
        told = self._rest.read(OwnerTermsMessage, await self._rest.call("GET", "owner-terms"))
        return OwnerTerms(told.tells_names, told.tells_titles, told.delay_hours)

    async def set_terms(self, terms: OwnerTerms) -> None:
        """Let other terms hold, for looks of before too."""
        body = OwnerTermsMessage(
            tells_names=terms.tells_names, tells_titles=terms.tells_titles, delay_hours=terms.delay_hours
        )
        await self._rest.call("PUT", "owner-terms", body)

    async def hold_back(self, incident_id: IncidentId) -> None:
        """Keep an open incident's looks from owners until it is closed."""
        await self._rest.call("PUT", _withheld(incident_id))

    async def tell(self, incident_id: IncidentId) -> None:
        """Tell owners of an incident's looks again."""
        await self._rest.call("DELETE", _withheld(incident_id))


def _withheld(incident_id: IncidentId) -> str:
    return f"incidents/{quote(incident_id, safe='')}/withheld"
