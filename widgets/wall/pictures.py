"""Puts a decoder's picture onto the surface straight from its memory, and greys a stale one."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from app.domain.ports import Frame
from resources import theme

STRIP_ROWS = 95
"""Qt hands a smooth picture of 96 rows or more to pool threads and waits for them: waking those costs more
than the rows, and on a busy machine the user interface waits for threads that do not get a turn."""
STALE_DARKENING = 0.5
"""How much of a stale picture's light is taken: a night camera's picture is grey by itself."""

_RGB32 = QImage.Format.Format_RGB32


class Place(NamedTuple):
    """Where a picture goes, in device pixels; made once, so that a paint asks Qt for none of it again."""

    rect: QRect
    corner: QPoint
    width: int
    height: int

    @classmethod
    def at(cls, rect: QRect) -> Place:
        """Return the place that is ``rect``."""
        return cls(rect, rect.topLeft(), rect.width(), rect.height())


def view(frame: Frame) -> QImage:
    """Return the frame as an image that shares its memory: use it at once and let it go."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, _RGB32)


def draw(painter: QPainter, frame: Frame, place: Place) -> bool:
    """Draw the picture; say whether it was whole throughout.

    A picture of the place's own size, which is what the decoders make, is copied: a fifth of the cost of
    scaling it here. False means that the decoder wrote into it meanwhile: what was drawn may be torn.
    """
    if frame.width == place.width and frame.height == place.height:
        painter.drawImage(place.corner, view(frame))
    else:
        _draw_scaled(painter, frame, place.rect)
    return frame.still_whole()


def _draw_scaled(painter: QPainter, frame: Frame, into: QRect) -> None:
    """Draw a picture of another size, as it comes for a moment after a resize.

    Below half the picture's width a bilinear filter skips pixels as the nearest one does, at twice the
    cost, so it is off.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, 2 * into.width() >= frame.width)
    image = view(frame)
    for top in range(into.top(), into.top() + into.height(), STRIP_ROWS):
        painter.setClipRect(QRect(into.left(), top, into.width(), STRIP_ROWS).intersected(into))
        painter.drawImage(into, image)
    painter.restore()


def grey_copy(frame: Frame, size: QSize) -> QPixmap | None:
    """Return the picture at that size without colour and darkened, None when it was torn meanwhile."""
    small = QImage(size, _RGB32)
    painter = QPainter(small)
    whole = draw(painter, frame, Place.at(QRect(QPoint(0, 0), size)))
    painter.end()
    if not whole:
        return None
    grey = small.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(_RGB32)
    painter = QPainter(grey)
    shade = QColor(theme.VOID)
    shade.setAlphaF(STALE_DARKENING)
    painter.fillRect(grey.rect(), shade)
    painter.end()
    return QPixmap.fromImage(grey)
