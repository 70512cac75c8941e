"""The words on a tile, drawn once into pixmaps: a new picture costs no text layout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from app.domain.stream_state import StreamState
from resources import theme
from widgets.wall.honesty import Saying, age_words
from widgets.wall.shapes import COLOURS, draw_plus, draw_shape

PLATE_OPACITY = 0.82
"""Dark enough that TEXT keeps 7:1 on a plate over a white picture."""
EMPTY_HINT = "Drop a camera here"


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of a tile's words in device-independent pixels, from the tile's own size."""

    width: float
    height: float
    ratio: float
    """Device pixels per device-independent pixel."""

    @property
    def font_px(self) -> int:
        """Height of the letters' box: legible at arm's length on the smallest tile, calm on the largest."""
        return max(13, min(18, round(self.height * 0.046)))

    @property
    def margin(self) -> float:
        """Distance of the plates from the tile's edges."""
        return 6.0 if self.small else 8.0

    @property
    def small(self) -> bool:
        """Say whether there is room for shape and short name only."""
        return self.height < 190 or self.width < 300

    @property
    def terse(self) -> bool:
        """Say whether a live tile shows its dot without the word: on a wall of 64 the word is a carpet."""
        return self.height < 134 or self.width < 240

    @property
    def tiny(self) -> bool:
        """Say whether even the reason has no room."""
        return self.height < 92 or self.width < 150


@cache
def font_of(pixels: int, bold: bool) -> QFont:
    """Return the labels' font."""
    font = QFont()
    font.setFamilies(list(theme.FONT_FAMILIES))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
    return font


def clear_pixmap(width: float, height: float, ratio: float) -> QPixmap:
    """Return a clear pixmap of device pixels: it is filled by a scaled painter and blitted unscaled."""
    pixmap = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def begin(pixmap: QPixmap, ratio: float) -> QPainter:
    """Return a painter that counts device-independent pixels."""
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(ratio, ratio)
    return painter


def ground(painter: QPainter, area: QRectF) -> None:
    """Fill the dark ground of a label."""
    colour = QColor(theme.VOID)
    colour.setAlphaF(PLATE_OPACITY)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)


def name_plate(name: str, place: str, scale: Scale) -> QPixmap:
    """Return the camera's name, and its place where there is room, on one elided line."""
    font, thin = font_of(scale.font_px, True), font_of(scale.font_px, False)
    metrics, thin_metrics = QFontMetricsF(font), QFontMetricsF(thin)
    pad = scale.font_px * 0.5
    room = max(1.0, scale.width - 2 * scale.margin - 2 * pad)
    line = " ".join(name.split())
    shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(shown)
    left = room - width - pad
    where = " ".join(place.split())
    if scale.small or shown != line or where.casefold() in line.casefold() or left < scale.font_px * 5:
        where = ""
    where = thin_metrics.elidedText(where, Qt.TextElideMode.ElideRight, left) if where else ""
    gap = pad if where else 0.0
    height = round(scale.font_px * 1.6)
    full = width + gap + thin_metrics.horizontalAdvance(where) + 2 * pad
    pixmap = clear_pixmap(full + 1, height, scale.ratio)
    painter = begin(pixmap, scale.ratio)
    ground(painter, QRectF(0, 0, full + 1, height))
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
    painter.drawText(QRectF(pad, 0, width + 2, height), middle, shown)
    if where:
        painter.setFont(thin)
        painter.setPen(QColor(theme.TEXT_DIM))
        painter.drawText(QRectF(pad + width + gap, 0, left + 2, height), middle, where)
    painter.end()
    return pixmap


def badge(saying: Saying, scale: Scale) -> QPixmap:
    """Return the state as shape and word; a live picture on a small tile gets the dot alone."""
    words = saying.word
    if saying.state is StreamState.DELAYED and saying.age_s is not None:
        words = f"{words} {saying.age_s} s"
    if saying.state is StreamState.REPLAY and saying.age_s is not None:
        words = f"−{saying.age_s} s" if scale.terse else f"{words} −{saying.age_s} s"
    if scale.terse and saying.state is StreamState.LIVE:
        words = ""
    return _shape_and_words(saying.state, words, scale)


def shape_alone(state: StreamState, scale: Scale) -> QPixmap:
    """Return the state as a shape without its word, for where a word has no room."""
    return _shape_and_words(state, "", scale)


def _shape_and_words(state: StreamState, words: str, scale: Scale) -> QPixmap:
    size = max(12, scale.font_px - 1)
    font = font_of(size, True)
    metrics = QFontMetricsF(font)
    height = round(scale.font_px * 1.6)
    side = size * 0.92
    pad = scale.font_px * 0.45
    text_width = metrics.horizontalAdvance(words) if words else 0.0
    width = height if not words else pad + side + pad * 0.8 + text_width + pad
    pixmap = clear_pixmap(width, height, scale.ratio)
    painter = begin(pixmap, scale.ratio)
    ground(painter, QRectF(0, 0, width, height))
    left = (width - side) / 2 if not words else pad
    draw_shape(painter, state, QRectF(left, (height - side) / 2, side, side))
    if words:
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[state] if state is StreamState.DELAYED else theme.TEXT))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(QRectF(pad + side + pad * 0.8, 0, text_width + 2, height), flags, words)
    painter.end()
    return pixmap


