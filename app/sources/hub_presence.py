"""Presence over the hub's REST interface: implements the `PresenceGateway` port."""

from __future__ import annotations

from app.domain.presence import Present
from app.sources.hub_rest import HubRest
from app.wire.shifts import Presence


class HubPresence:
    """Asks in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def present(self) -> tuple[Present, ...]:
        """Return who has signed in."""
        told = self._rest.read(Presence, await self._rest.call("GET", "presence"))
        return tuple(Present(m.user, tuple(m.roles), m.until, m.locked) for m in told.present)
