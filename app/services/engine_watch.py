"""Tells the operator what keeps the video engine from decoding, for as long as it does."""

from __future__ import annotations

import asyncio

from app.domain.events import NoticeLevel
from app.domain.ports import EngineFigures
from app.services.notify import Notify

EVERY_S = 1.0
HINT = "Streams that run go on; the others wait for it."


class EngineWatch:
    """Looks once a second. What is over leaves by itself: a notice must not outlive its cause."""

    def __init__(self, figures: EngineFigures, notify: Notify) -> None:
        self._figures = figures
        self._notify = notify
        self._told: str | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def look(self) -> None:
        """Tell of new trouble once, however soon the operator puts it away, and take back what is over."""
        trouble = self._figures.trouble
        if trouble == self._told:
            return
        if self._told is not None:
            self._notify.take_back(NoticeLevel.ERROR, self._told, HINT)
        if trouble is not None:
            self._notify.tell(NoticeLevel.ERROR, trouble, HINT, of_desk=True)
        self._told = trouble
