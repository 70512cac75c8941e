"""Opens an incident by hand: a title in place, no dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

LONGEST_TITLE = 200
"""Characters; the hub takes no more."""


class NewIncident(QWidget):
    """A title field with its buttons; Enter opens, Escape leaves."""

    open_requested = Signal(str)
    """The title."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLineEdit()
        self._title.setPlaceholderText("What has happened?")
        self._title.setAccessibleName("Title of the new incident")
        self._title.setMaxLength(LONGEST_TITLE)
        self._open = QPushButton("Open")
        self._open.setProperty("role", "primary")
        self._open.setToolTip("Open the incident (Enter)")
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip("Do not open one (Esc)")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._title, 1)
        line.addWidget(self._open)
        line.addWidget(self._cancel)
        self._title.textChanged.connect(self._render)
        self._title.returnPressed.connect(self._on_open)
        self._open.clicked.connect(self._on_open)
        self._cancel.clicked.connect(self._on_cancel)
        self._render()

    @property
    def title_field(self) -> QLineEdit:
        """The title field, for focus."""
        return self._title

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_cancel()
            event.accept()
            return
        super().keyPressEvent(event)

    def _render(self) -> None:
        self._open.setEnabled(bool(self._title.text().strip()))

    def _on_open(self) -> None:
        title = " ".join(self._title.text().split())
        if title:
            self._title.clear()
            self.left.emit()
            self.open_requested.emit(title)

    def _on_cancel(self) -> None:
        self._title.clear()
        self.left.emit()
