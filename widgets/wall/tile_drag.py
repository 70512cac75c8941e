"""What a tile's drag carries: the camera, as every drag here does, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QMimeData, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent

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


class EscapeWatch(QObject):
    """Knows, around ``QDrag.exec``, whether Escape ended the drag: Qt tells that from a drop on nothing by no
    result, and a change of mind is no tile let fall.
    """

    def __init__(self) -> None:
        super().__init__()
        self.escaped = False
        # Of the application's filters the last installed is asked first, so ours waits until the drag's
        # own, which swallows the key, is in place.
        self._start = QTimer(self, singleShot=True, interval=0)
        self._start.timeout.connect(self._watch)

    def __enter__(self) -> EscapeWatch:
        self._start.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._start.stop()
        if (application := QCoreApplication.instance()) is not None:
            application.removeEventFilter(self)
        # Where the system runs the drag itself, Escape is no event of ours but leaves the button down.
        self.escaped |= bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)

    def _watch(self) -> None:
        if (application := QCoreApplication.instance()) is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the key and let it pass."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.escaped = True
        return super().eventFilter(watched, event)
