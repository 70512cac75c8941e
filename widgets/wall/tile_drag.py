"""What a tile's drag carries: the camera, as every drag here does, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QMimeData

from app.domain.ids import CameraId, TileIndex, WallId
from widgets.drag import camera_mime

TILE_MIME = "application/x-watchfloor-tile"


@dataclass(frozen=True, slots=True)
class TileOrigin:
    """The tile that a drag started from."""

    wall_id: WallId
    tile: TileIndex


def tile_mime(origin: TileOrigin, camera_id: CameraId) -> QMimeData:
    """Return the mime data of a tile's drag: an incident takes the camera from it, a wall the tile."""
    mime = camera_mime(camera_id)
    document = json.dumps({"wall": origin.wall_id, "tile": origin.tile})
    mime.setData(TILE_MIME, QByteArray(document.encode()))
    return mime


def tile_of(mime: QMimeData) -> TileOrigin | None:
    """Return the tile that a drag started from, None where it did not start from one."""
    if not mime.hasFormat(TILE_MIME):
        return None
    try:
        document = json.loads(bytes(mime.data(TILE_MIME).data()))
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    wall, tile = document.get("wall"), document.get("tile")
    if not isinstance(wall, str) or not isinstance(tile, int) or isinstance(tile, bool) or tile < 0:
        return None
    return TileOrigin(WallId(wall), TileIndex(tile))
