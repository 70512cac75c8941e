"""The camera list's rows: the cameras that match, in the order of the search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from app.domain.camera import Camera
from app.domain.ids import CameraId
from widgets.drag import camera_mime
from widgets.view_state import camera_row, plain_tip

CAMERA_ROLE = Qt.ItemDataRole.UserRole
ON_WALL_ROLE = Qt.ItemDataRole.UserRole + 1


class CameraListModel(QAbstractListModel):
    """Rows are replaced as a whole by each search; drags carry the camera's payload."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Camera] = ()
        self._on_wall: frozenset[CameraId] = frozenset()

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = cameras
        self.endResetModel()

    def set_on_wall(self, cameras: frozenset[CameraId]) -> None:
        """Mark the cameras that are on a wall."""
        if cameras != self._on_wall:
            self._on_wall = cameras
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [ON_WALL_ROLE])

    def camera_at(self, index: QModelIndex | QPersistentModelIndex) -> Camera | None:
        """Return the row's camera."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def row_of(self, camera_id: CameraId) -> int | None:
        """Return the camera's row, None where it does not match."""
        return next((row for row, camera in enumerate(self._rows) if camera.id == camera_id), None)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many cameras match."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return the camera, its name, its tool tip, or whether it is on a wall."""
        camera = self.camera_at(index)
        if camera is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return camera_row(camera).name
            case Qt.ItemDataRole.ToolTipRole:
                row = camera_row(camera)
                return plain_tip("\n".join(part for part in (row.name, row.detail, camera.id) if part))
            case Qt.ItemDataRole.AccessibleTextRole:
                row = camera_row(camera)
                on_wall = ", on the wall" if camera.id in self._on_wall else ""
                return f"{row.name}, {row.detail}, {row.badge}{on_wall}"
            case _ if role == CAMERA_ROLE:
                return camera
            case _ if role == ON_WALL_ROLE:
                return camera.id in self._on_wall
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let every row be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return the one type that the drags carry."""
        return ["text/plain"]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """Return the dragged camera's payload."""
        camera = next((found for found in map(self.camera_at, indexes) if found is not None), None)
        return camera_mime(camera.id) if camera is not None else QMimeData()
