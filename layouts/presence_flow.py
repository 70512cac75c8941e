"""Who is on shift: asked for when the hub says that somebody came, went, locked or unlocked a desk."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.domain.changes import Changes
from app.domain.errors import OperatorError, SourceError
from app.domain.events import LinkState, PresenceLoaded
from app.domain.presence import PresenceGateway
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from widgets.on_shift import OnShift
from widgets.view_state_presence import in_hands, present_rows


class PresenceFlow(QObject):
    """Keeps the store's presence up to date, and opens the list of it at the status line."""

    def __init__(self, parts: Parts, main: ConsoleWindow, gateway: PresenceGateway) -> None:
        super().__init__(main)
        self._parts = parts
        self._gateway = gateway
        self._main = main
        self._asking = False
        self._again = False
        self.popup = OnShift(main)
        self.open_action = QAction("&On shift now", self)
        main.room.addAction(self.open_action)
        self.open_action.triggered.connect(self.open)
        main.status.present.clicked.connect(self.open)
        parts.bridge.changed.connect(self._on_changed)
        self._render()
        self._ask()

    def open(self) -> None:
        """Show who is there, above the status line."""
        if self._parts.store.present is None:
            self._ask()
        self._show_rows()
        self.popup.open_above(self._main.status.present)

    def _on_changed(self, changes: Changes) -> None:
        store = self._parts.store
        is_back = changes.link and store.link is LinkState.CONNECTED
        if changes.session:
            self._render()
        if changes.session or changes.presence_stale or changes.all_reloaded or is_back:
            self._ask()
        if self.popup.isVisible() and (changes.presence or changes.alerts or changes.all_reloaded):
            self._show_rows()

    def _may(self) -> bool:
        session = self._parts.store.session
        return session is not None and not session.locked and session.may(Right.SEE_ROOM)

    def _render(self) -> None:
        self.open_action.setVisible(self._may())
        self._main.status.present.setVisible(self._may())
        if not self._may():
            self.popup.hide()

    def _show_rows(self) -> None:
        store = self._parts.store
        if store.present is None:
            self.popup.show_rows(None)
            return
        me = store.session.user if store.session is not None else ""
        now = self._parts.clock.utc()
        self.popup.show_rows(present_rows(store.present, me, in_hands(store.alerts), now))

    def _ask(self) -> None:
        if not self._may():
            return
        # What is told while an answer is on its way may not be in it.
        self._again = True
        if not self._asking:
            self._asking = True
            self._parts.tasks.start("Asking who is on shift", self._read())

    async def _read(self) -> None:
        store = self._parts.store
        try:
            while self._again and self._may():
                self._again = False
                asked_by = store.session
                try:
                    present = await self._gateway.present()
                except (OperatorError, SourceError):
                    # A list that may be old would be taken for who is there; it is asked for again once the
                    # hub is back, or says that somebody came or went.
                    store.apply(PresenceLoaded(None))
                    continue
                if store.session is not None and asked_by is not None and store.session.user == asked_by.user:
                    store.apply(PresenceLoaded(present))
        finally:
            self._asking = False
