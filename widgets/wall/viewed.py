"""The wall through a lens: zoom and pan by wheel and keys, aspect mode and rotation by keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from app.domain.ids import CameraId, TileIndex
from app.domain.picture_size import PictureSize
from app.domain.tile_view import TileView
from widgets.wall.keyed import STEPS, KeyedWall
from widgets.wall.lens import NO_ZOOM, STEP, Zoom
from widgets.wall.tile import Tile

NOTCH = 120
"""A wheel's notch in Qt's eighths of a degree; a touch pad sends parts of it."""
PULL = 0.15
"""Part of what is seen by which a key moves the picture."""
_NEARER = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Underscore: -1}
"""Zoom steps by key; = and _ are + and - with and without Shift on many keyboards."""
_VIEWS = {Qt.Key.Key_F: TileView.next_mode, Qt.Key.Key_R: TileView.next_turn}
_WHOLE = (Qt.Key.Key_0, Qt.Key.Key_Backspace)


class ViewedWall(KeyedWall):
    """A wall whose tiles can be looked at from near, filled, stretched and turned."""

    view_requested = Signal(int, object)
    """`TileIndex`, `TileView`: show that tile's picture that way."""

    @property
    def plain_sizes(self) -> dict[CameraId, PictureSize]:
        """How large each camera's picture is with all tiles side by side and none zoomed."""
        return self._board.plain_sizes()

    def look(self, tile: Tile, zoom: Zoom) -> None:
        """Look at a tile's picture that near; the streams hear of it once it has settled."""
        nearer = zoom.factor != tile.zoom.factor
        if tile.set_zoom(zoom):
            self._said(tile)
            if nearer:
                self._settle.start()

    def pull(self, tile: Tile, across_px: float, down_px: float) -> None:
        """Pull a zoomed tile's picture by device-independent pixels."""
        rect, ratio = tile.video.rect, tile.scale.ratio
        across = across_px * ratio / max(1, rect.width())
        down = down_px * ratio / max(1, rect.height())
        self.look(tile, tile.zoom.pulled(across, down, tile.reach))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer, in the tile under it."""
        index = self._board.at(event.position().toPoint())
        turned = event.angleDelta().y()
        if index is None or turned == 0 or not self._step_zoom(index, turned / NOTCH, event.position()):
            super().wheelEvent(event)
        else:
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+arrows move a zoomed picture; + and - zoom, 0 shows the whole."""
        key, index = Qt.Key(event.key()), self._marks.selected
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = modifiers == Qt.KeyboardModifier.ShiftModifier
        if index is not None and shift and key in STEPS and self.tile(index).zoom.on:
            columns, rows = STEPS[key]
            tile = self.tile(index)
            self.look(tile, tile.zoom.pulled(-columns * PULL, -rows * PULL, tile.reach))
        elif index is None or not (shift and key in _NEARER and self._act(key, index)):
            super().keyPressEvent(event)

    def _act(self, key: Qt.Key, index: TileIndex) -> bool:
        if key in _NEARER:
            return self._step_zoom(index, _NEARER[key], None)
        if key in _WHOLE and self.tile(index).zoom.on:
            self.look(self.tile(index), NO_ZOOM)
            return True
        tile = self.tile(index)
        if key in _VIEWS and tile.camera_id is not None:
            self.view_requested.emit(index, _VIEWS[key](tile.view))
            return True
        return super()._act(key, index)

    def _step_zoom(self, index: TileIndex, steps: float, at: QPointF | None) -> bool:
        """Zoom by steps at a point, or at the middle; say whether the tile has a picture to look at."""
        tile = self.tile(index)
        if not tile.saying.shows_picture:
            return False
        x, y = (0.5, 0.5) if at is None else tile.parts_at(at)
        self.look(tile, tile.zoom.at(tile.zoom.factor * STEP**steps, x, y, tile.reach))
        return True

    def _pulls(self, index: TileIndex, point: QPoint, modifiers: Qt.KeyboardModifier) -> bool:
        """Say whether a drag from there moves the picture; by its name, or with Shift, it moves the tile."""
        tile = self.tile(index)
        if modifiers & Qt.KeyboardModifier.ShiftModifier or tile.on_name(point.toPointF()):
            return False
        return tile.zoom.on and tile.saying.shows_picture
