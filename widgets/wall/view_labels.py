"""What a tile says of the part of the picture that it shows: nobody may take a part for the whole."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from app.domain.tile_view import AspectMode, TileView
from resources import theme
from widgets.wall import labels
from widgets.wall.labels import Scale
from widgets.wall.lens import WHOLE, Part, Zoom

LEAST_SIDE = 3.0
"""Of the rectangle that stands for the part: it stays a rectangle at the largest zoom."""
CALM_SIDE = 16.0
"""Up to this width the rectangle is full: a frame as small would be a blot."""
_MODES = {
    AspectMode.FIT: "",
    AspectMode.FILL: "Fills the tile, edges cut off",
    AspectMode.STRETCH: "Stretched",
}


class Looking(NamedTuple):
    """How near a tile looks, at which part, and the whole picture's width over height as it is seen."""

    factor: float
    part: Part
    aspect: float

    @property
    def words(self) -> str:
        """The zoom as a short word, nothing without one."""
        return f"{self.factor:.1f}×" if self.factor > 1.0 else ""


def view_words(zoom: Zoom, view: TileView) -> str:
    """Return in words what differs from the whole picture, upright; nothing where nothing does."""
    parts = [
        f"Zoomed {zoom.factor:.1f}×, a part of the picture" if zoom.on else "",
        _MODES[view.mode],
        f"turned by {view.turn_deg}°" if view.turn_deg else "",
    ]
    words = ", ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def part_badge(looking: Looking, scale: Scale, room: float) -> QPixmap | None:
    """Return the zoom as a number, with a small overview where there is no room for a large one.

    Where both are wider than ``room`` the number is left out.
    """
    if looking.part == WHOLE:
        return None
    size = max(12, scale.font_px - 1)
    height = round(scale.font_px * 1.6)
    pad = scale.font_px * 0.45
    words = looking.words
    frame = QSizeF()
    if not _has_overview(looking, scale):
        frame = _fitted(looking.aspect, height * 1.2, height * 0.62)
    font = labels.font_of(size, True)
    advance = QFontMetricsF(font).horizontalAdvance(words)
    if not frame.isEmpty() and frame.width() + advance + 3 * pad > room:
        words, advance = "", 0.0
    gap = pad if words and not frame.isEmpty() else 0.0
    width = pad + frame.width() + gap + advance + pad
    pixmap = labels.clear_pixmap(width, height, scale.ratio)
    painter = labels.begin(pixmap, scale.ratio)
    labels.ground(painter, QRectF(0, 0, width, height))
    if not frame.isEmpty():
        _draw_part(
            painter, QRectF(pad, (height - frame.height()) / 2, frame.width(), frame.height()), looking
        )
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
    painter.drawText(QRectF(pad + frame.width() + gap, 0, advance + 2, height), flags, words)
    painter.end()
    return pixmap


def overview(looking: Looking, scale: Scale) -> QPixmap | None:
    """Return the whole picture as a frame with the part that is seen in it, None where it has no place."""
    if not _has_overview(looking, scale):
        return None
    side = max(56.0, min(112.0, scale.height * 0.16))
    frame, pad = _fitted(looking.aspect, side * 1.4, side), 5.0
    width, height = frame.width() + 2 * pad, frame.height() + 2 * pad
    pixmap = labels.clear_pixmap(width, height, scale.ratio)
    painter = labels.begin(pixmap, scale.ratio)
    labels.ground(painter, QRectF(0, 0, width, height))
    _draw_part(painter, QRectF(pad, pad, frame.width(), frame.height()), looking)
    painter.end()
    return pixmap


def _has_overview(looking: Looking, scale: Scale) -> bool:
    return looking.factor > 1.0 and not scale.small


def _fitted(aspect: float, width: float, height: float) -> QSizeF:
    """Return the largest whole size of that aspect inside ``width`` × ``height``, never a mere line."""
    across = min(width, height * max(aspect, 0.1))
    return QSizeF(max(6, round(across)), max(6, round(across / max(aspect, 0.1))))


def _draw_part(painter: QPainter, frame: QRectF, looking: Looking) -> None:
    """Draw the whole as an outline and the part as a rectangle in it."""
    part = looking.part
    width, height = max(LEAST_SIDE, frame.width() * part.width), max(LEAST_SIDE, frame.height() * part.height)
    inner = QRectF(
        frame.x() + min(frame.width() * part.left, frame.width() - width),
        frame.y() + min(frame.height() * part.top, frame.height() - height),
        width,
        height,
    )
    filled = QColor(theme.ACCENT)
    if width > CALM_SIDE:
        # A large patch of it would be brighter than the picture.
        filled.setAlphaF(0.4)
    painter.fillRect(inner, filled)
    _outline(painter, frame.adjusted(-1, -1, 1, 1), theme.TEXT_DIM)
    if width > CALM_SIDE:
        _outline(painter, inner, theme.ACCENT)


def _outline(painter: QPainter, area: QRectF, colour: str) -> None:
    """Draw a line of one pixel inside ``area``, on whole pixels."""
    pen = QPen(QColor(colour), 1.0)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, top = round(area.x()) + 0.5, round(area.y()) + 0.5
    painter.drawRect(QRectF(left, top, round(area.width()) - 1, round(area.height()) - 1))
