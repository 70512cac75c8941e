"""Enrolling this desk and choosing its walls that stay lit, for who may change the hub's settings."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.enrolled_desk import DeskGateway, KnownDesks
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import WallId
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.room_window import PageWindow, RoomWindow, problem_words
from widgets.accounts.confirm_dialog import ConfirmDialog
from widgets.desks.page import DesksPage
from widgets.view_state import one_line
from widgets.view_state_desks import wall_words

_WITHDRAW = (
    "{} is known to the hub no more, and a lock hides all its walls: at once where it is locked. "
    "It can be enrolled again only by an administrator who sits at it."
)
DesksWindow = PageWindow[DesksPage]


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
        self._known = KnownDesks()
        self._place = RoomWindow(parts, main, Right.SETTINGS, "&Enrolled desks …", self._make)
        self.open_action = self._place.open_action
        self.open_action.triggered.connect(self._on_open)
        parts.bridge.changed.connect(self._on_changed)

    @property
    def window(self) -> DesksWindow | None:
        """The window, None while there is none."""
        return self._place.window

    def close(self) -> None:
        """Put the window away for good."""
        self._place.close()

    def _make(self) -> DesksWindow:
        page = DesksPage()
        page.enrol_requested.connect(self._on_enrol)
        page.withdraw_requested.connect(self._on_withdraw)
        page.lit_requested.connect(self._on_lit)
        page.hide_requested.connect(self._on_hide)
        page.read_requested.connect(self._on_open)
        page.looked_at.connect(self._on_looked_at)
        return DesksWindow("enrolled desks", page, 900, 700)

    def _on_changed(self, changes: Changes) -> None:
        if changes.desks and self.window is not None and not self._parts.store.shut:
            self._do(None, self.window.page.said)

    def _on_open(self) -> None:
        page = self._place.present().page
        if not page.is_known:
            page.say("Reading the enrolled desks …")
        self._do(None, "")

    def _on_enrol(self, name: str) -> None:
        self._do(partial(self._gateway.enrol, name), f"This desk is enrolled as {name}.")

    def _on_looked_at(self) -> None:
        # A wall's window may have been opened or closed meanwhile.
        if self.window is not None and self.window.page.is_known:
            self.window.page.show_windows(self._wall_windows())

    def _on_withdraw(self, desk_id: str) -> None:
        name = next((desk.name for desk in self._known.desks if desk.id == desk_id), desk_id)
        words = _WITHDRAW.format(one_line(name))
        asked = ConfirmDialog("Withdraw an enrolment", words, "Withdraw", self.window)
        asked.confirmed.connect(partial(self._on_withdraw_agreed, asked, desk_id))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _on_withdraw_agreed(self, asked: ConfirmDialog, desk_id: str) -> None:
        asked.accept()
        words = "The enrolment was withdrawn: a lock hides all walls there."
        self._do(partial(self._gateway.withdraw, desk_id), words)

    def _on_lit(self, wall: str, reason: str) -> None:
        own = self._known.own
        if own is not None:
            name = wall_words(WallId(wall)).capitalize()
            words = f"{name} stays lit while this desk is locked, from the next lock on."
            self._do(partial(self._gateway.keep_lit, own.id, WallId(wall), reason), words)

    def _on_hide(self, wall: str) -> None:
        own = self._known.own
        if own is not None:
            words = f"A lock hides {wall_words(WallId(wall))} again."
            self._do(partial(self._gateway.hide, own.id, WallId(wall)), words)

    def _do(self, work: Callable[[], Coroutine[Any, Any, None]] | None, words: str) -> None:
        self._place.start("Enrolled desks", partial(self._done, work, words))

    async def _done(self, work: Callable[[], Coroutine[Any, Any, None]] | None, words: str) -> None:
        tone, known = "live" if work is not None else "dim", None
        try:
            if work is not None:
                await work()
            known = await self._gateway.known()
        except (OperatorError, SourceError) as error:
            words, tone = problem_words(error), "warn"
        if self.window is None:
            return
        if known is not None:
            self._known = known
            self.window.page.show_known(known, self._wall_windows())
        self.window.page.say(words, tone)
