"""A sortable table of readings whose columns have room for their figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from widgets.row_view import RowView
from widgets.system.tables import ReadingsModel, ReadingsOrder, Row

_ROW_PX = 28
_PADDING_PX = 26
"""Around a cell's text, the header's mark of the order included."""
_MARK_PX = 22
_FRAME_PX = 16
_ASCENDING, _DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class ReadingsTable(RowView):
    """Sorts by a click on a column's title or, by keyboard, from the table's menu."""

    def __init__(
        self, name: str, model: ReadingsModel[Row], wide: Sequence[int] = (), parent: QWidget | None = None
    ) -> None:
        """Show ``model``; the columns ``wide`` share the room that the others leave."""
        super().__init__(_ROW_PX, name, parent)
        self._titles = [column.title for column in model.columns]
        self._widths = self._needed(model)
        self._wide = wide
        self.setModel(ReadingsOrder(model))
        self.setIconSize(QSize(16, 16))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSortingEnabled(True)
        self.sortByColumn(0, _ASCENDING)
        header = self.horizontalHeader()
        header.show()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(self._widths):
            self.setColumnWidth(column, width)
        for column, title in enumerate(self._titles):
            action = QAction(f"Sort by {title[0].lower()}{title[1:]}", self)
            action.setData(column)
            action.triggered.connect(self._on_sort_chosen)
            self.addAction(action)

    @property
    def wanted_width(self) -> int:
        """The width in device-independent pixels that shows every column."""
        return sum(self._widths) + _FRAME_PX

    def sort_by(self, column: int) -> None:
        """Sort by that column; by the same one again turns the order round."""
        header = self.horizontalHeader()
        again = header.sortIndicatorSection() == column and header.sortIndicatorOrder() == _ASCENDING
        self.sortByColumn(column, _DESCENDING if again else _ASCENDING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room that the figures leave among the wide columns, none narrower than it needs."""
        super().resizeEvent(event)
        if not self._wide:
            return
        spare = max(0, self.viewport().width() - sum(self._widths))
        for column in self._wide:
            self.setColumnWidth(column, self._widths[column] + spare // len(self._wide))

    def _on_sort_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.sort_by(int(action.data()))

    def _needed(self, model: ReadingsModel[Row]) -> list[int]:
        metrics = self.fontMetrics()
        widths = [
            max(metrics.horizontalAdvance(text) for text in (column.title, column.widest)) + _PADDING_PX
            for column in model.columns
        ]
        widths[0] += _MARK_PX
        return widths
