"""The list of incidents: a camera dropped on a row is pinned to that incident."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.ids import CameraId, IncidentId
from resources import theme
from widgets.drag import camera_of
from widgets.icons import pixmap
from widgets.incidents_model import ROW_ROLE, IncidentListModel
from widgets.row_view import RowView, is_selected, paint_ground, paint_text, sized
from widgets.view_state_incidents import IncidentRow

ROW_HEIGHT = 46


class IncidentList(RowView):
    """Takes drops of cameras; the row that would take one is framed."""

    camera_dropped = Signal(str, str)
    """`IncidentId` and `CameraId`; sent after the drop event has ended."""
    _dropped = Signal(str, str)

    def __init__(self, model: IncidentListModel, parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, "Incidents", parent)
        self._incidents = model
        self._target: IncidentId | None = None
        self.setModel(model)
        self.setItemDelegate(_IncidentDelegate(self))
        self.setAcceptDrops(True)
        self._dropped.connect(self.camera_dropped, Qt.ConnectionType.QueuedConnection)

    @property
    def target(self) -> IncidentId | None:
        """The incident that would take the camera that hovers now."""
        return self._target

    def is_target(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """Say whether that row would take the camera that hovers now."""
        return self._target is not None and self._incidents.id_at(index) == self._target

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome cameras, nothing else: wherever they come in, a row that takes them may follow."""
        self._weigh(event)
        # Qt sends no moves to a widget that refused the drag where it came in.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(camera_of(event.mimeData()) is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Frame the row under the camera."""
        self._weigh(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the frame away."""
        self._aim(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pin the camera to the incident of that row."""
        incident_id, camera_id = self._take(event)
        self._aim(None)
        if incident_id is None or camera_id is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._dropped.emit(incident_id, camera_id)

    def _weigh(self, event: QDropEvent) -> None:
        incident_id, camera_id = self._take(event)
        self._aim(incident_id if camera_id is not None else None)
        if camera_id is None or incident_id is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _take(self, event: QDropEvent) -> tuple[IncidentId | None, CameraId | None]:
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE)
        takes = isinstance(row, IncidentRow) and row.is_open
        return self._incidents.id_at(index) if takes else None, camera_of(event.mimeData())

    def _aim(self, incident_id: IncidentId | None) -> None:
        if incident_id != self._target:
            self._target = incident_id
            self.viewport().update()


class _IncidentDelegate(QStyledItemDelegate):
    def __init__(self, view: IncidentList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(0, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, IncidentRow):
            return
        rect = option.rect
        paint_ground(painter, option)
        dim = theme.TEXT if is_selected(option) else theme.TEXT_DIM
        left, width = rect.left() + 36, rect.width() - 46
        name, colour = ("incident", theme.ACCENT) if row.is_open else ("check", dim)
        painter.drawPixmap(rect.left() + 10, rect.top() + 5, pixmap(name, colour, 18))
        weight = QFont.Weight.DemiBold if row.is_open else QFont.Weight.Normal
        painter.setFont(sized(option.font, theme.FONT_PX, weight))
        colour = theme.TEXT if row.is_open else dim
        paint_text(painter, QRect(left, rect.top() + 4, width, 20), row.title, colour)
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX))
        paint_text(painter, QRect(left, rect.top() + 23, width, 20), row.facts, dim)
        if self._view.is_target(index):
            painter.setPen(QPen(QColor(theme.ACCENT), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
