"""The window of the consents: the cameras, and what the owner of one of them agreed to."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from widgets.consents.camera_list import ConsentList
from widgets.consents.editor import ConsentEditor


class ConsentsWindow(QWidget):
    """Holds list and editor; `ConsentsFlow` carries out what they ask for."""

    def __init__(self) -> None:
        super().__init__(None)
        self.cameras = ConsentList()
        self.editor = ConsentEditor(sorted(available_timezones()))
        self.setWindowTitle("Watchfloor – consents")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.cameras)
        split.addWidget(self.editor)
        split.setStretchFactor(1, 1)
        split.setSizes([560, 860])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(split)
        self.setMinimumSize(1100, 640)
        self.resize(1440, 860)

    def present(self) -> None:
        """Show the window in front of the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.cameras.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the window on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
