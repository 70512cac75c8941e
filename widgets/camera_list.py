"""The camera list: search as one types, drag onto the wall, put on the wall, show on the map, pin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.camera import Camera
from app.domain.changes import Changes
from app.domain.ids import CameraId
from app.domain.rights import Right
from app.store.queries import CameraSearch
from app.store.state import Store
from resources import theme
from widgets.camera_list_delegate import ROW_HEIGHT, CameraDelegate
from widgets.camera_list_model import CameraListModel
from widgets.icons import icon
from widgets.plain_label import plain_label
from widgets.row_view import RowView
from widgets.view_state import camera_count_words

REINDEX_MS = 250
"""Least time between two rebuilds of the search index while the directory keeps changing."""


class CameraList(QWidget):
    """The directory with its search field. Enter and double click put a camera on the wall."""

    camera_activated = Signal(str)
    """`CameraId` to put on the wall."""
    camera_located = Signal(str)
    """`CameraId` to show on the map."""
    pin_requested = Signal(str)
    """`CameraId` to pin to the incident at hand."""
    import_requested = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._search = CameraSearch(())
        self._model = CameraListModel()
        self._known = 0
        self._build()
        self._connect()
        self._reindex()

    @property
    def view(self) -> RowView:
        """The list itself, for focus and drags."""
        return self._view

    @property
    def search_field(self) -> QLineEdit:
        """The search field, for focus."""
        return self._field

    @property
    def match_count(self) -> int:
        """How many cameras match the search."""
        return self._model.rowCount()

    def selected(self) -> CameraId | None:
        """Return the selected camera, None without one."""
        camera = self._model.camera_at(self._view.currentIndex())
        return camera.id if camera else None

    def set_on_wall(self, cameras: frozenset[CameraId]) -> None:
        """Mark the cameras that are on a wall."""
        self._model.set_on_wall(cameras)

    def on_changed(self, changes: Changes) -> None:
        """Re-read the directory; while it keeps changing, not more often than `REINDEX_MS`."""
        if changes.all_reloaded or changes.session:
            self._reindex()
        elif changes.cameras and not self._reindex_soon.isActive():
            self._reindex_soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list, and Enter act on it, while one types."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
            if event.key() in moves:
                self._view.keyPressEvent(event)
                return True
            if event.key() == Qt.Key.Key_Escape and self._field.text():
                self._field.clear()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self.setWindowTitle("Cameras")
        self._field = QLineEdit()
        self._field.setPlaceholderText("Search name, place or tag")
        self._field.setAccessibleName("Search cameras")
        self._field.setToolTip("Search cameras (Ctrl+F)")
        self._field.setClearButtonEnabled(True)
        self._field.addAction(icon("search", theme.TEXT_DIM, 16), QLineEdit.ActionPosition.LeadingPosition)
        self._import = QToolButton()
        self._import.setIcon(icon("import"))
        self._import.setToolTip("Import a camera file")
        self._import.setAccessibleName("Import a camera file")
        self._count = plain_label(tone="dim", scale="small")
        self._view = RowView(ROW_HEIGHT, "Cameras")
        self._view.setModel(self._model)
        self._view.setItemDelegate(CameraDelegate(self._view))
        self._view.setDragEnabled(True)
        self._view.setDragDropMode(RowView.DragDropMode.DragOnly)
        self._build_empty()
        self._lay_out()
        self._build_actions()

    def _build_empty(self) -> None:
        self._nothing = plain_label(tone="dim", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._offer = QPushButton(icon("import", theme.TEXT_ON_COLOUR), "Import a camera file")
        self._offer.setProperty("role", "primary")
        self._empty = QWidget()
        column = QVBoxLayout(self._empty)
        column.addStretch(1)
        column.addWidget(self._nothing)
        column.addWidget(self._offer, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def _lay_out(self) -> None:
        self._pages = QStackedLayout()
        self._pages.addWidget(self._view)
        self._pages.addWidget(self._empty)
        top = QHBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.setSpacing(6)
        top.addWidget(self._field, 1)
        top.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        self._count.setContentsMargins(theme.GAP + 2, 0, theme.GAP, 0)
        layout.addWidget(self._count)
        layout.addLayout(self._pages, 1)

    def _build_actions(self) -> None:
        self._reindex_soon = QTimer(self)
        self._reindex_soon.setSingleShot(True)
        self._reindex_soon.setInterval(REINDEX_MS)
        self._on_wall_action = self._view.row_action("Put on the wall", "wall", "", self._on_put)
        self._locate_action = self._view.row_action("Show on the map", "map-pin", "M", self._on_locate)
        self._pin_action = self._view.row_action("Pin to the incident", "pin", "P", self._on_pin)
        self._find_action = QAction("Search cameras", self)
        self._find_action.setShortcut(QKeySequence.StandardKey.Find)
        self._find_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(self._find_action)

    def _connect(self) -> None:
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._render)
        self._field.returnPressed.connect(self._on_put)
        self._import.clicked.connect(self.import_requested)
        self._offer.clicked.connect(self._on_offer)
        self._view.chosen.connect(self._on_chosen)
        self._find_action.triggered.connect(self._on_find)
        self._reindex_soon.timeout.connect(self._reindex)

    def _reindex(self) -> None:
        self._reindex_soon.stop()
        self._known = len(self._store.cameras)
        self._search = CameraSearch(self._store.cameras.values())
        self._render()

    def _render(self) -> None:
        kept = self.selected()
        text = self._field.text()
        found = self._search.find(text)
        with QSignalBlocker(self._view.selectionModel()):
            self._model.show_cameras(found)
            row = self._model.row_of(kept) if kept is not None else None
            if row is None and text.strip() and found:
                row = 0
            if row is not None:
                self._view.setCurrentIndex(self._model.index(row))
        if text.strip() and row == 0:
            self._view.scrollToTop()
        self._count.setText(camera_count_words(len(found), self._known))
        self._pages.setCurrentIndex(0 if found else 1)
        self._import.setVisible(self._store.may(Right.CAMERAS_IMPORT))
        self._offer.setVisible(bool(self._known) or self._store.may(Right.CAMERAS_IMPORT))
        if not self._store.may(Right.SEE_ROOM):
            self._nothing.setText("Your role does not see the cameras.")
        elif not self._known:
            self._nothing.setText("No cameras yet.")
            self._offer.setText("Import a camera file")
        elif not found:
            self._nothing.setText(f"No camera matches “{' '.join(text.split())}”.")
            self._offer.setText("Show all cameras")
        self._offer.setIcon(icon("close" if self._known else "import", theme.TEXT_ON_COLOUR))

    def _current(self) -> Camera | None:
        return self._model.camera_at(self._view.currentIndex())

    def _on_chosen(self, index: QModelIndex) -> None:
        camera = self._model.camera_at(index)
        if camera is not None:
            self.camera_activated.emit(camera.id)

    def _on_put(self) -> None:
        camera = self._current()
        if camera is not None:
            self.camera_activated.emit(camera.id)

    def _on_locate(self) -> None:
        camera = self._current()
        if camera is not None:
            self.camera_located.emit(camera.id)

    def _on_pin(self) -> None:
        camera = self._current()
        if camera is not None:
            self.pin_requested.emit(camera.id)

    def _on_offer(self) -> None:
        if self._known:
            self._field.clear()
            self._field.setFocus()
        else:
            self.import_requested.emit()

    def _on_find(self) -> None:
        self._field.setFocus()
        self._field.selectAll()

    def sizeHint(self) -> QSize:
        """Return a width at which names and badges fit side by side."""
        return QSize(340, 520)
