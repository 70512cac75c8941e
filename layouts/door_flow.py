"""The desk's door: hides every window while nobody may look, lets people in, locks and sees them out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from app.bridge.idle_watch import IdleWatch
from app.domain.changes import Changes
from app.domain.door import Entrance, HubDoor
from app.domain.errors import OperatorError, SourceError
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.sign_in_flow import SignInFlow
from layouts.wall_pane import WallWindow
from widgets.door.card import DoorCard
from widgets.door.curtain import Curtain
from widgets.view_state_door import door_view

IDLE_S = 30 * 60.0
"""R1."""
ASK_EVERY_S = 1.0
LOOK_EVERY_MS = 200
"""While the desk is shut: an answer that was on its way may open a dialog."""
_LASTING = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)
"""What comes back when the desk is unlocked, panes that float among it; menus and completions do not."""


class DoorFlow(QObject):
    """Draws the curtain over ``windows()`` and everything else that is open, and opens it again."""

    def __init__(
        self,
        parts: Parts,
        door: HubDoor,
        main: ConsoleWindow,
        windows: Callable[[], list[QWidget]],
        leave_full_screen: Callable[[], None],
        *,
        idle_s: float = IDLE_S,
        note: str = "",
    ) -> None:
        super().__init__(main)
        self._parts = parts
        self._door = door
        self._main = main
        self._windows = windows
        self._leave_full_screen = leave_full_screen
        self._note = note
        self._entrance: Entrance | None = None
        self._acknowledged = False
        self._asking = False
        self._put_away: list[QWidget] = []
        self._user: str | None = None
        self.card = DoorCard()
        self.signing_in = SignInFlow(parts, door, self.card, self)
        """Carries out what the card asks for."""
        self._lit_walls = 0
        self._curtains: dict[QWidget, Curtain] = {main: Curtain(main, self.card)}
        self._idle = IdleWatch(idle_s, self)
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._build_menu()
        self._connect()
        self._sync()

    @property
    def is_shut(self) -> bool:
        """Whether the desk is hidden."""
        return self._curtains[self._main].drawn

    def covers(self, window: QWidget) -> bool:
        """Say whether nothing of a window can be seen or used."""
        curtain = self._curtains.get(window)
        return curtain is not None and curtain.drawn and curtain.geometry() == window.rect()

    def close(self) -> None:
        """Watch no more: the desk's windows go."""
        self._idle.stop()
        self._look.stop()
        self.signing_in.late.stop()

    def cover(self, window: QWidget) -> None:
        """Hide a window too that was opened while the desk is shut."""
        if self.is_shut:
            self._curtain_of(window).draw(self.card.view.title)

    def _build_menu(self) -> None:
        room = self._main.room
        self.lock_action = QAction("&Lock this desk", self)
        self.lock_action.setShortcut(QKeySequence("Ctrl+L"))
        self._sign_out = QAction("Sign &out", self)
        for action in (self.lock_action, self._sign_out):
            room.addAction(action)

    def _connect(self) -> None:
        self._parts.bridge.changed.connect(self._on_changed)
        self._idle.idle.connect(self._on_lock)
        self._look.timeout.connect(self._on_look_due)
        self.lock_action.triggered.connect(self._on_lock)
        self._sign_out.triggered.connect(self._on_sign_out)
        card = self.card
        self.signing_in.went.connect(self._on_went)
        card.acknowledge_requested.connect(self._on_acknowledge)
        card.sign_out_requested.connect(self._on_sign_out)

    # Facts

    def _on_changed(self, changes: Changes) -> None:
        if changes.session or (changes.streams and self._lit_walls):
            # A wall that stays lit is hidden with the last of its looks, and the card says how many are.
            self._sync()
        if changes.desks and not self._parts.store.shut:
            # Not to enter: where two sessions claim one desk, each would take it from the other for ever.
            self._find_desk(enter=False)

    def _sync(self) -> None:
        store = self._parts.store
        if store.shut or store.session is None:
            self._shut()
        else:
            self._open()

    def _shut(self) -> None:
        store = self._parts.store
        if store.session is None and self._entrance is None and not self._asking:
            self._asking = True
            self._parts.tasks.start("Asking the hub how to sign in", self._ask())
        self.signing_in.follow()
        at_provider = self.signing_in.at_provider
        lit = [window for window in self._windows() if self._stays_lit(window)]
        view = door_view(
            store.session, store.session_words, self._entrance, self._acknowledged, at_provider, len(lit)
        )
        newly = view.step is not self.card.view.step
        self.card.show_view(view, self._note)
        self._lit_walls = len(lit)
        if not self.is_shut:
            # A tile that has the monitor is a window of its own, and goes back into its wall first.
            self._leave_full_screen()
            self._parts.replays.stop_all()
            self._parts.listening.stop()
            while (popup := QApplication.activePopupWidget()) is not None and popup.close():
                continue
            self._put_away = put_away(self._windows())
            self._look.start()
            newly = True
        for window in self._windows():
            self._hide(window, view.title, lit=window in lit)
        # Nobody looks any more: the cameras close now and not at the next look.
        self._parts.streams.wake()
        if newly:
            self.card.focus()

    def _open(self) -> None:
        was_shut, self._lit_walls = self.is_shut, 0
        # The next one reads the banner anew, and the hub may have accounts by then.
        self._entrance, self._acknowledged = None, False
        self.signing_in.come_back()
        self.card.clear()
        self._idle.begin()
        self._look.stop()
        for curtain in self._curtains.values():
            curtain.open()
        for window in self._windows():
            if isinstance(window, WallWindow):
                window.set_lit(False)
        session = self._parts.store.session
        user = session.user if session is not None else None
        if was_shut or user != self._user:
            self._find_desk(enter=True)
        for window in self._put_away:
            if window not in QApplication.topLevelWidgets():
                # Gone while the desk was shut, as what asks in the name of a session goes with it.
                continue
            # What one person had open is not for the next one.
            if user == self._user:
                window.show()
            else:
                window.close()
        self._put_away, self._user = [], user

    def _find_desk(self, *, enter: bool) -> None:
        self._parts.tasks.start("Asking which walls stay lit", self._door.find_desk(enter=enter))

    def _stays_lit(self, window: QWidget) -> bool:
        """Say whether a window may be seen while the desk is locked; the main one never."""
        if not isinstance(window, WallWindow) or window.pane.wall_id not in self._parts.store.lit_walls:
            return False
        return any(self._parts.streams.is_lit(camera_id) for camera_id in window.pane.cameras())

    def _hide(self, window: QWidget, words: str, *, lit: bool) -> None:
        """Draw the curtain over a window, unless it stays lit."""
        if isinstance(window, WallWindow):
            window.set_lit(lit)
        if not lit:
            self._curtain_of(window).draw(words)

    def _on_look_due(self) -> None:
        self._put_away += put_away(self._windows())

    def _curtain_of(self, window: QWidget) -> Curtain:
        gone = [known for known in self._curtains if known is not self._main and known not in self._windows()]
        for known in gone:
            del self._curtains[known]
        if window not in self._curtains:
            self._curtains[window] = Curtain(window)
        return self._curtains[window]

    def _on_went(self) -> None:
        store = self._parts.store
        if store.shut or store.session is None:
            self._shut()

    # Intents

    def _on_acknowledge(self) -> None:
        self._acknowledged = True
        self._shut()

    def _on_lock(self) -> None:
        session = self._parts.store.session
        if session is not None and not session.locked:
            self._parts.tasks.start("Locking the desk", self._door.lock())

    def _on_sign_out(self) -> None:
        self._parts.tasks.start("Signing out", self._door.sign_out())

    # Work

    async def _ask(self) -> None:
        """Ask until the hub says how to sign in: it may be away for a while, or not be believed."""
        try:
            while self._parts.store.session is None:
                try:
                    self._entrance = await self._door.entrance()
                    break
                except OperatorError as error:
                    self.card.say(error.message, error.hint)
                except SourceError as error:
                    self.card.say(error.message)
                await asyncio.sleep(ASK_EVERY_S)
        finally:
            self._asking = False
        self.card.say("")
        self._sync()


def put_away(ours: list[QWidget]) -> list[QWidget]:
    """Hide what is open beside these windows, such as dialogs; return what may come back."""
    lasting = [
        window
        for window in QApplication.topLevelWidgets()
        if window.isVisible() and window not in ours and window.windowType() in _LASTING
    ]
    for window in lasting:
        window.hide()
    return lasting
