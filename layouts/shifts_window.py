"""The window in which shifts are planned, for who may."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from app.domain.changes import Changes
from app.domain.errors import OperatorError, SourceError
from app.domain.rights import Right
from app.domain.scope import Scope
from app.domain.shift_planning import ShiftGateway
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.personal_window import PersonalWindow
from widgets.shifts.page import ShiftsPage


class ShiftsWindow(PersonalWindow):
    """One person's."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Watchfloor – shifts")
        self.page = ShiftsPage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.resize(900, 680)


class ShiftsFlow(QObject):
    """Opens the window for who may plan shifts, and closes it when they may no more."""

    def __init__(self, parts: Parts, main: ConsoleWindow, gateway: ShiftGateway) -> None:
        super().__init__(main)
        self._parts = parts
        self._gateway = gateway
        self._user: str | None = None
        self.window: ShiftsWindow | None = None
        self.open_action = QAction("&Shifts …", self)
        self.open_action.triggered.connect(self._on_open)
        main.room.addAction(self.open_action)
        main.closed.connect(self.close)
        parts.bridge.changed.connect(self._on_changed)
        self._render()

    def close(self) -> None:
        """Put the window away for good."""
        if self.window is not None:
            self.window.retire()
            self.window.deleteLater()
            self.window = None

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._render()

    def _render(self) -> None:
        session = self._parts.store.session
        may = session is not None and session.may(Right.SHIFT_PLAN)
        self.open_action.setVisible(may)
        user = session.user if session is not None else None
        if not may or user != self._user:
            self.close()
        self._user = user

    def _on_open(self) -> None:
        if self.window is None:
            self.window = ShiftsWindow()
            page = self.window.page
            page.begin_at(self._parts.clock.utc())
            page.plan_requested.connect(self._on_plan)
            page.cancel_requested.connect(self._on_cancel)
            page.longer_requested.connect(self._on_longer)
        self.window.present()
        self._do(None, "")

    def _on_plan(self, account: str, begins_at: datetime, ends_at: datetime, scope: Scope) -> None:
        self._do(
            self._gateway.plan(account, begins_at, ends_at, scope), f"The shift of {account} is planned."
        )

    def _on_cancel(self, shift_id: str) -> None:
        self._do(self._gateway.cancel(shift_id), "The shift was taken back.")

    def _on_longer(self, shift_id: str, ends_at: datetime) -> None:
        self._do(self._gateway.set_end(shift_id, ends_at), "The shift is half an hour longer.")

    def _do(self, work: Coroutine[Any, Any, None] | None, words: str) -> None:
        self._parts.tasks.start("Planning shifts", self._done(work, words))

    async def _done(self, work: Coroutine[Any, Any, None] | None, words: str) -> None:
        tone = "live"
        try:
            if work is not None:
                await work
            shifts = await self._gateway.shifts()
        except OperatorError as error:
            shifts, words, tone = None, f"{error.message} {error.hint}".strip(), "warn"
        except SourceError as error:
            shifts, words, tone = None, error.message, "warn"
        if self.window is None:
            return
        if shifts is not None:
            self.window.page.show_shifts(shifts, self._parts.clock.utc())
        self.window.page.say(words, tone)
