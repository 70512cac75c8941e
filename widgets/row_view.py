"""The list that all panels use: one column, rows of one height, quick with tens of thousands of them.

A QTableView, because a QListView asks the model about every row anew after each insertion: 20,000 calls
into Python per alert.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from resources import theme
from widgets.icons import icon

ELIDE = Qt.TextElideMode.ElideRight
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowView(QTableView):
    """Single selection, whole rows, no headers; Enter and double click choose a row."""

    chosen = Signal(QModelIndex)

    def __init__(self, row_height: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.hide()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(row_height)
        down.setDefaultSectionSize(row_height)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(row_height)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.doubleClicked.connect(self.chosen)

    def row_action(self, text: str, picture: str, keys: str, slot: Callable[[], None]) -> QAction:
        """Add an action on the current row to the context menu, with a key where the list has the focus."""
        action = QAction(icon(picture), text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the current row on Enter; Home and End go to the first and the last row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
            event.accept()
            return
        rows = self.model().rowCount() if self.model() else 0
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and rows:
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else rows - 1)
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are shortcuts here, and each panel has its own search."""
        del search


def is_selected(option: QStyleOptionViewItem) -> bool:
    """Say whether the row that is painted is the selected one."""
    return bool(option.state & QStyle.StateFlag.State_Selected)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, ground: str = theme.SURFACE) -> None:
    """Paint a row's ground: its own colour, hovered, selected, with a ring when it has the focus."""
    state = option.state
    rect: QRect = option.rect
    if state & QStyle.StateFlag.State_Selected:
        ground = theme.SELECTION
    elif state & QStyle.StateFlag.State_MouseOver and ground == theme.SURFACE:
        ground = theme.HOVER
    painter.fillRect(rect, QColor(ground))
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(theme.GROUND))
    if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(theme.ACCENT), 2))
        painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1.5))


def sized(font: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the font in another size and weight."""
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    return made


def paint_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    colour: str,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = ELIDE,
) -> None:
    """Paint one line of plain text in the painter's font, cut with "…" where the room ends."""
    if rect.width() <= 0 or not text:
        return
    painter.setPen(QColor(colour))
    painter.drawText(rect, int(align), painter.fontMetrics().elidedText(text, elide, rect.width()))


def paint_badge(painter: QPainter, right: int, middle: int, text: str, colour: str) -> int:
    """Paint a small word on a plate that ends at ``right``; return its left edge."""
    width = QFontMetrics(painter.font()).horizontalAdvance(text) + 10
    box = QRectF(right - width + 0.5, middle - 8.5, width - 1, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.LINE))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(colour))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    return right - width
