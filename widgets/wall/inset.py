"""The live picture in the corner of a tile that plays the past: nobody may miss the present over it."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.domain.ports import Frame
from app.domain.stream_state import StreamState
from app.domain.tile_view import AspectMode, TileView
from resources import theme
from widgets.wall import labels, lens, pictures
from widgets.wall.geometry import fit
from widgets.wall.honesty import Saying, live_until
from widgets.wall.labels import Scale
from widgets.wall.lens import WHOLE
from widgets.wall.pictures import Place
from widgets.wall.shapes import draw_frame

_SHARE = 0.32
"""Of the tile's width and height; on a small tile more, or nothing could be made out."""
_SHARE_SMALL = 0.4
_EDGE_PX = 2
_FRAME_PX = 4
_LIVE = Saying(StreamState.LIVE, shows_picture=True)
_NOT_LIVE = Saying(StreamState.FROZEN, shows_picture=False)


class Inset:
    """One tile's. Says LIVE only over a picture that is."""

    def __init__(self) -> None:
        self.seen = -1
        """Number of the live picture that was looked at last."""
        self.until = -inf
        """When the picture is no longer live, on the monotonic clock."""
        self._words: tuple[tuple[bool, Scale], QPixmap] | None = None

    def area(self, tile: QRect, scale: Scale) -> QRect:
        """Return where it lies in a tile, in device pixels: at the top right."""
        share = _SHARE_SMALL if scale.small else _SHARE
        width, height = round(tile.width() * share), round(tile.height() * share)
        margin = round(scale.margin * scale.ratio)
        return QRect(tile.right() + 1 - margin - width, tile.top() + margin, width, height)

    def paint(
        self,
        painter: QPainter,
        frame: Frame | None,
        tile: QRect,
        scale: Scale,
        *,
        view: TileView,
        limit_s: float,
        now: float,
    ) -> None:
        """Frame the tile as a replay, and draw the live picture, or that there is none.

        Args:
            painter: works in device pixels.
            frame: the live stream's newest picture.
            tile: the tile's rectangle, as is ``scale``.
            scale: see ``tile``.
            view: how the tile turns its picture.
            limit_s: the age up to which a picture of this camera is live, in seconds.
            now: on the monotonic clock.
        """
        # Seen across the room, too: this tile is not the present.
        draw_frame(painter, tile, _FRAME_PX * scale.ratio, theme.REPLAY)
        area = self.area(tile, scale)
        edge = max(1, round(_EDGE_PX * scale.ratio))
        painter.fillRect(area, QColor(theme.TEXT_DIM))
        inner = area.adjusted(edge, edge, -edge, -edge)
        painter.fillRect(inner, QColor(theme.VOID))
        ends = -inf if frame is None else live_until(frame.arrived_at, frame.behind_s, limit_s)
        live = now <= ends
        self.until = inf
        if frame is not None and live:
            self.until = ends
            upright = TileView(AspectMode.FIT, view.turn_deg)
            into = fit(lens.seen_aspect(frame.aspect, upright), inner)
            if not pictures.draw(painter, frame, Place.at(into, lens.window(WHOLE, upright))):
                self.seen = -1
        words = self._label(live, scale)
        painter.drawPixmap(inner.topLeft() + QPoint(edge, edge), words)

    def _label(self, live: bool, scale: Scale) -> QPixmap:
        key = (live, scale)
        if self._words is None or self._words[0] != key:
            saying = _LIVE if live else _NOT_LIVE
            draw = labels.shape_alone(saying.state, scale) if scale.terse else labels.badge(saying, scale)
            self._words = (key, draw)
        return self._words[1]
