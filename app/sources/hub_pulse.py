"""How long the hub takes to answer: asked by the live connection's own pings, once a second."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

EVERY_S = 1.0
PATIENCE_S = 2.0
"""A hub that leaves a question unanswered for so long does not answer, though its connection stands."""


class LivePulse:
    """Implements `app.domain.ports.HubPulse`. A ping costs some tens of microseconds: it is always felt."""

    def __init__(self) -> None:
        self._answered_s: float | None = None
        self._asked_at: float | None = None

    @property
    def round_trip_s(self) -> float | None:
        """Seconds that the hub took to answer last, None while it does not answer."""
        asked_at = self._asked_at
        if asked_at is not None and asyncio.get_running_loop().time() - asked_at > PATIENCE_S:
            return None
        return self._answered_s

    async def feel(self, socket: ClientConnection) -> None:
        """Ask again and again until the connection is lost, which its reader hears of too."""
        loop = asyncio.get_running_loop()
        try:
            with suppress(ConnectionClosed):
                while True:
                    self._asked_at = loop.time()
                    self._answered_s = await (await socket.ping())
                    self._asked_at = None
                    await asyncio.sleep(EVERY_S)
        finally:
            self._answered_s = self._asked_at = None
