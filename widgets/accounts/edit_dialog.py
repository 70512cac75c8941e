"""Asks for a new account, or for other roles of one; stays open with words until it has been done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.account import Account
from app.domain.account_keeping import RoleName
from widgets.plain_label import plain_label, set_text
from widgets.view_state import one_line

LONGEST_NAME = 100
FIRST_END = timedelta(days=30)


class AccountDialog(QDialog):
    """Show it with `open()`; whoever carries the wish out calls `accept` or `show_problem`."""

    wanted = Signal(str, list, object)
    """The name, the roles' names, and the end as `datetime`, None for an account without one."""

    def __init__(
        self,
        roles: Sequence[RoleName],
        now: datetime,
        account: Account | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Ask for the roles of ``account``, or for a new one where it is None."""
        super().__init__(parent)
        self._account = account
        self.boxes = {role.name: QCheckBox(one_line(role.title)) for role in roles}
        self.field = QLineEdit(account.name if account is not None else "")
        self.temporary = QCheckBox("Ends by itself on")
        self.end = QDateTimeEdit(QDateTime.fromSecsSinceEpoch(int((now + FIRST_END).timestamp())))
        self._build()
        self.field.textChanged.connect(self._on_edited)
        self.temporary.toggled.connect(self._on_edited)
        for box in self.boxes.values():
            box.toggled.connect(self._on_edited)
        self.button.clicked.connect(self._on_agreed)
        self.cancel.clicked.connect(self.reject)
        self._on_edited()

    def show_problem(self, words: str) -> None:
        """Say why it was not done, and let the administrator try again."""
        set_text(self.problem, words)
        self.problem.show()
        self.button.setEnabled(True)

    def _build(self) -> None:
        account = self._account
        self.setWindowTitle("New account" if account is None else f"Roles of {one_line(account.name)}")
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setPlaceholderText("The person's name")
        self.field.setAccessibleName("The person's name")
        self.field.setVisible(account is None)
        self.end.setCalendarPopup(True)
        self.end.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.end.setAccessibleName("End of the account")
        self.problem = plain_label(tone="warn", wrap=True)
        self.problem.hide()
        self.button = QPushButton("Make the account" if account is None else "Set roles")
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(plain_label("Roles", tone="dim", scale="small"))
        for name, box in self.boxes.items():
            box.setChecked(account is not None and name in account.roles)
            column.addWidget(box)
        if account is None:
            row = QHBoxLayout()
            row.addWidget(self.temporary)
            row.addWidget(self.end, 1)
            column.addLayout(row)
        else:
            self.temporary.hide()
            self.end.hide()
            words = "They are signed out everywhere and sign in again with the new roles."
            column.addWidget(plain_label(words, tone="dim", wrap=True))
        column.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.button)
        column.addLayout(buttons)
        self.setMinimumWidth(420)

    def _chosen(self) -> list[str]:
        return [name for name, box in self.boxes.items() if box.isChecked()]

    def _on_edited(self) -> None:
        self.problem.hide()
        self.end.setEnabled(self.temporary.isChecked())
        self.button.setEnabled(bool(self.field.text().strip() and self._chosen()))

    def _on_agreed(self) -> None:
        self.button.setEnabled(False)
        ends_at = None
        if self.temporary.isChecked():
            ends_at = datetime.fromtimestamp(self.end.dateTime().toSecsSinceEpoch(), UTC)
        self.wanted.emit(self.field.text().strip(), self._chosen(), ends_at)
