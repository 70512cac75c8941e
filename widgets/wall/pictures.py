"""Puts a decoder's picture onto the surface straight from its memory, and greys a stale one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.ports import Frame
from resources import theme
from widgets.wall.lens import Window

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
    if place.window is not None:
        draw_window(painter, view(frame), place.rect, place.window)
    elif frame.width == place.width and frame.height == place.height:
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
    for strip in _strips(into):
        painter.setClipRect(strip)
        painter.drawImage(into, image)
    painter.restore()


def draw_window(painter: QPainter, image: QImage, into: QRect, window: Window) -> None:
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


def grey_copy(frame: Frame, place: Place) -> QImage | None:
    """Return the picture without colour and darkened, None when it was torn meanwhile.

    It has the place's size. Where the place shows a part only it is the whole picture at its own size: when
    the decoder's memory is gone, the operator may still look at another part of it.
    """
    grey = QImage(grey_size(frame, place), _RGB32)
    painter = QPainter(grey)
    whole = draw(painter, frame, Place.at(grey.rect()))
    painter.end()
    if not whole:
        return None
    grey = grey.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(_RGB32)
    painter = QPainter(grey)
    shade = QColor(theme.VOID)
    shade.setAlphaF(STALE_DARKENING)
    painter.fillRect(grey.rect(), shade)
    painter.end()
    return grey


def grey_size(frame: Frame, place: Place) -> QSize:
    """Return the size of the frame's `grey_copy` for that place."""
    return place.rect.size() if place.window is None else QSize(frame.width, frame.height)


def draw_grey(painter: QPainter, grey: QImage, place: Place) -> None:
    """Draw a `grey_copy`; one that was made for another place is scaled."""
    if place.window is None:
        painter.drawImage(place.rect, grey)
    else:
        draw_window(painter, grey, place.rect, place.window)
