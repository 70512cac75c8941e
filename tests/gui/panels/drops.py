"""Real drag and drop events for a widget, as the window system sends them."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.ids import CameraId
from widgets.drag import camera_mime

BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def cameras_mime(number: int) -> QMimeData:
    return camera_mime(CameraId(f"cam-{number:05d}"))


def hover(widget: QWidget, at: QPoint, mime: QMimeData) -> bool:
    """Bring a drag over the widget; say whether it takes it there."""
    enter = QDragEnterEvent(at, BOTH, mime, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    move = QDragMoveEvent(at, BOTH, mime, LEFT, NONE)
    move.setAccepted(enter.isAccepted())
    QApplication.sendEvent(widget, move)
    return move.isAccepted()


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QDragLeaveEvent())


def drop(widget: QWidget, at: QPoint, mime: QMimeData) -> bool:
    """Drop on the widget; say whether it was taken as a copy, so that its source keeps what it has."""
    event = QDropEvent(at, BOTH, mime, LEFT, NONE)
    event.setAccepted(False)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(widget, event)
    return event.isAccepted() and event.dropAction() is Qt.DropAction.CopyAction
