"""How a line of the camera list looks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.domain.camera import Camera
from resources import theme
from widgets.camera_list_model import CAMERA_ROLE, ON_WALL_ROLE
from widgets.icons import pixmap
from widgets.row_view import LEFT, is_selected, paint_badge, paint_ground, paint_text, sized
from widgets.view_state import camera_row

ROW_HEIGHT = 48
_ICON = 18
_ON_WALL = "ON WALL"
MIDDLE = Qt.TextElideMode.ElideMiddle
"""Names of cameras at one crossing differ at their ends."""


class CameraDelegate(QStyledItemDelegate):
    """Name and badge on the first line, place, tags and the wall's mark on the second."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of every row; the width is the view's."""
        del option, index
        return QSize(0, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one camera."""
        camera = index.data(CAMERA_ROLE)
        if not isinstance(camera, Camera):
            return
        row = camera_row(camera)
        rect: QRect = option.rect
        font = option.font
        dim = theme.TEXT if is_selected(option) else theme.TEXT_DIM
        paint_ground(painter, option)
        left, right = rect.left() + 10, rect.right() - 10
        first, second = rect.top() + 15, rect.top() + 34
        painter.drawPixmap(left, first - _ICON // 2, pixmap("camera", dim, _ICON))
        left += _ICON + 8
        painter.setFont(sized(font, theme.FONT_DENSE_PX))
        edge = paint_badge(painter, right, first, row.badge, theme.TEXT) - 8
        end = right
        if index.data(ON_WALL_ROLE):
            word = painter.fontMetrics().horizontalAdvance(_ON_WALL)
            paint_text(painter, QRect(right - word, second - 10, word + 1, 20), _ON_WALL, theme.ACCENT)
            painter.drawPixmap(right - word - 19, second - 7, pixmap("wall", theme.ACCENT, 14))
            end = right - word - 27
        paint_text(painter, QRect(left, second - 10, end - left, 20), row.detail, dim)
        painter.setFont(sized(font, theme.FONT_PX, QFont.Weight.Medium))
        paint_text(painter, QRect(left, first - 10, edge - left, 20), row.name, theme.TEXT, LEFT, MIDDLE)
