"""What the hub says of its own record: implements the `RecordHealth` port."""

from __future__ import annotations

from typing import Literal

from app.domain.record import RecordState
from app.sources.hub_rest import HubRest
from app.wire.hub import Message


class _Told(Message):
    record: Literal["ok", "unsigned", "failing"]


class HubHealth:
    """Asks the one hub that the console is signed in at."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def state(self) -> RecordState:
        """Return whether acts can be put on record.

        Raises:
            SourceError: the hub does not answer.
        """
        return RecordState(self._rest.read(_Told, await self._rest.call("GET", "health")).record)
