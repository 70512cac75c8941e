"""The page's tables: one row per stream, one per process. Rows stay while their figures change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QIcon

from app.domain.stream_state import StreamState
from resources import theme
from widgets.icons import icon
from widgets.system.readings import (
    STATE_WORDS,
    UNKNOWN,
    ProcessReading,
    StreamReading,
    age_text,
    badness,
    count_text,
    kbit_text,
    megabytes_text,
    percent_text,
    rate_text,
    reason,
)
from widgets.view_state import QUALITY_WORDS, plain_tip

SORT_ROLE = Qt.ItemDataRole.UserRole
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_STATE_LOOK = {
    StreamState.CONNECTING: ("retry", theme.TEXT_DIM),
    StreamState.LIVE: ("live", theme.LIVE),
    StreamState.DELAYED: ("delayed", theme.WARN),
    StreamState.FROZEN: ("frozen", theme.WARN),
    StreamState.OFFLINE: ("offline", theme.ALARM),
    StreamState.DENIED: ("lock", theme.TEXT),
    StreamState.REPLAY: ("play", theme.REPLAY),
}

Row = TypeVar("Row")
Figure = TypeVar("Figure", int, float)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, the text and the sort key of a row's cell, and how it lies.

    ``widest`` is the text that the column must have room for.
    """

    title: str
    text: Callable[[Row], str]
    order: Callable[[Row], Any]
    widest: str
    number: bool = False
    tip: str = ""


def _figures(
    title: str,
    value: Callable[[Row], Figure | None],
    text: Callable[[Figure | None], str],
    widest: str,
    tip: str,
) -> Column[Row]:
    """Return a column of numbers; an unknown one sorts below all others."""

    def order(row: Row) -> float:
        figure = value(row)
        return -1.0 if figure is None else figure

    return Column(title, lambda row: text(value(row)), order, widest, number=True, tip=tip)


STREAM_COLUMNS: tuple[Column[StreamReading], ...] = (
    Column("State", lambda r: STATE_WORDS[r.status.state], badness, "Connecting", tip="Worst first"),
    Column("Camera", lambda r: r.camera, lambda r: r.camera.casefold(), "North Harbour St"),
    Column("Quality", lambda r: QUALITY_WORDS[r.key.quality], lambda r: r.key.quality.value, "Main"),
    _figures(
        "Age",
        lambda r: r.age_s,
        age_text,
        "59 min",
        "How long ago the newest picture arrived from the camera",
    ),
    _figures(
        "kbit/s",
        lambda r: r.kbit,
        kbit_text,
        "99,999",
        "Thousand bits of video a second that came from the camera, over five seconds; "
        "what the network adds of its own is not in it",
    ),
    _figures(
        "Received/s",
        lambda r: r.received,
        rate_text,
        "100.0",
        "Pictures a second that came from the camera, still encoded, over five seconds",
    ),
    _figures(
        "Decoded/s",
        lambda r: r.decoded,
        rate_text,
        "100.0",
        "Pictures a second that the decoder made of them, over five seconds",
    ),
    _figures(
        "Painted/s",
        lambda r: r.painted,
        rate_text,
        "100.0",
        "Pictures a second that a tile showed, over five seconds; – where no tile shows this stream now",
    ),
    _figures(
        "Dropped/s",
        lambda r: r.dropped,
        rate_text,
        "100.0",
        "Pictures a second that nobody saw, over five seconds: left out because the decoder was more "
        "than a second behind, or decoded, but overtaken by a newer one before a tile that could be seen "
        "was painted",
    ),
    _figures(
        "Restarts",
        lambda r: r.restarts,
        count_text,
        "9,999",
        "How often the stream had to be started again since it was opened",
    ),
    Column("Worker", lambda r: r.worker or UNKNOWN, lambda r: _natural(r.worker), "wf-decoder-99"),
    Column("Reason", lambda r: reason(r.status), lambda r: reason(r.status), "Not permitted"),
)
PROCESS_COLUMNS: tuple[Column[ProcessReading], ...] = (
    Column("Process", lambda r: r.name, lambda r: _natural(r.name), "wf-decoder-99"),
    _figures(
        "Processor",
        lambda r: r.cpu_percent,
        percent_text,
        "999.9 %",
        "Share of one core over the last second",
    ),
    _figures(
        "Memory",
        lambda r: r.memory_mb,
        megabytes_text,
        "9,999 MB",
        "Pages that processes share are counted by share",
    ),
    _figures("Streams", lambda r: r.streams, count_text, "99", "Open streams that this process decodes"),
)


def _natural(name: str | None) -> tuple[str, int]:
    """Return a sort key that has worker 10 after worker 9."""
    word, _, number = (name or "").rpartition("-")
    return (word, int(number)) if number.isdecimal() else (name or "", 0)


class ReadingsModel(QAbstractTableModel, Generic[Row]):
    """Rows by key: a row's figures change in place, so that a selection and a scroll position last."""

    def __init__(self, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable]) -> None:
        super().__init__()
        self.columns = columns
        self._key = key
        self._rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Take over the rows: the ones that are gone leave, new ones come, the others change in place."""
        new = {self._key(row): row for row in rows}
        for number in range(len(self._rows) - 1, -1, -1):
            if self._key(self._rows[number]) not in new:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
        self._rows = [new.pop(self._key(row)) for row in self._rows]
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows.extend(new.values())
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def order(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by; comparable within its column."""
        return self.columns[column].order(self._rows[row])

    def data(self, index: Index, role: int = 0) -> object:
        """Return a cell's text, its alignment, its tool tip, or the mark of a stream's state."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(column.text(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.number else LEFT
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return _mark(row)
            case Qt.ItemDataRole.ForegroundRole if column.text(row) == UNKNOWN:
                return QColor(theme.TEXT_DIM)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return a column's title and what it means."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(column.tip)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.number else LEFT
        return None


def _mark(row: object) -> QIcon | None:
    if not isinstance(row, StreamReading):
        return None
    name, colour = _STATE_LOOK[row.status.state]
    return icon(name, colour, 16)


class ReadingsOrder(QSortFilterProxyModel, Generic[Row]):
    """Sorts the rows by the columns' own keys, and goes on sorting as the figures change."""

    def __init__(self, model: ReadingsModel[Row]) -> None:
        super().__init__()
        self._model = model
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def lessThan(self, left: Index, right: Index) -> bool:
        """Compare two cells of one column."""
        a = self._model.order(left.row(), left.column())
        b = self._model.order(right.row(), right.column())
        return bool(a < b)
