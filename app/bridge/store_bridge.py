"""Turns the store's changes into one Qt signal, gathered and at most twenty times a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.changes import Changes
from app.store.state import Store

MIN_INTERVAL_MS = 50


class StoreBridge(QObject):
    """Emits `changed` with all `Changes` since the last time.

    The first change after a pause goes out in the next turn of the event loop, so that a burst which one
    socket frame brings is one signal.
    """

    changed = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending = Changes()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._rest = QTimer(self, singleShot=True, interval=MIN_INTERVAL_MS)
        self._soon.timeout.connect(self._emit)
        self._rest.timeout.connect(self._on_rested)
        store.subscribe(self._on_change)

    def flush(self) -> None:
        """Emit what is pending now."""
        self._soon.stop()
        self._emit()

    def _on_change(self, changes: Changes) -> None:
        self._pending |= changes
        if not self._rest.isActive() and not self._soon.isActive():
            self._soon.start()

    def _on_rested(self) -> None:
        if self._pending:
            self._emit()

    def _emit(self) -> None:
        changes, self._pending = self._pending, Changes()
        if changes:
            self._rest.start()
            self.changed.emit(changes)
