"""What the operator's hands put onto tiles: selection, focus, drop target, swap in waiting, close button."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.domain.ids import TileIndex
from resources import theme
from widgets.wall import labels
from widgets.wall.shapes import draw_frame
from widgets.wall.tile import Tile

CLOSE_PX = 24.0
"""Side of the close button: the least target size of WCAG 2.2, 2.5.8."""


@dataclass(slots=True)
class Marks:
    """The tiles that carry a mark now."""

    selected: TileIndex | None = None
    focused: bool = False
    hovered: TileIndex | None = None
    close_hot: bool = False
    drop_target: TileIndex | None = None
    drop_words: str = ""
    swap_from: TileIndex | None = None


def close_rect(tile: Tile) -> QRectF:
    """Return where the tile's close button lies, in device-independent pixels."""
    side = min(CLOSE_PX, tile.scale.height / 3)
    margin = tile.scale.margin
    area = QRectF(tile.dirty_tile)
    return QRectF(area.x() + area.width() - margin - side, area.y() + margin, side, side)


def paint_marks(painter: QPainter, tile: Tile, marks: Marks) -> None:
    """Draw the tile's marks over it; the painter works in device pixels."""
    ratio = tile.scale.ratio
    if tile.index == marks.swap_from:
        draw_frame(painter, tile.rect, 3 * ratio, theme.ACCENT, dashed=True)
        _words(painter, tile, "Choose the tile to swap with, Esc to cancel")
    elif tile.index == marks.drop_target:
        tint = QColor(theme.ACCENT)
        tint.setAlphaF(0.22)
        painter.fillRect(tile.rect, tint)
        draw_frame(painter, tile.rect, 4 * ratio, theme.ACCENT)
        _words(painter, tile, marks.drop_words)
    elif tile.index == marks.selected:
        draw_frame(painter, tile.rect, (3 if marks.focused else 2) * ratio, theme.ACCENT)
        if marks.focused:
            inset = round(3 * ratio)
            inner = tile.rect.adjusted(inset, inset, -inset, -inset)
            draw_frame(painter, inner, ratio, theme.VOID)
    if tile.index == marks.hovered and tile.camera_id is not None:
        where = close_rect(tile)
        button: QPixmap = labels.close_button(where.width(), marks.close_hot, ratio)
        painter.drawPixmap(QPoint(round(where.x() * ratio), round(where.y() * ratio)), button)


def _words(painter: QPainter, tile: Tile, words: str) -> None:
    pixmap = labels.hint(words, tile.scale)
    middle = QRectF(tile.rect).center()
    corner = middle - QPointF(pixmap.width() / 2, pixmap.height() / 2)
    painter.drawPixmap(corner.toPoint(), pixmap)
