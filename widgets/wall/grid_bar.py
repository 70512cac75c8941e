"""Chooses a wall's grid: one row of small drawn grids, with Alt+1 to Alt+9 and Alt+0, beside the layouts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.domain.wall import Grid, grids
from resources import theme
from widgets.layouts.menu import LayoutButton

ICON_PX = 20
BUTTON_PX = 30


def grid_pixmap(grid: Grid, colour: str, ratio: float = 1.0) -> QPixmap:
    """Return the grid drawn as its own icon, `ICON_PX` wide and high at ``ratio`` device pixels each."""
    side = round(ICON_PX * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    gap = max(1, round(ratio * (2 if grid.columns <= 4 else 1)))
    lefts = [(side + gap) * i // grid.columns for i in range(grid.columns + 1)]
    tops = [(side + gap) * i // grid.rows for i in range(grid.rows + 1)]
    for cell in grid.cells:
        left, top = lefts[cell.column], tops[cell.row]
        width = lefts[cell.column + cell.columns] - gap - left
        height = tops[cell.row + cell.rows] - gap - top
        painter.fillRect(QRectF(left, top, width, height), QColor(colour))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _icon(grid: Grid) -> QIcon:
    icon = QIcon()
    for ratio in (1.0, 1.5, 2.0, 3.0):
        icon.addPixmap(grid_pixmap(grid, theme.TEXT_DIM, ratio), QIcon.Mode.Normal, QIcon.State.Off)
        icon.addPixmap(grid_pixmap(grid, theme.TEXT, ratio), QIcon.Mode.Active, QIcon.State.Off)
        icon.addPixmap(grid_pixmap(grid, theme.ACCENT, ratio), QIcon.Mode.Normal, QIcon.State.On)
        icon.addPixmap(grid_pixmap(grid, theme.ACCENT, ratio), QIcon.Mode.Active, QIcon.State.On)
    return icon


class GridBar(QWidget):
    """One button per grid; the current one is marked."""

    grid_requested = Signal(object)
    """`Grid`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Grid of the wall")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.layouts = LayoutButton()
        self._build()
        self._group.idClicked.connect(self._on_chosen)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(0)
        for index, grid in enumerate(grids()):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setIcon(_icon(grid))
            button.setIconSize(QSize(ICON_PX, ICON_PX))
            button.setFixedSize(BUTTON_PX + 2, BUTTON_PX)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setText(grid.name)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            key = QKeySequence(f"Alt+{(index + 1) % 10}")
            button.setToolTip(f"{grid.name} ({key.toString(QKeySequence.SequenceFormat.NativeText)})")
            button.setAccessibleName(f"Grid {grid.name}")
            shortcut = QShortcut(key, self)
            shortcut.activated.connect(button.click)
            self._group.addButton(button, index)
            row.addWidget(button)
        row.addStretch(1)
        self.layouts.setFixedHeight(BUTTON_PX)
        row.addWidget(self.layouts)

    def set_grid(self, grid: Grid) -> None:
        """Mark the wall's grid; one that is not on offer marks none."""
        with QSignalBlocker(self._group):
            known = grids().index(grid) if grid in grids() else None
            self._group.setExclusive(known is not None)
            for button in self._group.buttons():
                button.setChecked(self._group.id(button) == known)
            self._group.setExclusive(True)

    def _on_chosen(self, index: int) -> None:
        self.grid_requested.emit(grids()[index])
