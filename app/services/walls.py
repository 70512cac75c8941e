"""Arranging a wall: what the operator does to tiles."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.events import WallChanged
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, TileIndex, WallId
from app.domain.tile_view import TileView
from app.domain.wall import Grid, Wall, grid_named
from app.store.queries import nearest_cameras
from app.store.state import Store

FIRST_GRID = "3×3"


class Walls:
    """Changes walls in the store. A wall that nobody has arranged yet is an empty 3×3."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def wall(self, wall_id: WallId) -> Wall:
        """Return the wall, an empty one where there is none yet."""
        return self._store.walls.get(wall_id) or Wall(wall_id, grid_named(FIRST_GRID))

    def ensure(self, wall_id: WallId) -> None:
        """Make sure that the wall is in the store."""
        self._store.apply(WallChanged(self.wall(wall_id)))

    def choose_grid(self, wall_id: WallId, grid: Grid) -> None:
        """Show the wall in another grid."""
        self._store.apply(WallChanged(self.wall(wall_id).with_grid(grid)))

    def place(self, wall_id: WallId, tile: TileIndex, camera_id: CameraId) -> None:
        """Put a camera into a tile; a camera that the directory lacks is ignored."""
        if camera_id in self._store.cameras:
            self._store.apply(WallChanged(self.wall(wall_id).place(tile, camera_id)))

    def swap(self, wall_id: WallId, a: TileIndex, b: TileIndex) -> None:
        """Exchange two tiles."""
        self._store.apply(WallChanged(self.wall(wall_id).swap(a, b)))

    def choose_view(self, wall_id: WallId, tile: TileIndex, view: TileView) -> None:
        """Show a tile's picture that way."""
        self._store.apply(WallChanged(self.wall(wall_id).with_view(tile, view)))

    def close(self, wall_id: WallId, tile: TileIndex) -> None:
        """Empty a tile."""
        self._store.apply(WallChanged(self.wall(wall_id).place(tile, None)))

    def show(self, wall_id: WallId, cameras: Sequence[CameraId]) -> None:
        """Put cameras on the wall: where they are, else in empty tiles, else over the last ones."""
        known = [camera for camera in cameras if camera in self._store.cameras]
        self._store.apply(WallChanged(self.wall(wall_id).fill(known)))

    def nearest(self, alert_id: AlertId | None, count: int = 4) -> list[CameraId]:
        """Return the cameras nearest to an alert, nearest first; none where it has no position."""
        alert = self._store.alerts.get(alert_id) if alert_id else None
        if alert is None or alert.position is None:
            return []
        return self._near(alert.position, count)

    def show_nearest(self, wall_id: WallId, alert_id: AlertId, count: int = 4) -> list[CameraId]:
        """Put the cameras nearest to an alert on the wall and return them."""
        cameras = self.nearest(alert_id, count)
        self.show(wall_id, cameras)
        return cameras

    def _near(self, position: LatLon, count: int) -> list[CameraId]:
        return [c.id for c in nearest_cameras(self._store.cameras.values(), position, count)]
