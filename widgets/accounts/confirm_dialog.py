"""Asks before something is done that takes somebody's access away; stays open until it has been done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.plain_label import plain_label, set_text


class ConfirmDialog(QDialog):
    """Show it with `open()`; whoever carries the wish out calls `accept` or `show_problem`."""

    confirmed = Signal()

    def __init__(self, title: str, words: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.problem = plain_label(tone="warn", wrap=True)
        self.problem.hide()
        self.cancel = QPushButton("Cancel")
        # Enter pressed without reading takes nobody's access away.
        self.cancel.setDefault(True)
        self.button = QPushButton(button)
        self.button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(words, wrap=True))
        column.addWidget(self.problem)
        column.addLayout(buttons)
        self.setMinimumWidth(420)
        self.button.clicked.connect(self._on_agreed)
        self.cancel.clicked.connect(self.reject)

    def show_problem(self, words: str) -> None:
        """Say why it was not done."""
        set_text(self.problem, words)
        self.problem.show()
        self.button.setEnabled(True)

    def _on_agreed(self) -> None:
        self.button.setEnabled(False)
        self.confirmed.emit()