def plate(saying: Saying, scale: Scale) -> QPixmap | None:
    """Return the plate in the middle of a tile that has no present picture, None where there is one.

    It carries the shape, the reason in words and the last picture's age; what has no room is left out from
    the shape on, the age last of all. Pictures that come late may go on for long and are still looked at: of
    them it says no more than why, since the badge has the rest.
    """
    goes_on = saying.state is StreamState.DELAYED and bool(saying.reason)
    if (not saying.stale and saying.shows_picture) or (goes_on and scale.tiny):
        return None
    lines: list[tuple[str, bool]] = []
    if saying.reason and not (scale.tiny and saying.age_s is not None):
        lines.append((saying.reason, True))
    if saying.age_s is not None and not goes_on:
        since = age_words(saying.age_s)
        lines.append((since if scale.tiny else f"last picture {since} ago", False))
    elif saying.stale and not scale.tiny and not goes_on and saying.state is not StreamState.DENIED:
        lines.append(("no picture yet", False))
    size = scale.font_px if scale.small else scale.font_px + 1
    bold, thin = QFontMetricsF(font_of(size, True)), QFontMetricsF(font_of(size, False))
    room = max(1.0, scale.width - 2 * scale.margin - 2 * size)
    texts = [
        (part, first)
        for text, first in lines
        for part in _wrapped(text, bold if first else thin, room, 1 if scale.height < 125 else 2)
    ]
    line_height = size * 1.4
    mark = 0.0 if scale.small or goes_on else size * 2.2
    height = len(texts) * line_height + size + (mark + size * 0.6 if mark else 0.0)
    widths = [(bold if first else thin).horizontalAdvance(text) for text, first in texts]
    width = max([mark, *widths]) + 2 * size
    pixmap = clear_pixmap(width, height, scale.ratio)
    painter = begin(pixmap, scale.ratio)
    ground(painter, QRectF(0, 0, width, height))
    top = size * 0.5
    if mark:
        draw_shape(painter, saying.state, QRectF((width - mark) / 2, top + size * 0.2, mark, mark))
        top += mark + size * 0.6
    for text, first in texts:
        painter.setFont(font_of(size, first))
        painter.setPen(QColor(theme.TEXT if first else theme.TEXT_DIM))
        painter.drawText(QRectF(0, top, width, line_height), Qt.AlignmentFlag.AlignCenter, text)
        top += line_height
    painter.end()
    return pixmap


def _wrapped(text: str, metrics: QFontMetricsF, room: float, most: int) -> list[str]:
    """Break at words into at most ``most`` lines, the last one elided."""
    words = text.split()
    lines: list[str] = []
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and metrics.horizontalAdvance(f"{line} {words[0]}") <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))
    if words:
        lines.append(metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, room))
    return lines


def hint(text: str, scale: Scale) -> QPixmap:
    """Return a short sentence on a plate in the accent colour: what a drop or a click would do."""
    font = font_of(scale.font_px, True)
    metrics = QFontMetricsF(font)
    room = max(1.0, scale.width - 2 * scale.margin - scale.font_px)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width, height = metrics.horizontalAdvance(shown) + scale.font_px, round(scale.font_px * 1.7)
    pixmap = clear_pixmap(width, height, scale.ratio)
    painter = begin(pixmap, scale.ratio)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.ACCENT))
    painter.drawRoundedRect(QRectF(0, 0, width, height), theme.RADIUS, theme.RADIUS)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT_ON_COLOUR))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, shown)
    painter.end()
    return pixmap


def empty_hint(scale: Scale) -> QPixmap:
    """Return what an empty tile shows: a cross and, where there is room, what to do."""
    size = scale.font_px
    font = font_of(size, False)
    metrics = QFontMetricsF(font)
    fits = metrics.horizontalAdvance(EMPTY_HINT) <= scale.width - 2 * scale.margin and not scale.tiny
    mark = size * (1.4 if scale.small else 2.0)
    width = max(mark, metrics.horizontalAdvance(EMPTY_HINT) + 2 if fits else 0.0)
    height = mark + (size * 2.0 if fits else 0.0)
    pixmap = clear_pixmap(width, height, scale.ratio)
    painter = begin(pixmap, scale.ratio)
    draw_plus(painter, QRectF((width - mark) / 2, 0, mark, mark))
    if fits:
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT_DIM))
        area = QRectF(0, mark + size * 0.6, width, size * 1.4)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, EMPTY_HINT)
    painter.end()
    return pixmap


def close_button(side: float, hot: bool, ratio: float) -> QPixmap:
    """Return the button that closes a tile, lit when the pointer is on it."""
    pixmap = clear_pixmap(side, side, ratio)
    painter = begin(pixmap, ratio)
    if hot:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.TEXT))
        painter.drawRoundedRect(QRectF(0, 0, side, side), theme.RADIUS, theme.RADIUS)
    else:
        ground(painter, QRectF(0, 0, side, side))
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(QColor(theme.TEXT_ON_COLOUR if hot else theme.TEXT))
    pen.setWidthF(side * 0.08)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    near, far = side * 0.33, side * 0.67
    painter.drawLine(QPointF(near, near), QPointF(far, far))
    painter.drawLine(QPointF(near, far), QPointF(far, near))
    painter.end()
    return pixmap
