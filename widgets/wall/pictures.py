"""Puts a decoder's picture onto the surface straight from its memory, and greys a stale one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from app.domain.ports import Frame
from resources import theme

STRIP_ROWS = 95
"""Qt hands a smooth picture of 96 rows or more to pool threads and waits for them: waking those costs more
than the rows, and on a busy machine the user interface waits for threads that do not get a turn."""
STALE_DARKENING = 0.5
"""How much of a stale picture's light is taken: a night camera's picture is grey by itself."""


def view(frame: Frame) -> QImage:
    """Return the frame as an image that shares its memory: use it at once and let it go."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)


def draw(painter: QPainter, frame: Frame, into: QRect) -> bool:
    """Draw the picture scaled into a rectangle of device pixels; say whether it was whole throughout.

    False means that the decoder wrote into it meanwhile: what was drawn may be torn. Below half the
    picture's width a bilinear filter skips pixels as the nearest one does, at twice the cost, so it is off.
    The painter's clip is ``into`` afterwards.
    """
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, 2 * into.width() >= frame.width)
    image = view(frame)
    for top in range(into.top(), into.top() + into.height(), STRIP_ROWS):
        painter.setClipRect(QRect(into.left(), top, into.width(), STRIP_ROWS).intersected(into))
        painter.drawImage(into, image)
    painter.setClipRect(into)
    return frame.still_whole()


def grey_copy(frame: Frame, size: QSize) -> QPixmap | None:
    """Return the picture at that size without colour and darkened, None when it was torn meanwhile."""
    small = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(small)
    whole = draw(painter, frame, QRect(QPoint(0, 0), size))
    painter.end()
    if not whole:
        return None
    grey = small.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(grey)
    shade = QColor(theme.VOID)
    shade.setAlphaF(STALE_DARKENING)
    painter.fillRect(grey.rect(), shade)
    painter.end()
    return QPixmap.fromImage(grey)
