"""What a drag asks of the wall: worked out without Qt events, carried out after the drop is over."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData

from app.domain.ids import CameraId, TileIndex
from app.domain.wall import Wall
from app.store.state import Store
from widgets.drag import camera_of
from widgets.wall.tile_drag import tile_of


@dataclass(frozen=True, slots=True)
class Place:
    """Put a camera into a tile."""

    tile: TileIndex
    camera_id: CameraId


@dataclass(frozen=True, slots=True)
class Swap:
    """Exchange two tiles."""

    a: TileIndex
    b: TileIndex


@dataclass(frozen=True, slots=True)
class Close:
    """Empty a tile that still shows this camera."""

    tile: TileIndex
    camera_id: CameraId


Intent = Place | Swap | Close


def drop_intent(mime: QMimeData, target: TileIndex | None, wall: Wall, store: Store) -> Intent | None:
    """Return what dropping this onto ``target`` would do, None where it would do nothing.

    A tile of the same wall is swapped; a tile of another wall, or one that was rearranged while the drag
    went on, counts as its camera. Cameras that the directory lacks and foreign drags are refused.
    """
    camera_id = camera_of(mime)
    if camera_id is None or camera_id not in store.cameras:
        return None
    if target is None or not 0 <= target < len(wall.grid.cells):
        return None
    origin = tile_of(mime)
    if origin is not None and origin.wall_id == wall.id and wall.camera_at(origin.tile) == camera_id:
        return None if origin.tile == target else Swap(origin.tile, target)
    return None if wall.camera_at(target) == camera_id else Place(target, camera_id)


def drop_words(intent: Intent | None, wall: Wall) -> str:
    """Return what the tile under a hovering drag says would happen."""
    match intent:
        case Place(tile, _):
            return "Replace this camera" if wall.camera_at(tile) is not None else "Show here"
        case Swap(_, b):
            return "Swap" if wall.camera_at(b) is not None else "Move here"
        case _:
            return ""
