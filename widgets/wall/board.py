"""The tiles of a wall and where they lie now: all of them, or one expanded over the whole surface."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion

from app.domain.ids import CameraId, TileIndex
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.wall import Wall
from widgets.wall.geometry import tile_rects
from widgets.wall.lens import NO_ZOOM
from widgets.wall.tile import Tile, covered

GAP_PX = 2
"""Device-independent pixels between tiles: at a fractional scale factor a tile's rounded-out rectangle
must not reach into its neighbour, or one tile's picture would repaint two."""


class Board:
    """One `Tile` per cell of the wall's grid."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.tiles: list[Tile] = []
        self.expanded: TileIndex | None = None
        self.covered = QRegion()
        """What the tiles cover for certain, in device-independent pixels; the rest is the gaps."""
        self.ratio = 1.0
        """Device pixels per device-independent pixel, as the tiles were laid out."""
        self._width = 0
        self._height = 0
        self._grid_size = (0, 0)
        """Of the surface when all tiles were last laid out: in full screen it is larger for a while."""

    def take(self, wall: Wall) -> None:
        """Take over the wall's grid and cameras; a camera that stays keeps its tile's whole state."""
        shown = wall.shown()
        # Of a camera in two tiles, one closed, the one that stays keeps its own zoom.
        stay = {tile.index: tile for tile in self.tiles if tile.camera_id == wall.camera_at(tile.index)}
        before: dict[CameraId, list[Tile]] = {}
        for tile in self.tiles:
            if tile.camera_id is not None and tile.index not in stay:
                before.setdefault(tile.camera_id, []).append(tile)
        self.wall = wall
        self.tiles = []
        for number, camera_id in enumerate(shown):
            index = TileIndex(number)
            moved = before.get(camera_id) if camera_id is not None else None
            tile = stay.get(index) or (moved.pop(0) if moved else Tile(camera_id))
            tile.index = index
            tile.set_view(wall.view_at(index))
            self.tiles.append(tile)
        if self.expanded is not None and (
            self.expanded >= len(self.tiles) or wall.camera_at(self.expanded) is None
        ):
            self.expanded = None

    def lay_out(self, width: int, height: int, ratio: float) -> None:
        """Place the tiles in ``width`` × ``height`` device pixels; ``ratio`` is the screen's scale factor."""
        self._width, self._height, self.ratio = width, height, ratio
        if self.expanded is None:
            self._grid_size = width, height
        self.covered = QRegion()
        for tile, rect in zip(self.tiles, self._rects(), strict=True):
            tile.place(rect, ratio)
            self.covered += covered(rect, ratio)

    def _rects(self) -> list[QRect]:
        if self.expanded is None:
            return self._grid_rects()
        whole, none = QRect(0, 0, self._width, self._height), QRect()
        return [whole if tile.index == self.expanded else none for tile in self.tiles]

    def _grid_rects(self) -> list[QRect]:
        return tile_rects(self.wall.grid, *self._grid_size, round(GAP_PX * self.ratio))

    def shown(self) -> Sequence[Tile]:
        """Return the tiles that can be seen now."""
        return self.tiles if self.expanded is None else (self.tiles[self.expanded],)

    def at(self, point: QPoint) -> TileIndex | None:
        """Return the tile under a point in device-independent pixels, None in the gaps."""
        for tile in self.shown():
            if tile.dirty_tile.contains(point):
                return tile.index
        return None

    def sizes(self, *, keep_behind: bool) -> dict[CameraId, PictureSize]:
        """Return how large each camera's picture is wanted, in device pixels: the largest of several.

        While one tile is expanded the others count as `HIDDEN`, and only with ``keep_behind``.
        """
        sizes: dict[CameraId, PictureSize] = {}
        for tile, rect in zip(self.tiles, self._grid_rects(), strict=True):
            if tile.camera_id is None:
                continue
            alone = tile.index == self.expanded
            if self.expanded is not None and not alone and not keep_behind:
                continue
            if alone or self.expanded is None:
                size = tile.size_in(QRect(0, 0, self._width, self._height) if alone else rect)
            else:
                size = HIDDEN
            before = sizes.get(tile.camera_id)
            if before is None or size.area > before.area:
                sizes[tile.camera_id] = size
        return sizes

    def plain_sizes(self) -> dict[CameraId, PictureSize]:
        """Return the same for all tiles side by side and none zoomed: as a layout is opened."""
        sizes: dict[CameraId, PictureSize] = {}
        for tile, rect in zip(self.tiles, self._grid_rects(), strict=True):
            if tile.camera_id is None:
                continue
            size, before = tile.size_in(rect, NO_ZOOM), sizes.get(tile.camera_id)
            if before is None or size.area > before.area:
                sizes[tile.camera_id] = size
        return sizes
