"""Tells the operator when the hub's record fails or is not signed, for as long as it does (R33)."""

from __future__ import annotations

import asyncio

from app.domain.errors import SourceError
from app.domain.events import NoticeLevel
from app.domain.record import RecordHealth, RecordState
from app.services.notify import Notify

EVERY_S = 30.0
WORDS = {
    RecordState.FAILING: (
        NoticeLevel.ERROR,
        "The hub cannot put acts on record: nobody can look.",
        "Tell the administrator: the hub's log says why.",
    ),
    RecordState.UNSIGNED: (
        NoticeLevel.WARNING,
        "The hub's record is not being signed.",
        "Tell the administrator: the place for its checkpoints cannot be written.",
    ),
}


class RecordWatch:
    """Asks twice a minute. What is over leaves by itself: a notice must not outlive its cause."""

    def __init__(self, health: RecordHealth, notify: Notify) -> None:
        self._health = health
        self._notify = notify
        self._told = RecordState.OK

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Tell of a change once, however soon the operator puts it away, and take back what is over."""
        try:
            state = await self._health.state()
        except SourceError:
            # A hub that is away says nothing of its record; that it is away is told by the link.
            return
        if state is self._told:
            return
        before, self._told = self._told, state
        if before in WORDS:
            self._notify.take_back(*WORDS[before])
        if state in WORDS:
            self._notify.tell(*WORDS[state], of_desk=True)
