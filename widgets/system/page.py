"""The system page: plots above, a table of streams below, the processes beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from resources import theme
from widgets.plain_label import plain_label, set_text
from widgets.row_view import RowView
from widgets.system.readings import SystemReading, summary
from widgets.system.tables import (
    PROCESS_COLUMNS,
    STREAM_COLUMNS,
    ReadingsModel,
    ReadingsOrder,
    Row,
)

_CELL_PADDING_PX = 28
_MARK_PX = 22
_ROW_PX = 28
_CAMERA, _REASON = 1, len(STREAM_COLUMNS) - 1
_PLOTS_PX = 210


class SystemPage(QWidget):
    """Shows one `SystemReading` after the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._streams = ReadingsModel(STREAM_COLUMNS, lambda row: row.key)
        self._processes = ReadingsModel(PROCESS_COLUMNS, lambda row: row.name)
        self._stream_order = ReadingsOrder(self._streams)
        self._process_order = ReadingsOrder(self._processes)
        self.stream_view = _table("Streams", self._stream_order, self._streams)
        self.process_view = _table("Processes", self._process_order, self._processes)
        self._headline = plain_label(scale="large")
        self._empty = plain_label(
            "No stream is open. Put a camera on a wall, and its figures appear here.", tone="dim", wrap=True
        )
        self._waiting = plain_label("The plots are being prepared…", tone="dim")
        self._add: Callable[[SystemReading], None] | None = None
        self._build()

    def show_reading(self, reading: SystemReading) -> None:
        """Show these figures, and add them to the plots."""
        self._streams.show_rows(reading.streams)
        self._processes.show_rows(reading.processes)
        set_text(self._headline, summary(reading.streams))
        self._stack.setCurrentIndex(1 if reading.streams else 0)
        if self._add is not None:
            self._add(reading)

    def put_plots(self, plots: QWidget, add: Callable[[SystemReading], None]) -> None:
        """Put the plots in, above the tables; ``add`` gets each reading from now on.

        They come from outside: what draws them is loaded only when the page is opened.
        """
        self._add = add
        self._plot_place.addWidget(plots)
        self._plot_place.setCurrentWidget(plots)

    def _build(self) -> None:
        self.setWindowTitle("System")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        above = QWidget()
        above.setFixedHeight(_PLOTS_PX)
        self._plot_place = QStackedLayout(above)
        self._plot_place.addWidget(self._waiting)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.stream_view)
        self._size_stream_columns()
        tables = QHBoxLayout()
        tables.setSpacing(theme.GAP)
        tables.addWidget(middle, 1)
        tables.addWidget(self.process_view)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(theme.GAP)
        column.addWidget(above)
        column.addWidget(self._headline)
        column.addLayout(tables, 1)

    def _size_stream_columns(self) -> None:
        """Let the camera's name and the reason share what room the figures leave."""
        header = self.stream_view.horizontalHeader()
        for column in (_CAMERA, _REASON):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.process_view.setFixedWidth(self.process_view.horizontalHeader().length() + 16)


def _table(name: str, order: ReadingsOrder[Row], model: ReadingsModel[Row]) -> QTableView:
    """Return a table whose columns have room for their widest figures and keep their widths."""
    view = RowView(_ROW_PX, name)
    view.setModel(order)
    view.setIconSize(QSize(16, 16))
    view.setSortingEnabled(True)
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    header = view.horizontalHeader()
    header.show()
    header.setHighlightSections(False)
    header.setMinimumSectionSize(48)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    metrics = view.fontMetrics()
    for number, column in enumerate(model.columns):
        texts = (column.title, column.widest)
        width = max(metrics.horizontalAdvance(text) for text in texts) + _CELL_PADDING_PX
        view.setColumnWidth(number, width + (_MARK_PX if number == 0 else 0))
    return view
