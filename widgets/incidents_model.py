"""The rows of the incident panel: incidents, pinned cameras, timeline entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from app.domain.ids import CameraId, IncidentId
from app.domain.incident import Incident
from widgets.drag import camera_mime
from widgets.view_state import plain_tip
from widgets.view_state_incidents import EntryLine, IncidentRow, PinRow

ROW_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class IncidentListModel(QAbstractListModel):
    """The incidents, open ones first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[tuple[Incident, IncidentRow]] = ()

    def show_incidents(self, rows: Sequence[tuple[Incident, IncidentRow]]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def id_at(self, index: Index) -> IncidentId | None:
        """Return the row's incident."""
        row = index.row()
        return self._rows[row][0].id if 0 <= row < len(self._rows) else None

    def row_of(self, incident_id: IncidentId | None) -> int | None:
        """Return the incident's row, None where there is none."""
        return next((i for i, (known, _) in enumerate(self._rows) if known.id == incident_id), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many incidents there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = 0) -> object:
        """Return the row, its title, its tool tip or what a screen reader says."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()][1]
        match role:
            case _ if role == ROW_ROLE:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{row.title}\n{row.facts}")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}, {row.facts}"
        return None


class PinListModel(QAbstractListModel):
    """The cameras of one incident; they can be dragged like those of the camera list."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[PinRow] = ()

    def show_pins(self, rows: Sequence[PinRow]) -> bool:
        """Replace the rows; say whether they are others than before."""
        if rows == self._rows:
            return False
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        return True

    def camera_at(self, index: Index) -> CameraId | None:
        """Return the row's camera."""
        return self._rows[index.row()].camera_id if 0 <= index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many cameras are pinned."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = 0) -> object:
        """Return the row, its name, its tool tip or what a screen reader says."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case _ if role == ROW_ROLE:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{row.name}\nPinned by {row.facts}")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.name}, pinned by {row.facts}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let every row be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Return the one type that the drags carry."""
        return ["text/plain"]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """Return the dragged camera's payload."""
        camera_id = next((found for found in map(self.camera_at, indexes) if found is not None), None)
        return camera_mime(camera_id) if camera_id is not None else QMimeData()


class TimelineModel(QAbstractListModel):
    """The entries of one incident, oldest first; grows at the end."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[EntryLine] = []

    def show_lines(self, lines: Sequence[EntryLine]) -> bool:
        """Show those lines, appending where the known ones are their beginning; say whether it changed."""
        known = len(self._lines)
        if list(lines[:known]) == self._lines:
            if len(lines) == known:
                return False
            self.beginInsertRows(QModelIndex(), known, len(lines) - 1)
            self._lines.extend(lines[known:])
            self.endInsertRows()
            return True
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = 0) -> object:
        """Return the line, or its text."""
        if not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case _ if role == ROW_ROLE:
                return line
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{line.head}: {line.text}"
        return None
