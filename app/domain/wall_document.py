"""A wall's grid and tiles as JSON and back: the workspace and the saved layouts write them the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.ids import CameraId
from app.domain.tile_view import AspectMode, TileView
from app.domain.wall import Grid, grid_named


def tiles_document(
    grid: Grid, cameras: Sequence[CameraId | None], views: Sequence[TileView]
) -> dict[str, object]:
    """Return ``{"grid", "cameras", "tiles"}``; ``tiles`` has ``{"mode", "turn_deg"}`` of the first tiles."""
    return {
        "grid": grid.name,
        "cameras": list(cameras),
        "tiles": [{"mode": view.mode.value, "turn_deg": view.turn_deg} for view in views],
    }


def grid_and_cameras_from(saved: Mapping[str, object]) -> tuple[Grid, tuple[CameraId | None, ...]]:
    """Return the saved grid and cameras.

    Raises:
        ValueError: they are not what `tiles_document` writes; the words complete "could not be read:".
    """
    cameras = saved.get("cameras", [])
    if not isinstance(cameras, list) or not all(c is None or isinstance(c, str) for c in cameras):
        raise ValueError("its cameras are not a list of names")
    ids = tuple(None if c is None else CameraId(c) for c in cameras)
    return grid_named(str(saved.get("grid", ""))), ids


def views_from(saved: object) -> tuple[TileView, ...]:
    """Return how the first tiles show their pictures.

    Raises:
        ValueError: as above.
    """
    if not isinstance(saved, list):
        raise ValueError("it is not a list")
    return tuple(_view_from(view) for view in saved)


def _view_from(saved: object) -> TileView:
    if not isinstance(saved, Mapping):
        raise ValueError("a tile's part is not a view")
    mode, turn_deg = saved.get("mode"), saved.get("turn_deg")
    if mode not in list(AspectMode):
        raise ValueError(f"there is no aspect mode {mode!r}")
    if not isinstance(turn_deg, int):
        raise ValueError("a rotation is not a number")
    return TileView(AspectMode(mode), turn_deg)
