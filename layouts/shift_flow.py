"""The end of a shift at the desk: announced before it comes, and handed over to who comes next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from app.domain.alert import AlertStatus
from app.domain.door import HubDoor
from app.domain.errors import SourceError
from app.domain.events import NoticeLevel
from app.domain.shift import WARN_BEFORE
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from widgets.handover_dialog import HandoverDialog
from widgets.view_state import count_words
from widgets.view_state_door import shift_warning

LOOK_EVERY_MS = 15_000


class ShiftFlow(QObject):
    """Warns who works in a shift, and lets anybody hand over."""

    def __init__(self, parts: Parts, door: HubDoor, main: ConsoleWindow) -> None:
        super().__init__(main)
        self._parts = parts
        self._door = door
        self._main = main
        self._warned = ""
        self.handover: HandoverDialog | None = None
        """The dialog that was opened last."""
        self._hand_over = QAction("&Hand over…", self)
        self._hand_over.triggered.connect(self.begin_handover)
        main.room.addAction(self._hand_over)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def close(self) -> None:
        """Look no more: the desk's windows go."""
        self._timer.stop()

    def look(self) -> None:
        """Look how long the shift lasts, and warn before it ends."""
        session = self._parts.store.session
        if session is None or session.locked or not session.ends_by_shift:
            return
        self._parts.tasks.start("Asking how long the shift lasts", self._refresh())
        warning = shift_warning(session, self._parts.clock.utc(), WARN_BEFORE.total_seconds())
        if warning is not None and warning != self._warned:
            hint = "Hand over to who comes next: Room › Hand over."
            self._parts.notify.take_back(NoticeLevel.WARNING, self._warned, hint)
            self._parts.notify.tell(NoticeLevel.WARNING, warning, hint)
            self._warned = warning

    def begin_handover(self) -> None:
        """Ask what who comes next has to know."""
        session = self._parts.store.session
        if session is None:
            return
        in_hand = sum(
            alert.status is AlertStatus.ACKNOWLEDGED and alert.handled_by == session.user
            for alert in self._parts.store.alerts
        )
        dialog = self.handover = HandoverDialog(in_hand, self._main)
        dialog.hand_over_requested.connect(self._on_leave)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_leave(self, text: str) -> None:
        self._parts.tasks.start("Handing over", self._leave(text))

    async def _refresh(self) -> None:
        try:
            await self._door.refresh()
        except SourceError:
            return  # The session's end comes over the live connection all the same.

    async def _leave(self, text: str) -> None:
        left = await self._door.hand_over(text)
        words = (
            f"Handed over; {count_words(left, 'alert')} went back to the queue." if left else "Handed over."
        )
        self._parts.notify.tell(NoticeLevel.INFO, words)
