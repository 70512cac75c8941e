"""The cost sheet: the budget, what a layout takes of it, and each stream's part."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resources import theme
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state import plain_tip
from widgets.view_state_cost import CostRow, CostSheet

COLUMNS = ("Camera", "Picture, px", "Stream", "Mpx/s", "Note")
_FIGURES = (1, 3)
_COLOURS = {"warn": theme.WARN, "dim": theme.TEXT_DIM}
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class CostView(QWidget):
    """Shows one `CostSheet` after the other; the same one again changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: CostSheet | None = None
        self._budget = plain_label()
        self._load = plain_label()
        self._bar = QProgressBar()
        self._percent = plain_label()
        self._verdict = plain_label(wrap=True)
        self._gives_way = plain_label(tone="warn", wrap=True)
        self._left_over = plain_label(tone="alarm", wrap=True)
        self.table = QTableWidget(0, len(COLUMNS))
        self._build()

    @property
    def sheet(self) -> CostSheet | None:
        """What is shown."""
        return self._sheet

    def show_sheet(self, sheet: CostSheet) -> None:
        """Show these figures."""
        if sheet == self._sheet:
            return
        before, self._sheet = self._sheet, sheet
        set_text(self._budget, sheet.budget)
        set_text(self._load, sheet.load)
        for label, words in (
            (self._verdict, sheet.verdict),
            (self._gives_way, sheet.gives_way),
            (self._left_over, sheet.left_over),
        ):
            set_text(label, words)
            label.setVisible(bool(words))
        has_budget = sheet.percent is not None
        self._bar.setVisible(has_budget)
        self._percent.setVisible(has_budget)
        if sheet.percent is not None:
            self._bar.setValue(min(100, sheet.percent))
            set_text(self._percent, f"{sheet.percent} % of the budget")
            set_tone(self._bar, "tone", sheet.tone)
        if before is None or before.rows != sheet.rows:
            self._show_rows(sheet.rows)

    def _show_rows(self, rows: tuple[CostRow, ...]) -> None:
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            cells = (row.camera, row.tile, row.quality, row.mpx_s, row.note)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_RIGHT if column in _FIGURES else _LEFT)
                if column in (0, len(COLUMNS) - 1):
                    item.setToolTip(plain_tip(text))
                if row.tone == "dim" or (row.tone and column >= 2):
                    item.setForeground(QColor(_COLOURS[row.tone]))
                self.table.setItem(number, column, item)

    def _build(self) -> None:
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._bar.setAccessibleName("Share of this computer's budget")
        figures = QGridLayout()
        figures.setHorizontalSpacing(16)
        figures.setVerticalSpacing(6)
        figures.addWidget(plain_label("Budget of this computer", tone="dim"), 0, 0)
        figures.addWidget(self._budget, 0, 1, 1, 2)
        figures.addWidget(plain_label("This layout takes", tone="dim"), 1, 0)
        figures.addWidget(self._load, 1, 1, 1, 2)
        figures.addWidget(self._bar, 2, 0, 1, 2)
        figures.addWidget(self._percent, 2, 2)
        figures.setColumnStretch(1, 1)
        self._build_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(figures)
        column.addWidget(self._verdict)
        column.addWidget(self._gives_way)
        column.addWidget(self._left_over)
        column.addWidget(self.table, 1)

    def _build_table(self) -> None:
        table = self.table
        table.setAccessibleName("What each camera takes")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 110), (2, 76), (3, 76), (4, 220)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        for column, words in enumerate(COLUMNS):
            heading = QTableWidgetItem(words)
            heading.setTextAlignment(_RIGHT if column in _FIGURES else _LEFT)
            table.setHorizontalHeaderItem(column, heading)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
