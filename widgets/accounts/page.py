"""Accounts: their list, and what can be done about the selected one."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.account import Account
from app.domain.account_keeping import AccountList
from resources import theme
from widgets.accounts.table import AccountsModel, AccountsTable
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state import count_words
from widgets.view_state_accounts import account_row


class AccountsPage(QWidget):
    """Shows what it is told with `show_accounts`; nothing here changes an account by itself."""

    create_requested = Signal()
    roles_requested = Signal(object)
    """`Account` whose roles are to be others."""
    unlock_requested = Signal(object)
    reset_requested = Signal(object)
    disable_requested = Signal(object)
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.known = AccountList()
        self._own = ""
        self._now: datetime | None = None
        self._build()
        self._connect()
        self._render()

    @property
    def selected(self) -> Account | None:
        """The account that is selected."""
        return self._model.account(self.table.currentIndex().row())

    def show_accounts(self, known: AccountList, own: str, now: datetime) -> None:
        """Show these accounts; ``own`` is the name of who is signed in here."""
        kept = self.selected
        self.known, self._own, self._now = known, own, now
        self._model.put(known.accounts, [account_row(account, known, now) for account in known.accounts])
        row = self._model.row_of(kept.name) if kept is not None else None
        if self._model.rowCount():
            self.table.selectRow(row or 0)
        self.show_words(count_words(len(known.accounts), "account"))

    def select(self, name: str) -> None:
        """Select an account by its name."""
        row = self._model.row_of(name)
        if row is not None:
            self.table.selectRow(row)

    def show_words(self, words: str, tone: str = "dim") -> None:
        """Say what was done, or why it was not."""
        set_text(self.words, words)
        set_tone(self.words, "tone", tone)

    def _build(self) -> None:
        self._model = AccountsModel()
        self.table = AccountsTable(self._model)
        self.words = plain_label(tone="dim", wrap=True)
        self.add = _button("plus", "New account …", "primary")
        self.roles = _button("", "Roles …")
        self.unlock = _button("", "Release")
        self.unlock.setToolTip("Lets in again who was locked out, disabled or left unused")
        self.reset = _button("", "New password and codes …")
        self.disable = _button("", "Disable …")
        self.refresh = _button("", "Refresh")
        buttons = QHBoxLayout()
        for button in (self.add, self.roles, self.unlock, self.reset, self.disable):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(buttons)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)

    def _connect(self) -> None:
        self.add.clicked.connect(self.create_requested)
        self.refresh.clicked.connect(self.refresh_requested)
        self.roles.clicked.connect(self._on_roles)
        self.unlock.clicked.connect(self._on_unlock)
        self.reset.clicked.connect(self._on_reset)
        self.disable.clicked.connect(self._on_disable)
        self.table.chosen.connect(self._on_roles)
        self.table.selectionModel().currentRowChanged.connect(self._render)
        self._model.modelReset.connect(self._render)

    def _render(self) -> None:
        account, now = self.selected, self._now
        some = account is not None and now is not None
        own = account is not None and account.name == self._own
        barred = account is not None and now is not None and account.barred(now) is not None
        # Nobody gives a role to themselves: the hub refuses it, so it is not offered.
        self.roles.setEnabled(some and not own)
        self.unlock.setEnabled(barred)
        self.reset.setEnabled(some)
        self.disable.setEnabled(account is not None and not account.disabled and not own)

    def _on_roles(self) -> None:
        if self.selected is not None and self.roles.isEnabled():
            self.roles_requested.emit(self.selected)

    def _on_unlock(self) -> None:
        self.unlock_requested.emit(self.selected)

    def _on_reset(self) -> None:
        self.reset_requested.emit(self.selected)

    def _on_disable(self) -> None:
        self.disable_requested.emit(self.selected)


def _button(picture: str, text: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    if picture:
        button.setIcon(icon(picture, theme.TEXT_ON_COLOUR))
    if role:
        button.setProperty("role", role)
    button.setAutoDefault(False)
    return button
