"""The cameras pinned to an incident, and the place where more are dropped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.domain.ids import CameraId
from resources import theme
from widgets.drag import camera_of
from widgets.icons import pixmap
from widgets.incidents_model import ROW_ROLE, PinListModel
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.row_view import RIGHT, RowView, is_selected, paint_ground, paint_text, sized
from widgets.view_state_incidents import PinRow

VISIBLE_ROWS = 3
_CROSS = 26


class PinZone(QFrame):
    """A drop zone around the list of pins; framed while a camera hovers over it."""

    camera_dropped = Signal(str)
    """`CameraId`; sent after the drop event has ended."""
    camera_activated = Signal(str)
    unpin_requested = Signal(str)
    _dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = False
        self._model = PinListModel()
        self._build()
        self._connect()

    @property
    def view(self) -> RowView:
        """The list of pins, for focus and drags."""
        return self._view

    def show_pins(self, pins: Sequence[PinRow], *, is_open: bool) -> None:
        """Show the pins; a closed incident takes no more and gives none away."""
        self._is_open = is_open
        self._unpin.setEnabled(is_open)
        self._view.setProperty("unpins", is_open)
        row = self._view.currentIndex().row()
        if self._model.show_pins(tuple(pins)) and 0 <= row < len(pins):
            self._view.selectRow(row)
        rows = min(len(pins), VISIBLE_ROWS)
        self._view.setVisible(rows > 0)
        self._view.setFixedHeight(rows * theme.ROW)
        hint = "Drop a camera here to pin it" if is_open else "No camera was pinned"
        set_text(self._hint, hint)
        self._hint.setVisible(is_open or not pins)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome cameras, nothing else, while the incident is open."""
        if not self._is_open or camera_of(event.mimeData()) is None:
            event.ignore()
            return
        set_tone(self, "hover", "true")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the frame away."""
        set_tone(self, "hover", "false")
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pin the camera."""
        set_tone(self, "hover", "false")
        camera_id = camera_of(event.mimeData())
        if not self._is_open or camera_id is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._dropped.emit(camera_id)

    def _build(self) -> None:
        self.setProperty("panel", "drop")
        self.setAcceptDrops(True)
        self._view = _PinView(theme.ROW, "Pinned cameras")
        self._view.setModel(self._model)
        self._view.setItemDelegate(_PinDelegate(self._view))
        self._view.setDragEnabled(True)
        self._view.setDragDropMode(RowView.DragDropMode.DragOnly)
        self._view.setProperty("bare", True)
        self._hint = plain_label(tone="dim", scale="small")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        layout.addWidget(self._view)
        layout.addWidget(self._hint)
        self._show = self._view.row_action("Put on the wall", "wall", "", self._on_show)
        self._unpin = self._view.row_action("Unpin", "unpin", "Del", self._on_unpin)

    def _connect(self) -> None:
        self._dropped.connect(self.camera_dropped, Qt.ConnectionType.QueuedConnection)
        self._view.chosen.connect(self._on_chosen)
        self._view.clicked.connect(self._on_clicked)

    def _current(self) -> CameraId | None:
        return self._model.camera_at(self._view.currentIndex())

    def _on_show(self) -> None:
        if (camera_id := self._current()) is not None:
            self.camera_activated.emit(camera_id)

    def _on_unpin(self) -> None:
        if (camera_id := self._current()) is not None and self._is_open:
            self.unpin_requested.emit(camera_id)

    def _on_chosen(self) -> None:
        if not self._view.on_cross():
            self._on_show()

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._view.on_cross():
            self._view.setCurrentIndex(index)
            self._on_unpin()


class _PinView(RowView):
    """Knows whether the mouse acts on a row's cross."""

    _pressed_x: float | None = None

    def on_cross(self) -> bool:
        return self._pressed_x is not None and self._pressed_x > self.viewport().width() - _CROSS

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_x = event.position().x()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed_x = event.position().x()
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._pressed_x = None
        super().keyPressEvent(event)


class _PinDelegate(QStyledItemDelegate):
    """Name, who and when, and a cross that unpins."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(0, theme.ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, PinRow):
            return
        rect = option.rect
        paint_ground(painter, option)
        dim = theme.TEXT if is_selected(option) else theme.TEXT_DIM
        painter.drawPixmap(rect.left() + 8, rect.center().y() - 8, pixmap("pin", dim, 16))
        right = rect.right() - 8
        view = option.widget
        if isinstance(view, QWidget) and view.property("unpins"):
            painter.drawPixmap(right - 14, rect.center().y() - 7, pixmap("close", dim, 14))
            right = rect.right() - _CROSS - 4
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX))
        facts = min(painter.fontMetrics().horizontalAdvance(row.facts), rect.width() // 3)
        paint_text(painter, QRect(right - facts, rect.top(), facts + 1, rect.height()), row.facts, dim, RIGHT)
        painter.setFont(sized(option.font, theme.FONT_PX))
        room = right - facts - rect.left() - 42
        paint_text(painter, QRect(rect.left() + 32, rect.top(), room, rect.height()), row.name, theme.TEXT)
