"""The tile's context menu: shown with ``popup``, never ``exec``, which would stop unrelated tasks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


class TileMenu(QMenu):
    """What can be done with one tile that shows a camera; each entry stands for a key of the wall."""

    chosen = Signal(object)
    """``Qt.Key``: the key that does the same."""

    def __init__(self, camera_name: str, *, expanded: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Tile {camera_name}")
        self._add("Show all tiles" if expanded else "Show this tile alone", Qt.Key.Key_Return)
        self._add("Show on the map", Qt.Key.Key_M)
        self._add("Pin to the incident", Qt.Key.Key_P)
        self._add("Swap with…", Qt.Key.Key_S).setEnabled(not expanded)
        self.addSeparator()
        self._add("Close tile", Qt.Key.Key_Delete)
        self.triggered.connect(self._on_triggered)
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, words: str, key: Qt.Key) -> QAction:
        action = self.addAction(words)
        # For the reader: the wall itself handles the key.
        action.setShortcut(QKeySequence(key))
        action.setShortcutVisibleInContextMenu(True)
        action.setData(key)
        return action

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())
