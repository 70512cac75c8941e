"""The yearly review of all rights: every account, what it may, who made it so; and the sign-off."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.account_review import ReviewedAccount, RightsReview
from resources import theme
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.row_view import RowView
from widgets.view_state import one_line, plain_tip
from widgets.view_state_accounts import date_words
from widgets.view_state_rights_review import account_words, due_words, last_change_words

_TITLES = ("Name", "Roles", "State", "Last used", "Last changed")
_WIDTHS = (180, 220, 280, 160, 260)


class ReviewModel(QAbstractTableModel):
    """Accounts by name."""

    def __init__(self) -> None:
        super().__init__()
        self._accounts: tuple[ReviewedAccount, ...] = ()

    def put(self, accounts: tuple[ReviewedAccount, ...]) -> None:
        """Show these accounts."""
        self.beginResetModel()
        self._accounts = accounts
        self.endResetModel()

    def account(self, row: int) -> ReviewedAccount | None:
        """Return a row's account."""
        return self._accounts[row] if 0 <= row < len(self._accounts) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many accounts there are."""
        return 0 if parent.isValid() else len(self._accounts)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return a cell's text, and its whole in the tool tip."""
        account = self.account(index.row())
        if account is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = (
            one_line(account.name),
            one_line(", ".join(account.roles)),
            one_line(account.state or "In use"),
            date_words(account.last_used),
            last_change_words(account),
        )[index.column()]
        return text if role == Qt.ItemDataRole.DisplayRole else plain_tip(text)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return a column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None


class ReviewPage(QWidget):
    """Signing off asks for exactly what is shown."""

    sign_off_requested = Signal(str)
    """The digest of what is shown."""
    export_requested = Signal(object)
    """`RightsReview` that is shown."""
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._review: RightsReview | None = None
        self._build()
        self.table.selectionModel().currentRowChanged.connect(self._render)
        self.sign.clicked.connect(self._on_sign)
        self.export.clicked.connect(self._on_export)
        self.refresh.clicked.connect(self.refresh_requested)
        self._render()

    def show_review(self, review: RightsReview, now: datetime) -> None:
        """Show this review."""
        self._review = review
        self._model.put(review.accounts)
        if review.accounts:
            self.table.selectRow(0)
        words, tone = due_words(review, now)
        set_text(self.due, words)
        set_tone(self.due, "tone", tone)
        self.show_words("")
        self._render()

    def show_words(self, words: str, tone: str = "dim") -> None:
        """Say what was done, or why it was not."""
        set_text(self.words, words)
        set_tone(self.words, "tone", tone)

    def _build(self) -> None:
        self._model = ReviewModel()
        self.table = RowView(theme.ROW, "Accounts and their rights")
        self.table.setModel(self._model)
        header = self.table.horizontalHeader()
        header.show()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(number, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("What the account may do, and what is on record of it")
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.table)
        both.addWidget(self.detail)
        both.setChildrenCollapsible(False)
        self.due = plain_label(tone="dim", wrap=True)
        self.words = plain_label(tone="dim", wrap=True)
        self.sign = QPushButton("I have reviewed all rights")
        self.sign.setProperty("role", "primary")
        self.export = QPushButton("Export …")
        self.refresh = QPushButton("Refresh")
        buttons = QHBoxLayout()
        buttons.addWidget(self.refresh)
        buttons.addWidget(self.export)
        buttons.addWidget(self.words, 1)
        buttons.addWidget(self.sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.due)
        column.addWidget(both, 1)
        column.addLayout(buttons)

    def _render(self) -> None:
        account = self._model.account(self.table.currentIndex().row())
        text = account_words(account) if account is not None else ""
        if self.detail.toPlainText() != text:
            self.detail.setPlainText(text)
        self.sign.setEnabled(self._review is not None)
        self.export.setEnabled(self._review is not None)

    def _on_sign(self) -> None:
        if self._review is not None:
            self.sign.setEnabled(False)
            self.sign_off_requested.emit(self._review.digest)

    def _on_export(self) -> None:
        self.export_requested.emit(self._review)
