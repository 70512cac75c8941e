"""Where the tiles lie: whole device pixels, so that every blit stays aligned whatever the scale factor."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.domain.ids import TileIndex
from app.domain.wall import Grid
from widgets.wall.lens import SLACK


def tile_rects(grid: Grid, width: int, height: int, gap: int = 0) -> list[QRect]:
    """Return one rectangle per cell of ``grid`` in a surface of ``width`` × ``height`` pixels.

    Neighbours are ``gap`` pixels apart and the outer tiles touch the edges. With no gap the rectangles
    tile the surface: nothing is left over and nothing overlaps. A surface too small for the gaps gives
    empty rectangles, never negative ones.
    """
    lefts = [_edge(width + gap, grid.columns, i) for i in range(grid.columns + 1)]
    tops = [_edge(height + gap, grid.rows, i) for i in range(grid.rows + 1)]
    return [
        QRect(
            lefts[cell.column],
            tops[cell.row],
            max(0, lefts[cell.column + cell.columns] - gap - lefts[cell.column]),
            max(0, tops[cell.row + cell.rows] - gap - tops[cell.row]),
        )
        for cell in grid.cells
    ]


def _edge(length: int, parts: int, index: int) -> int:
    return (length * index) // parts


def fit(aspect: float, into: QRect) -> QRect:
    """Return the largest rectangle of that width over height inside ``into``, centred.

    A picture whose shape differs from the tile's by no more than `SLACK` fills the tile: hairline bars
    would look like a fault, and so little stretching cannot be seen.
    """
    if aspect <= 0 or into.isEmpty():
        return QRect(into)
    width, height = into.width(), into.height()
    wide = round(height * aspect)
    if abs(wide - width) <= width * SLACK:
        return QRect(into)
    if wide < width:
        return QRect(into.x() + (width - wide) // 2, into.y(), max(1, wide), height)
    tall = round(width / aspect)
    if abs(tall - height) <= height * SLACK:
        return QRect(into)
    return QRect(into.x(), into.y() + (height - tall) // 2, width, max(1, tall))


def neighbour(grid: Grid, tile: TileIndex, columns: int, rows: int) -> TileIndex | None:
    """Return the tile one step in that direction, None at the edge.

    From a large tile the step leaves at its first row or column, so that there and back again ends where
    it began wherever the grid is uniform.
    """
    cell = grid.cells[tile]
    column = cell.column + (cell.columns if columns > 0 else columns)
    row = cell.row + (cell.rows if rows > 0 else rows)
    for index, other in enumerate(grid.cells):
        if (
            other.column <= column < other.column + other.columns
            and other.row <= row < other.row + other.rows
        ):
            return TileIndex(index)
    return None
