"""A table that fetches its rows a page at a time, as one scrolls: the whole record is never loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from resources import theme
from widgets.row_view import RowView
from widgets.view_state import plain_tip

ROW_PX = 28
PADDING_PX = 24
LEAST_PX = 72
"""What a column that shares the rest keeps at least."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column. ``widest`` is the text that it has room for; None: it shares what the others leave."""

    title: str
    text: Callable[[Row], str]
    widest: str | None = None
    tip: Callable[[Row], str] | None = None
    number: bool = False


class PagedModel(QAbstractTableModel, Generic[Row]):
    """Rows so far, and the wish for more when the last of them comes into sight."""

    more_requested = Signal()

    def __init__(self, columns: Sequence[Column[Row]], colour: Callable[[Row], str] | None = None) -> None:
        super().__init__()
        self.columns = columns
        self._colour = colour
        self._rows: list[Row] = []
        self._more = False

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that are here."""
        return self._rows

    def show_rows(self, rows: Sequence[Row], *, more: bool = False) -> None:
        """Replace all rows; ``more``: there are others after them."""
        self.beginResetModel()
        self._rows, self._more = list(rows), more
        self.endResetModel()

    def add_rows(self, rows: Sequence[Row], *, more: bool) -> None:
        """Add the next page."""
        self._more = more
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def want_more(self) -> None:
        """Let the next page be asked for again, after it did not come."""
        self._more = True

    def canFetchMore(self, parent: Index) -> bool:
        """Say whether there is another page that was not asked for yet."""
        return not parent.isValid() and self._more

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page, once."""
        del parent
        if self._more:
            self._more = False
            self.more_requested.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many rows are here."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = 0) -> object:
        """Return a cell's text, its tool tip, its alignment or its colour."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip((column.tip or column.text)(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.number else LEFT
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._colour(row)) if self._colour is not None else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return a column's title and how it lies."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.columns[section].number else LEFT
        return None


class PagedTable(RowView):
    """Shows a `PagedModel`; its columns have room for their widest texts."""

    def __init__(self, name: str, model: PagedModel[Row], parent: QWidget | None = None) -> None:
        super().__init__(ROW_PX, name, parent)
        self.empty_words = ""
        """Stands in the middle while there are no rows."""
        self.setModel(model)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        header = self.horizontalHeader()
        header.show()
        header.setMinimumSectionSize(LEAST_PX)
        header.setHighlightSections(False)
        metrics = self.fontMetrics()
        for number, column in enumerate(model.columns):
            if column.widest is None:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
                continue
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
            texts = (column.title, column.widest)
            width = max(metrics.horizontalAdvance(text) for text in texts) + PADDING_PX
            self.setColumnWidth(number, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or in their place why there are none."""
        super().paintEvent(event)
        if self.empty_words and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.TEXT_DIM))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.empty_words)
            painter.end()


def tone(refused: bool) -> str:
    """Return the colour of a line's text."""
    return theme.WARN if refused else theme.TEXT
