"""Who is on shift now: a list above the status line that closes with Escape or a click beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from resources import theme
from widgets.icons import pixmap
from widgets.plain_label import ElidedLabel, plain_label, set_text
from widgets.view_state import plain_tip
from widgets.view_state_presence import ALONE, UNKNOWN, PresentRow

WIDTH_PX = 420
MOST_PX = 460
"""Higher than this it scrolls."""


class OnShift(QFrame):
    """A popup; whoever knows who is there calls `show_rows`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "raised")
        self.setAccessibleName("On shift now")
        self.rows: tuple[PresentRow, ...] | None = None
        """None where it is not known who is there."""
        self._build()

    @property
    def words(self) -> QLabel:
        """Stands below the list, or in its place."""
        return self._words

    def show_rows(self, rows: Sequence[PresentRow] | None) -> None:
        """Show who is there; None where that is not known."""
        told = None if rows is None else tuple(rows)
        if told == self.rows and self._scroll.widget() is not None:
            return
        self.rows, place = told, self._scroll.verticalScrollBar().value()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.GAP, 0)
        column.setSpacing(10)
        for row in told or ():
            column.addWidget(_line(row))
        column.addStretch(1)
        self._scroll.setWidget(inside)
        # `setWidget` lets it paint the window's ground, which is darker than the popup's.
        inside.setAutoFillBackground(False)
        self._scroll.setVisible(bool(told))
        set_text(self._words, UNKNOWN if told is None else ALONE if len(told) < 2 else "")
        self._words.setVisible(bool(self._words.text()))
        self._scroll.setFixedHeight(min(inside.sizeHint().height() + 2, MOST_PX))
        self.adjustSize()
        self._scroll.verticalScrollBar().setValue(place)

    def open_above(self, anchor: QWidget) -> None:
        """Open with its lower right corner at the upper right one of a widget, within the screen."""
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), -self.height() - 4))
        screen = anchor.screen().availableGeometry()
        left = max(screen.left(), min(corner.x(), screen.right() - self.width()))
        self.move(left, max(screen.top(), corner.y()))
        self.show()
        self._scroll.setFocus()

    def _build(self) -> None:
        title = plain_label("On shift now")
        title.setProperty("weight", "strong")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setAccessibleName("Who is on shift")
        self._words = plain_label(tone="dim", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(self._scroll)
        column.addWidget(self._words)
        self.setFixedWidth(WIDTH_PX)


def _line(row: PresentRow) -> QWidget:
    line = QWidget()
    line.setAccessibleName(", ".join(filter(None, (row.name, row.roles, row.until, row.state))))
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.GAP)
    grid.setVerticalSpacing(0)
    mark = QLabel()
    mark.setFixedWidth(16)
    if row.locked:
        mark.setPixmap(pixmap("lock", theme.TEXT_DIM, 14))
    name = ElidedLabel(row.name, tone="dim" if row.locked else "")
    roles = ElidedLabel(row.roles, tone="dim", scale="small")
    for label in (name, roles):
        label.setToolTip(plain_tip(label.text()))
    grid.addWidget(mark, 0, 0)
    grid.addWidget(name, 0, 1)
    grid.addWidget(plain_label(row.until, tone="dim", scale="small"), 0, 2, Qt.AlignmentFlag.AlignRight)
    grid.addWidget(roles, 1, 1)
    grid.addWidget(plain_label(row.state, tone="dim", scale="small"), 1, 2, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(1, 1)
    return line
