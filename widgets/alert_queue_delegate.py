"""How a line of the alert queue looks, and when it was first seen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.alert import Alert, Urgency
from app.domain.ids import AlertId
from app.domain.ports import Clock
from resources import theme
from widgets.icons import ALERT_ICONS, URGENCY_ICONS, pixmap
from widgets.row_view import RIGHT, is_selected, paint_ground, paint_text, sized
from widgets.view_state_alerts import AlertRow, alert_row

ROW_HEIGHT = 52
_BAR = 5
_ICON = 18
_SHAPE = 11


class PaintLog:
    """When each alert's row was first painted (monotonic seconds), for the latest ``limit`` alerts."""

    def __init__(self, clock: Clock, limit: int = 50_000) -> None:
        self._clock = clock
        self._limit = limit
        self._first: dict[AlertId, float] = {}

    def __len__(self) -> int:
        return len(self._first)

    def painted(self, alert_id: AlertId) -> None:
        """Record that the row is on screen."""
        if alert_id not in self._first:
            self._first[alert_id] = self._clock.monotonic()
            if len(self._first) > self._limit:
                del self._first[next(iter(self._first))]

    def first_painted_at(self, alert_id: AlertId) -> float | None:
        """Return when the row was first painted, None if it never was or is forgotten."""
        return self._first.get(alert_id)


class AlertDelegate(QStyledItemDelegate):
    """Bar, kind and title with the age; below them urgency as shape and word, place, source, status."""

    def __init__(self, clock: Clock, log: PaintLog, parent: QWidget) -> None:
        super().__init__(parent)
        self._clock = clock
        self._log = log

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
        """Paint one alert."""
        alert = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(alert, Alert):
            paint_ground(painter, option)
            return
        self._log.painted(alert.id)
        row = alert_row(alert, self._clock.utc())
        paint_ground(painter, option, _ground(alert, row))
        rect = option.rect
        colour = theme.URGENCY[alert.urgency] if row.is_new else theme.LINE
        painter.fillRect(rect.left(), rect.top(), _BAR, rect.height() - 1, QColor(colour))
        dim = theme.TEXT if is_selected(option) else theme.TEXT_DIM
        left, right = rect.left() + _BAR + 8, rect.right() - 10
        self._paint_title(painter, option, alert, row, QRect(left, rect.top() + 6, right - left, 20), dim)
        self._paint_facts(painter, option, alert, row, QRect(left, rect.top() + 27, right - left, 20), dim)

    def _paint_title(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        alert: Alert,
        row: AlertRow,
        line: QRect,
        dim: str,
    ) -> None:
        colour = theme.TEXT if row.is_new else dim
        painter.drawPixmap(line.left(), line.top() + 1, pixmap(ALERT_ICONS[alert.kind], colour, _ICON))
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX))
        age = painter.fontMetrics().horizontalAdvance(row.age)
        paint_text(painter, line, row.age, dim, RIGHT)
        painter.setFont(sized(option.font, theme.FONT_PX, _weight(row)))
        paint_text(painter, line.adjusted(_ICON + 8, 0, -age - 10, 0), row.title, colour)

    def _paint_facts(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        alert: Alert,
        row: AlertRow,
        line: QRect,
        dim: str,
    ) -> None:
        colour = theme.URGENCY[alert.urgency] if row.is_new else dim
        shape = pixmap(URGENCY_ICONS[alert.urgency], colour, _SHAPE)
        painter.drawPixmap(line.left() + (_ICON - _SHAPE) // 2, line.top() + 5, shape)
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX, _weight(row)))
        word = painter.fontMetrics().horizontalAdvance(row.urgency)
        paint_text(painter, line.adjusted(_ICON + 8, 0, 0, 0), row.urgency, colour)
        painter.setFont(sized(option.font, theme.FONT_DENSE_PX))
        status = min(painter.fontMetrics().horizontalAdvance(row.status), line.width() // 2)
        paint_text(painter, QRect(line.right() - status, line.top(), status + 1, 20), row.status, dim, RIGHT)
        if status:
            painter.drawPixmap(line.right() - status - 17, line.top() + 3, pixmap("check", dim, 14))
            status += 26
        paint_text(painter, line.adjusted(_ICON + word + 18, 0, -status, 0), row.where, dim)


def _weight(row: AlertRow) -> QFont.Weight:
    return QFont.Weight.DemiBold if row.is_new else QFont.Weight.Normal


def _ground(alert: Alert, row: AlertRow) -> str:
    if alert.urgency is not Urgency.CRITICAL or not row.is_new:
        return theme.SURFACE
    return theme.ALARM_GROUND_NEW if row.is_fresh else theme.ALARM_GROUND
