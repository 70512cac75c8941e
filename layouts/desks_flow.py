"""Enrolling this desk and choosing its walls that stay lit, for who may change the hub's settings."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from app.domain.changes import Changes
from app.domain.enrolled_desk import DeskGateway, KnownDesks
from app.domain.errors import HubFullError, OperatorError, SourceError
from app.domain.ids import WallId
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.personal_window import PersonalWindow
from widgets.desks.page import DesksPage
from widgets.view_state_desks import wall_words


class DesksWindow(PersonalWindow):
    """One person's."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Watchfloor – enrolled desks")
        self.page = DesksPage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.resize(900, 700)


class DesksFlow(QObject):
    """Opens the window for who may, and closes it when they may no more."""

    def __init__(
        self,
        parts: Parts,
        main: ConsoleWindow,
        gateway: DeskGateway,
        wall_windows: Callable[[], list[WallId]],
    ) -> None:
        super().__init__(main)
        self._parts = parts
        self._gateway = gateway
        self._wall_windows = wall_windows
        self._user: str | None = None
        self._known = KnownDesks()
        self.window: DesksWindow | None = None
        self.open_action = QAction("&Enrolled desks …", self)
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
        if changes.desks and self.window is not None and not self._parts.store.shut:
            self._do(None, self.window.page.said)

    def _render(self) -> None:
        session = self._parts.store.session
        may = session is not None and session.may(Right.SETTINGS)
        self.open_action.setVisible(may)
        user = session.user if session is not None else None
        if not may or user != self._user:
            self.close()
        self._user = user

    def _on_open(self) -> None:
        if self.window is None:
            self.window = DesksWindow()
            page = self.window.page
            page.enrol_requested.connect(self._on_enrol)
            page.withdraw_requested.connect(self._on_withdraw)
            page.lit_requested.connect(self._on_lit)
            page.hide_requested.connect(self._on_hide)
        self.window.present()
        self._do(None, "")

    def _on_enrol(self, name: str) -> None:
        self._do(self._gateway.enrol(name), f"This desk is enrolled as {name}.")

    def _on_withdraw(self, desk_id: str) -> None:
        self._do(
            self._gateway.withdraw(desk_id), "The enrolment was withdrawn: a lock hides all walls there."
        )

    def _on_lit(self, wall: str, reason: str) -> None:
        own = self._known.own
        if own is not None:
            name = wall_words(WallId(wall)).capitalize()
            words = f"{name} stays lit while this desk is locked, from the next lock on."
            self._do(self._gateway.keep_lit(own.id, WallId(wall), reason), words)

    def _on_hide(self, wall: str) -> None:
        own = self._known.own
        if own is not None:
            words = f"A lock hides {wall_words(WallId(wall))} again."
            self._do(self._gateway.hide(own.id, WallId(wall)), words)

    def _do(self, work: Coroutine[Any, Any, None] | None, words: str) -> None:
        self._parts.tasks.start("Enrolled desks", self._done(work, words))

    async def _done(self, work: Coroutine[Any, Any, None] | None, words: str) -> None:
        tone, known = "live" if work is not None else "dim", None
        try:
            if work is not None:
                await work
            known = await self._gateway.known()
        except (OperatorError, HubFullError) as error:
            words, tone = f"{error.message} {error.hint}".strip(), "warn"
        except SourceError as error:
            words, tone = error.message, "warn"
        if self.window is None:
            return
        if known is not None:
            self._known = known
            self.window.page.show_known(known, self._wall_windows())
        self.window.page.say(words, tone)
