"""A hub that others run: implements `HubLocator` for a desk that is one of several."""

from __future__ import annotations

import asyncio

from app.sources.hub_address import HubAddress


class RemoteHub:
    """Where the site's hub is. There is nothing to start and no token: people sign in with their accounts."""

    def __init__(self, url: str) -> None:
        self._address = HubAddress(url.rstrip("/"), "")

    @property
    def pid(self) -> int | None:
        """The hub's process id: it is none of this computer's business."""
        return None

    @property
    def ingest_token(self) -> str:
        """The token of vendors: this desk has none."""
        return ""

    async def address(self) -> HubAddress:
        """Return the address."""
        return self._address

    async def run(self) -> None:
        """Run until cancelled: whoever runs the hub does that elsewhere."""
        await asyncio.Event().wait()
