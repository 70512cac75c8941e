"""The window in which shifts are planned, for who may."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.domain.errors import OperatorError, SourceError
from app.domain.rights import Right
from app.domain.scope import Scope
from app.domain.shift_planning import ShiftGateway
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.room_window import PageWindow, RoomWindow, problem_words
from widgets.shifts.page import ShiftsPage

ShiftsWindow = PageWindow[ShiftsPage]


class ShiftsFlow(QObject):
    """Opens the window for who may plan shifts, and closes it when they may no more."""

    def __init__(self, parts: Parts, main: ConsoleWindow, gateway: ShiftGateway) -> None:
        super().__init__(main)
        self._parts = parts
        self._gateway = gateway
        self._place = RoomWindow(parts, main, Right.SHIFT_PLAN, "&Shifts …", self._make)
        self.open_action = self._place.open_action
        self.open_action.triggered.connect(self._on_open)

    @property
    def window(self) -> ShiftsWindow | None:
        """The window, None while there is none."""
        return self._place.window

    def _make(self) -> ShiftsWindow:
        page = ShiftsPage()
        page.begin_at(self._parts.clock.utc())
        page.plan_requested.connect(self._on_plan)
        page.cancel_requested.connect(self._on_cancel)
        page.longer_requested.connect(self._on_longer)
        return ShiftsWindow("shifts", page, 900, 680)

    def _on_open(self) -> None:
        self._place.present()
        self._do(None, "")

    def _on_plan(self, account: str, begins_at: datetime, ends_at: datetime, scope: Scope) -> None:
        work = partial(self._gateway.plan, account, begins_at, ends_at, scope)
        self._do(work, f"The shift of {account} is planned.")

    def _on_cancel(self, shift_id: str) -> None:
        self._do(partial(self._gateway.cancel, shift_id), "The shift was taken back.")

    def _on_longer(self, shift_id: str, ends_at: datetime) -> None:
        self._do(partial(self._gateway.set_end, shift_id, ends_at), "The shift is half an hour longer.")

    def _do(self, work: Callable[[], Coroutine[Any, Any, None]] | None, words: str) -> None:
        self._place.start("Planning shifts", partial(self._done, work, words))

    async def _done(self, work: Callable[[], Coroutine[Any, Any, None]] | None, words: str) -> None:
        tone = "live"
        try:
            if work is not None:
                await work()
            shifts = await self._gateway.shifts()
        except (OperatorError, SourceError) as error:
            shifts, words, tone = None, problem_words(error), "warn"
        if self.window is None:
            return
        if shifts is not None:
            self.window.page.show_shifts(shifts, self._parts.clock.utc())
        self.window.page.say(words, tone)
