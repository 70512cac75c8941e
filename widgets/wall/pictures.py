"""Puts a decoder's picture onto the surface straight from its memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from app.domain.ports import Frame
from widgets.wall.lens import Window

STRIP_ROWS = 95
"""Qt hands a smooth picture of 96 rows or more to pool threads and waits for them: waking those costs more
than the rows, and on a busy machine the user interface waits for threads that do not get a turn."""

_RGB32 = QImage.Format.Format_RGB32


class Place(NamedTuple):
    """Where a picture goes, in device pixels; made once, so that a paint asks Qt for none of it again."""

    rect: QRect
    corner: QPoint
    width: int
    height: int
    window: Window | None = None
    """What of the picture is shown there, None for the whole of it, upright."""

    @classmethod
    def at(cls, rect: QRect, window: Window | None = None) -> Place:
        """Return the place that is ``rect``."""
        return cls(rect, rect.topLeft(), rect.width(), rect.height(), window)


def view(frame: Frame) -> QImage:
    """Return the frame as an image that shares its memory: use it at once and let it go."""
    return QImage(frame.pixels, frame.width, frame.height, frame.stride, _RGB32)


def draw(painter: QPainter, frame: Frame, place: Place) -> bool:
    """Draw the picture; say whether it was whole throughout.

    A picture of the place's own size, which is what the decoders make, is copied: a fifth of the cost of
    scaling it here. False means that the decoder wrote into it meanwhile: what was drawn may be torn.
    """
    if place.window is None and frame.width == place.width and frame.height == place.height:
        painter.drawImage(place.corner, view(frame))
    else:
        draw_image(painter, view(frame), place)
    return frame.still_whole()


def draw_image(painter: QPainter, image: QImage, place: Place) -> None:
    """Draw what the place shows of a picture of any size."""
    if place.window is None:
        _draw_scaled(painter, image, place.rect)
    else:
        _draw_window(painter, image, place.rect, place.window)


def _draw_scaled(painter: QPainter, image: QImage, into: QRect) -> None:
    """Draw a picture of another size, as it comes for a moment after a resize.

    Below half the picture's width a bilinear filter skips pixels as the nearest one does, at twice the
    cost, so it is off.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, 2 * into.width() >= image.width())
    for strip in _strips(into):
        painter.setClipRect(strip)
        painter.drawImage(into, image)
    painter.restore()


def _draw_window(painter: QPainter, image: QImage, into: QRect, window: Window) -> None:
    """Draw a part of a picture, turned, into a rectangle of device pixels.

    A part of the rectangle's own size, which is what the decoders are asked for, is copied.
    """
    part, turn_deg = window
    source = QRectF(
        part.left * image.width(),
        part.top * image.height(),
        part.width * image.width(),
        part.height * image.height(),
    )
    size = into.size() if turn_deg % 180 == 0 else into.size().transposed()
    painter.save()
    upright = painter.transform()
    painter.translate(QRectF(into).center())
    painter.rotate(turn_deg)
    painter.translate(-size.width() / 2, -size.height() / 2)
    if abs(source.width() - size.width()) < 1 and abs(source.height() - size.height()) < 1:
        painter.drawImage(QPoint(0, 0), image, _whole_pixels(source, size, image))
    else:
        turned = painter.transform()
        smooth = 2 * size.width() >= source.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        target = QRectF(QPointF(0, 0), QRectF(QPointF(0, 0), size).size())
        for strip in _strips(into):
            painter.setTransform(upright)
            painter.setClipRect(strip)
            painter.setTransform(turned)
            painter.drawImage(target, image, source)
    painter.restore()


def _whole_pixels(source: QRectF, size: QSize, image: QImage) -> QRect:
    """Return the source moved by less than a pixel to where its pixels are copied."""
    left = min(round(source.x()), image.width() - size.width())
    top = min(round(source.y()), image.height() - size.height())
    return QRect(QPoint(max(0, left), max(0, top)), size)


def _strips(into: QRect) -> Iterator[QRect]:
    for top in range(into.top(), into.top() + into.height(), STRIP_ROWS):
        yield QRect(into.left(), top, into.width(), STRIP_ROWS).intersected(into)
