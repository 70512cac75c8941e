"""What a tile says while it is listened to: whether its camera is heard, and why not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPixmap

from app.domain.sound import Heard, Sound
from resources import theme
from widgets.wall import labels
from widgets.wall.labels import Scale
from widgets.wall.shapes import draw_loudspeaker

_WORDS = {Sound.PLAYING: "Sound on", Sound.AWAITED: "Sound awaited"}


def sound_words(heard: Heard | None) -> str:
    """Return the words of the mark, nothing for a tile that nobody listens to."""
    if heard is None:
        return ""
    if heard.silence:
        return heard.silence[:1].upper() + heard.silence[1:]
    return _WORDS.get(heard.sound, "Sound starts")


def sound_badge(heard: Heard | None, scale: Scale, room: float) -> QPixmap | None:
    """Return a loudspeaker and the words; where they are wider than ``room`` the loudspeaker alone."""
    if heard is None:
        return None
    size = max(12, scale.font_px - 1)
    font = labels.font_of(size, True)
    height = round(scale.font_px * 1.6)
    side, pad = size * 0.96, scale.font_px * 0.45
    words = sound_words(heard).upper()
    advance = QFontMetricsF(font).horizontalAdvance(words)
    width = pad + side + pad * 0.8 + advance + pad
    if width > room:
        words, width = "", float(height)
    pixmap = labels.clear_pixmap(width, height, scale.ratio)
    painter = labels.begin(pixmap, scale.ratio)
    labels.ground(painter, QRectF(0, 0, width, height))
    left = pad if words else (width - side) / 2
    silent = heard.sound is not Sound.PLAYING
    draw_loudspeaker(painter, QRectF(left, (height - side) / 2, side, side), silent=silent)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
    painter.drawText(QRectF(pad + side + pad * 0.8, 0, advance + 2, height), flags, words)
    painter.end()
    return pixmap
