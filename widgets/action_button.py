"""A push button that stands for an action: one place holds its words, picture, keys and state."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget


class ActionButton(QPushButton):
    """Follows its action's text, icon, tool tip and whether it can be used; a click triggers it."""

    def __init__(self, action: QAction, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setIconSize(QSize(16, 16))
        if role:
            self.setProperty("role", role)
        action.changed.connect(self._render)
        self.clicked.connect(action.trigger)
        self._render()

    def _render(self) -> None:
        self.setText(self._action.text())
        self.setIcon(self._action.icon())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        self.setAccessibleName(self._action.text())
