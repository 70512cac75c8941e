"""Asks who is signed in to prove it anew, and waits until the hub has taken the proof."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.proof import ProofRequest
from widgets.plain_label import plain_label, set_text
from widgets.view_state import one_line
from widgets.view_state_door import NUMBER_WORDS

WIDTH_PX = 420


class ProofDialog(QDialog):
    """Show it with `open()`; whoever carries the wish out calls `accept` or `show_problem`."""

    proof_requested = Signal(str, str)
    """Password and code, the latter empty where none is asked for."""
    provider_requested = Signal()
    """To prove it at the agency's provider, in the browser."""
    number_entered = Signal(str)
    """The number that the browser shows at the end."""

    def __init__(self, asked: ProofRequest, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sign in again")
        self.setFixedWidth(WIDTH_PX)
        self.password = _field("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.code = _field("Code of your authenticator app, or a recovery code")
        self.number = _field("Number that the browser shows")
        self._fields = (self.password, self.code, self.number)
        self._wanted = {self.password, self.code} if asked.asks_code else {self.password}
        self._busy = False
        whose = f"What you asked for waits until you have proved that you are {one_line(asked.user)}."
        self.words = plain_label(whose, tone="dim", wrap=True)
        self.problem = plain_label(tone="alarm", wrap=True)
        self.problem.setAccessibleName("What is wrong")
        self.problem.hide()
        self.provider_button = QPushButton(f"Sign in with {one_line(asked.provider)}")
        self.provider_button.setAutoDefault(False)
        self.provider_button.setVisible(bool(asked.provider))
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.action_button = QPushButton("Go on")
        self.action_button.setProperty("role", "primary")
        self.action_button.setDefault(True)
        self._lay_out(asked.words, note)
        self._connect()
        self._render()
        self.password.setFocus()

    def ask_number(self) -> None:
        """Ask for the number that the browser will show, in place of the password."""
        self._wanted = {self.number}
        set_text(self.words, NUMBER_WORDS)
        self.problem.hide()
        self.provider_button.hide()
        self._go_on()

    def show_problem(self, words: str) -> None:
        """Say why the hub did not take it; the next try begins with empty fields."""
        set_text(self.problem, words)
        self.problem.show()
        self._go_on()

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed."""
        self._clear()
        super().done(result)

    def _lay_out(self, words: str, note: str) -> None:
        self._form = form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for field in self._fields:
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
        column.addWidget(plain_label(one_line(words), scale="large", wrap=True))
        column.addWidget(self.words)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.provider_button)
        if note:
            column.addWidget(plain_label(note, tone="dim", scale="small", wrap=True))
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.action_button.clicked.connect(self._on_action)
        self.cancel_button.clicked.connect(self.reject)
        self.provider_button.clicked.connect(self._on_provider)
        for field in self._fields:
            field.textChanged.connect(self._render)

    def _render(self) -> None:
        for field in self._fields:
            self._form.setRowVisible(field, field in self._wanted)
        typed = all(field.text().strip() for field in self._wanted)
        self.action_button.setEnabled(typed and not self._busy)
        self.provider_button.setEnabled(not self._busy)

    def _go_on(self) -> None:
        self._busy = False
        self._clear()
        self._render()
        (self.number if self.number in self._wanted else self.password).setFocus()
        self.adjustSize()

    def _clear(self) -> None:
        for field in self._fields:
            field.clear()

    def _on_provider(self) -> None:
        self._busy = True
        self._render()
        self.provider_requested.emit()

    def _on_action(self) -> None:
        self._busy = True
        self._render()
        if self.number in self._wanted:
            self.number_entered.emit(self.number.text())
        else:
            self.proof_requested.emit(self.password.text(), self.code.text().strip())


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMaxLength(1000)
    return field
