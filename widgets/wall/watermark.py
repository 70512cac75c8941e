"""Marks the pictures of private cameras with who looks and when: a photograph of the screen says it too."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from app.domain.ports import Clock
from widgets.view_state import one_line

LEAN_DEG = -24.0
INK, EDGE = QColor(255, 255, 255, 62), QColor(0, 0, 0, 62)
"""White on black, so that it shows on any picture, and faint enough to see what it lies over."""
SMALLEST_PX, OF_HEIGHT = 11, 0.055
APART = 3.2
"""Height of a line of marks with what is free below it, in heights of the letters."""


class Watermarks:
    """Makes a mark once a minute and size; painting it is one blend."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def over(self, words: str, size: QSize) -> QPixmap:
        """Return the mark that lies over a tile of ``size`` device pixels now."""
        return _mark(
            f"{one_line(words)}  {self._clock.utc():%Y-%m-%d %H:%M} UTC", size.width(), size.height()
        )


@lru_cache(maxsize=128)
def _mark(text: str, width: int, height: int) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    font = QFont()
    font.setPixelSize(max(SMALLEST_PX, round(height * OF_HEIGHT)))
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    step_x, step_y = metrics.horizontalAdvance(text) + 4 * font.pixelSize(), APART * font.pixelSize()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(width / 2, height / 2)
    painter.rotate(LEAN_DEG)
    reach = (width**2 + height**2) ** 0.5 / 2
    path = QPainterPath()
    for row in range(-int(reach / step_y) - 1, int(reach / step_y) + 2):
        shift = (row % 2) * step_x / 2
        for column in range(-int(reach / step_x) - 1, int(reach / step_x) + 2):
            path.addText(QPointF(column * step_x + shift, row * step_y), font, text)
    painter.strokePath(path, QPen(EDGE, 2))
    painter.fillPath(path, INK)
    painter.end()
    return pixmap
