"""What somebody leaves to who comes next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from widgets.plain_label import plain_label
from widgets.view_state import count_words

MOST = 4000


class HandoverDialog(QDialog):
    """Show it with `open()`."""

    hand_over_requested = Signal(str)

    def __init__(self, in_hand: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Hand over")
        self.resize(520, 320)
        alerts = count_words(in_hand, "alert")
        goes = "goes" if in_hand == 1 else "go"
        words = (
            f"{alerts} in your hands {goes} back to the queue." if in_hand else "No alert is in your hands."
        )
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("What who comes next has to know")
        self.text.setPlaceholderText("What who comes next has to know")
        self.text.setTabChangesFocus(True)
        self._cancel = QPushButton("Cancel")
        self.action_button = QPushButton("Hand over")
        self.action_button.setProperty("role", "primary")
        self.action_button.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.action_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(words, wrap=True))
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.text.textChanged.connect(self._on_text_changed)
        self._cancel.clicked.connect(self.reject)
        self.action_button.clicked.connect(self._on_hand_over)
        self.text.setFocus()

    def _on_text_changed(self) -> None:
        written = self.text.toPlainText().strip()
        self.action_button.setEnabled(0 < len(written) <= MOST)

    def _on_hand_over(self) -> None:
        self.hand_over_requested.emit(self.text.toPlainText().strip())
        self.accept()
