"""Asks who is signed in to prove it anew, and waits until the hub has taken the proof."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.proof import ProofRequest
from widgets.plain_label import plain_label, set_text
from widgets.view_state import one_line

WIDTH_PX = 420


class ProofDialog(QDialog):
    """Show it with `open()`; whoever carries the wish out calls `accept` or `show_problem`."""

    proof_requested = Signal(str, str)
    """Password and code, the latter empty where none is asked for."""

    def __init__(self, asked: ProofRequest, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sign in again")
        self.setFixedWidth(WIDTH_PX)
        self.password = _field("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.code = _field("Code of your authenticator app, or a recovery code")
        self._asks_code = asked.asks_code
        self.problem = plain_label(tone="alarm", wrap=True)
        self.problem.setAccessibleName("What is wrong")
        self.problem.hide()
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.action_button = QPushButton("Go on")
        self.action_button.setProperty("role", "primary")
        self.action_button.setDefault(True)
        self._lay_out(asked, note)
        self.action_button.clicked.connect(self._on_action)
        self.cancel_button.clicked.connect(self.reject)
        for field in (self.password, self.code):
            field.textChanged.connect(self._render)
        self._busy = False
        self._render()
        self.password.setFocus()

    def show_problem(self, words: str) -> None:
        """Say why the hub did not take it; the next try begins with empty fields."""
        self._busy = False
        self.password.clear()
        self.code.clear()
        set_text(self.problem, words)
        self.problem.show()
        self._render()
        self.password.setFocus()
        self.adjustSize()

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed."""
        self.password.clear()
        self.code.clear()
        super().done(result)

    def _lay_out(self, asked: ProofRequest, note: str) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for field in (self.password, self.code) if asked.asks_code else (self.password,):
            label = plain_label(field.accessibleName(), tone="dim", scale="small")
            label.setBuddy(field)
            form.addRow(label, field)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.action_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(one_line(asked.words), scale="large", wrap=True))
        whose = f"{one_line(asked.user)} signed in a while ago. What you asked for waits until you go on."
        column.addWidget(plain_label(whose, tone="dim", wrap=True))
        column.addLayout(form)
        column.addWidget(self.problem)
        if note:
            column.addWidget(plain_label(note, tone="dim", scale="small", wrap=True))
        column.addLayout(buttons)

    def _render(self) -> None:
        typed = bool(self.password.text()) and (bool(self.code.text().strip()) or not self._asks_code)
        self.action_button.setEnabled(typed and not self._busy)

    def _on_action(self) -> None:
        self._busy = True
        self._render()
        self.proof_requested.emit(self.password.text(), self.code.text().strip())


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMaxLength(1000)
    return field
