"""An incident's record: who did what when, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.incident import EntryKind
from resources import theme
from widgets.icons import ENTRY_ICONS, icon, pixmap
from widgets.incidents_model import ROW_ROLE, TimelineModel
from widgets.row_view import is_selected, paint_ground, paint_text, sized
from widgets.view_state_incidents import EntryLine

_LINE_BREAK = "\u2028"
_LEFT, _RIGHT, _TOP, _HEAD = 34, 10, 5, 18
_WRAP = QTextOption()
_WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class Timeline(QListView):
    """Follows the end only while the operator is at the end; Ctrl+C copies an entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = TimelineModel()
        self.setAccessibleName("Timeline of the incident")
        self.setModel(self._lines)
        self.setItemDelegate(_EntryDelegate(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._at_end = True
        bar = self.verticalScrollBar()
        bar.setSingleStep(20)
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        copy = QAction(icon("copy"), "Copy the entry", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._on_copy)
        self.addAction(copy)

    def show_lines(self, lines: Sequence[EntryLine], *, to_end: bool) -> None:
        """Show the entries; ``to_end`` goes to the newest in any case."""
        self._at_end = self._at_end or to_end
        if self._lines.show_lines(lines) or to_end:
            self.executeDelayedItemsLayout()
            self._on_range_changed()

    def line_count(self) -> int:
        """Return how many entries are shown."""
        return self._lines.rowCount()

    def _on_scrolled(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - 2

    def _on_range_changed(self) -> None:
        if self._at_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _on_copy(self) -> None:
        text = self.currentIndex().data(Qt.ItemDataRole.DisplayRole)
        if isinstance(text, str):
            QGuiApplication.clipboard().setText(text)


class _EntryDelegate(QStyledItemDelegate):
    """Icon, time and who on the first line, the text below, as many lines as it needs."""

    def __init__(self, view: Timeline) -> None:
        super().__init__(view)
        self._view = view
        self._font = sized(view.font(), theme.FONT_PX)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option
        line = index.data(ROW_ROLE)
        width = max(40, self._view.viewport().width())
        if not isinstance(line, EntryLine):
            return QSize(width, 0)
        text = _laid_out(line.text, self._font, width - _LEFT - _RIGHT)
        return QSize(width, _TOP + _HEAD + ceil(text.boundingRect().height()) + 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(ROW_ROLE)
        if not isinstance(line, EntryLine):
            return
        rect = option.rect
        paint_ground(painter, option)
        note = line.kind is EntryKind.NOTE
        dim = theme.TEXT if is_selected(option) else theme.TEXT_DIM
        mark = theme.ACCENT if note else dim
        painter.drawPixmap(rect.left() + 10, rect.top() + _TOP + 1, pixmap(ENTRY_ICONS[line.kind], mark, 16))
        left, width = rect.left() + _LEFT, rect.width() - _LEFT - _RIGHT
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX))
        paint_text(painter, QRect(left, rect.top() + _TOP, width, _HEAD), line.head, dim)
        painter.setPen(QColor(theme.TEXT if note else dim))
        _laid_out(line.text, self._font, width).draw(painter, QPointF(left, rect.top() + _TOP + _HEAD))


def _laid_out(text: str, font: QFont, width: int) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", _LINE_BREAK), font)
    layout.setTextOption(_WRAP)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout
