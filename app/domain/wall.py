"""A wall: a grid of tiles and the camera in each. Every change returns a new wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from app.domain.ids import CameraId, TileIndex, WallId
from app.domain.tile_view import PLAIN, TileView

MAX_SIDE = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a tile in grid units: column, row, and how many of each it spans."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A named arrangement of tiles; ``cells`` in reading order, the large tile first."""

    name: str
    columns: int
    rows: int
    cells: tuple[Cell, ...]


def _uniform(columns: int, rows: int) -> Grid:
    cells = tuple(Cell(c, r) for r in range(rows) for c in range(columns))
    return Grid(f"{columns}×{rows}", columns, rows, cells)


def _one_large(side: int) -> Grid:
    """One tile of (side-1)² units at the top left, the rest along the right and the bottom."""
    right = tuple(Cell(side - 1, r) for r in range(side - 1))
    bottom = tuple(Cell(c, side - 1) for c in range(side))
    cells = (Cell(0, 0, side - 1, side - 1), *right, *bottom)
    return Grid(f"1+{len(cells) - 1}", side, side, cells)


@cache
def grids() -> tuple[Grid, ...]:
    """Return every grid on offer: 1×1 to 8×8, then 1+5 and 1+7."""
    return (*(_uniform(n, n) for n in range(1, MAX_SIDE + 1)), _one_large(3), _one_large(4))


def grid_named(name: str) -> Grid:
    """Return the grid of that name; any ``C×R`` up to 8×8 is one.

    Raises:
        ValueError: there is no such grid.
    """
    for grid in grids():
        if grid.name == name:
            return grid
    columns, _, rows = name.partition("×")
    if columns.isdecimal() and rows.isdecimal():
        c, r = int(columns), int(rows)
        if 1 <= c <= MAX_SIDE and 1 <= r <= MAX_SIDE:
            return _uniform(c, r)
    raise ValueError(f"there is no grid {name!r}")


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall. ``cameras`` may be longer than the grid: a smaller grid forgets nothing.

    ``views`` says of the first tiles how each shows its picture; the last of them is not plain, so that equal
    walls are equal.
    """

    id: WallId
    grid: Grid
    cameras: tuple[CameraId | None, ...] = ()
    views: tuple[TileView, ...] = ()

    def camera_at(self, tile: TileIndex) -> CameraId | None:
        """Return the camera of that tile, None where it is empty."""
        return self.cameras[tile] if 0 <= tile < len(self.cameras) else None

    def view_at(self, tile: TileIndex) -> TileView:
        """Return how that tile shows its picture."""
        return self.views[tile] if 0 <= tile < len(self.views) else PLAIN

    def shown(self) -> tuple[CameraId | None, ...]:
        """Return one entry per tile of the grid."""
        return tuple(self.camera_at(TileIndex(i)) for i in range(len(self.grid.cells)))

    def with_grid(self, grid: Grid) -> Wall:
        """Return the wall in another grid, every camera kept in its place."""
        return replace(self, grid=grid)

    def place(self, tile: TileIndex, camera_id: CameraId | None) -> Wall:
        """Return the wall with that camera (or none) in that tile, shown plainly if it was not there before.

        Raises:
            IndexError: the grid has no such tile.
        """
        if not 0 <= tile < len(self.grid.cells):
            raise IndexError(f"the grid {self.grid.name} has no tile {tile}")
        if camera_id == self.camera_at(tile):
            return self
        size = max(len(self.cameras), tile + 1)
        cameras = [*self.cameras, *[None] * (size - len(self.cameras))]
        cameras[tile] = camera_id
        return replace(self, cameras=tuple(cameras)).with_view(tile, PLAIN)

    def with_view(self, tile: TileIndex, view: TileView) -> Wall:
        """Return the wall with that tile's picture shown that way; an empty tile stays plain.

        Raises:
            IndexError: the grid has no such tile.
        """
        if not 0 <= tile < len(self.grid.cells):
            raise IndexError(f"the grid {self.grid.name} has no tile {tile}")
        views = [*self.views, *[PLAIN] * (tile + 1 - len(self.views))]
        views[tile] = view
        return self.with_views(views)

    def with_views(self, views: Iterable[TileView]) -> Wall:
        """Return the wall with those views of its first tiles, all others plain."""
        kept = [PLAIN if self.camera_at(TileIndex(i)) is None else view for i, view in enumerate(views)]
        while kept and kept[-1] == PLAIN:
            kept.pop()
        return replace(self, views=tuple(kept))

    def swap(self, a: TileIndex, b: TileIndex) -> Wall:
        """Return the wall with the two tiles' cameras exchanged, each with its view."""
        at_a, at_b = self.camera_at(a), self.camera_at(b)
        moved = self.place(a, at_b).place(b, at_a)
        return moved.with_view(a, self.view_at(b)).with_view(b, self.view_at(a))

    def fill(self, cameras: Iterable[CameraId]) -> Wall:
        """Return the wall with those cameras added.

        A camera that is shown stays; the others go into empty tiles, then over second tiles of a camera,
        then over the last tiles.
        Cameras beyond the number of tiles are left out.
        """
        wanted = list(dict.fromkeys(cameras))[: len(self.grid.cells)]
        wall = self
        missing = [camera for camera in wanted if camera not in wall.shown()]
        tiles = list(enumerate(wall.shown()))
        free = [i for i, camera in tiles if camera is None]
        again = [i for i, c in reversed(tiles) if c is not None and wall.shown().index(c) < i]
        taken = [i for i, c in reversed(tiles) if c is not None and c not in wanted and i not in again]
        for camera, tile in zip(missing, [*free, *again, *taken], strict=False):
            wall = wall.place(TileIndex(tile), camera)
        return wall
