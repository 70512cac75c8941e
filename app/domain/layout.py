"""A named arrangement of a wall, to be opened again on this wall or another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.ids import CameraId, WallId
from app.domain.tile_view import TileView
from app.domain.wall import Grid, Wall

LONGEST_NAME = 60


def layout_name(text: str) -> str:
    """Return a name as it is kept: one line, without blanks at its ends.

    Raises:
        ValueError: it is empty or too long, in words for who typed it.
    """
    name = " ".join(text.split())
    if not name:
        raise ValueError("Give the layout a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} characters.")
    return name


@dataclass(frozen=True, slots=True)
class Layout:
    """Grid, cameras and each tile's view; cameras stay listed when the directory lacks them."""

    name: str
    grid: Grid
    cameras: tuple[CameraId | None, ...] = ()
    views: tuple[TileView, ...] = ()

    @staticmethod
    def of(name: str, wall: Wall) -> Layout:
        """Return what a wall shows, under that name; cameras outside its grid are not seen and not kept."""
        seen = replace(wall, cameras=wall.shown(), views=()).with_views(wall.views[: len(wall.grid.cells)])
        return Layout(name, wall.grid, seen.cameras, seen.views)

    def on(self, wall_id: WallId) -> Wall:
        """Return that wall in this layout."""
        return Wall(wall_id, self.grid, self.cameras).with_views(self.views)

    def is_named(self, name: str) -> bool:
        """Say whether it goes by that name: names that differ in case only are one."""
        return self.name.casefold() == name.casefold()
