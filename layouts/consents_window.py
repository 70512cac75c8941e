"""The window of the consents: the cameras, and what the owner of one of them agreed to."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from layouts.personal_window import PersonalWindow
from widgets.consents.camera_list import ConsentList
from widgets.consents.editor import ConsentEditor


class ConsentsWindow(PersonalWindow):
    """Holds list and editor; `ConsentsFlow` carries out what they ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.cameras = ConsentList()
        self.terms_button = QPushButton("What owners are told …")
        self.terms_button.setToolTip("What all owners read of looks at their cameras, and how late")
        self.terms_button.hide()
        left = QWidget()
        listed = QVBoxLayout(left)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.cameras, 1)
        listed.addWidget(self.terms_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.editor = ConsentEditor(sorted(available_timezones()))
        self.setWindowTitle("Watchfloor – consents")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
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
        super().present()
        self.cameras.field.setFocus()
