"""The tile's context menu: shown with ``popup``, never ``exec``, which would stop unrelated tasks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from widgets.wall.lens import MOST
from widgets.wall.tile import Tile


class TileMenu(QMenu):
    """What can be done with one tile that shows a camera; each entry stands for a key of the wall."""

    chosen = Signal(object)
    """``Qt.Key``: the key that does the same."""

    def __init__(self, tile: Tile, *, expanded: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Tile {tile.name}")
        self._add("Show all tiles" if expanded else "Show this tile alone", Qt.Key.Key_Return)
        self.addSeparator()
        sees = tile.saying.shows_picture
        self._add("Zoom in", Qt.Key.Key_Plus).setEnabled(sees and tile.zoom.factor < MOST)
        self._add("Zoom out", Qt.Key.Key_Minus).setEnabled(sees and tile.zoom.on)
        self._add("Show the whole picture", Qt.Key.Key_0).setEnabled(tile.zoom.on)
        self.addSeparator()
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
