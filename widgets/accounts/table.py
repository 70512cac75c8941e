"""The list of accounts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QWidget

from app.domain.account import Account
from resources import theme
from widgets.row_view import RowView
from widgets.view_state import plain_tip
from widgets.view_state_accounts import AccountRow

_TITLES = ("Name", "Roles", "State", "Last sign-in")
_WIDTHS = (200, 260, 400, 180)
_COLOURS = {"warn": theme.WARN, "dim": theme.TEXT_DIM}


class AccountsModel(QAbstractTableModel):
    """Accounts by name."""

    def __init__(self) -> None:
        super().__init__()
        self._accounts: tuple[Account, ...] = ()
        self._rows: tuple[AccountRow, ...] = ()

    def put(self, accounts: Sequence[Account], rows: Sequence[AccountRow]) -> None:
        """Show these accounts, each by its row."""
        self.beginResetModel()
        self._accounts, self._rows = tuple(accounts), tuple(rows)
        self.endResetModel()

    def account(self, row: int) -> Account | None:
        """Return a row's account."""
        return self._accounts[row] if 0 <= row < len(self._accounts) else None

    def row_of(self, name: str) -> int | None:
        """Return where an account is."""
        names = [account.name for account in self._accounts]
        return names.index(name) if name in names else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many accounts there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return a cell's text, its whole in the tool tip, and its colour."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        text = (row.name, row.roles, row.state, row.used)[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(text)
            case Qt.ItemDataRole.ForegroundRole:
                colour = _COLOURS.get(row.tone if index.column() == 2 else "dim" if row.barred else "")
                return QColor(colour) if colour else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return a column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None


class AccountsTable(RowView):
    """Shows the accounts; one is selected."""

    def __init__(self, model: AccountsModel, parent: QWidget | None = None) -> None:
        super().__init__(theme.ROW, "Accounts", parent)
        self.setModel(model)
        header = self.horizontalHeader()
        header.show()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
