"""The main window: wall in the middle, cameras left, alerts and incidents right, the map below the wall."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from app.domain.ids import WallId
from layouts.parts import Parts
from layouts.wall_pane import WallPane
from layouts.window_state import packed, part, unpacked
from widgets.alert_queue import AlertQueuePanel
from widgets.camera_list import CameraList
from widgets.incidents import IncidentPanel
from widgets.map.basemap import BaseMap
from widgets.map.view import MapView
from widgets.notices import NoticeStack
from widgets.status_line import StatusLine

STATE_VERSION = 1
LEFT_PX, RIGHT_PX, MAP_PX = 300, 460, 330
ALERTS_TO_INCIDENTS = [470, 490]

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


class ConsoleWindow(QMainWindow):
    """Holds the views; what they ask for is wired in `wiring`."""

    closed = Signal()
    wall_window_requested = Signal()
    system_requested = Signal()

    def __init__(self, parts: Parts, wall_id: WallId, base_map: BaseMap) -> None:
        super().__init__(None)
        self.setWindowTitle("Watchfloor")
        self.setDockNestingEnabled(True)
        self.wall = WallPane(parts, wall_id)
        self.cameras = CameraList(parts.store)
        self.alerts = AlertQueuePanel(parts.store, parts.clock)
        self.incidents = IncidentPanel(parts.store)
        self.map = MapView(base_map)
        self.notices = NoticeStack(parts.store, parts.clock)
        self.status = StatusLine(parts.store, parts.clock)
        self._has_system_page = parts.figures is not None and parts.pulse is not None
        self._docks: dict[str, QDockWidget] = {}
        self._placed = False
        self._build()
        self._build_menu()
        self.resize(1920, 1040)

    def state(self) -> dict[str, object]:
        """Return the places of the window and its panes as JSON values."""
        centre, zoom = self.map.viewport()
        return {
            "geometry": packed(self.saveGeometry()),
            "docks": packed(self.saveState(STATE_VERSION)),
            "map": {"lat": centre.lat, "lon": centre.lon, "zoom": zoom},
            "drafts": {} if self.incidents.drafts_by() else self.incidents.drafts(),
            "drafts_by": self.incidents.drafts_by(),
        }

    def restore(self, saved: Mapping[str, object]) -> None:
        """Put the window and its panes where they were."""
        if (geometry := unpacked(saved.get("geometry"))) is not None:
            self.restoreGeometry(geometry)
            self._full.setChecked(self.isFullScreen())
        if (docks := unpacked(saved.get("docks"))) is not None:
            self._placed = self.restoreState(docks, STATE_VERSION)
        self.incidents.restore_drafts_by(
            {
                writer: {str(key): str(text) for key, text in notes.items()}
                for writer, notes in part(saved, "drafts_by").items()
                if isinstance(notes, Mapping)
            }
        )
        drafts = saved.get("drafts")
        if isinstance(drafts, Mapping):
            self.incidents.restore_drafts({str(key): str(text) for key, text in drafts.items()})

    def pane(self, name: str) -> QDockWidget:
        """Return a pane by its name: cameras, alerts, incidents or map."""
        return self._docks[name]

    def add_above_wall(self, bar: QWidget) -> None:
        """Give a slim bar its place between the notices and the wall."""
        self._column.insertWidget(1, bar)

    def show_wall_alone(self) -> None:
        """Put every pane away, so that the wall has the window to itself."""
        for dock in self._docks.values():
            dock.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the panes their first sizes: Qt keeps to them only once the window has its own."""
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            self._place_panes()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the main window ends the program."""
        event.accept()
        self.closed.emit()

    def _build(self) -> None:
        centre = QWidget()
        column = self._column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.wall, 1)
        self.setCentralWidget(centre)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, LEFT),
            (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopRightCorner, RIGHT),
            (Qt.Corner.BottomRightCorner, RIGHT),
        ):
            self.setCorner(corner, area)
        self._dock("cameras", "Cameras", self.cameras, LEFT)
        alerts = self._dock("alerts", "Alerts", self.alerts, RIGHT)
        incidents = self._dock("incidents", "Incidents", self.incidents, RIGHT)
        self._dock("map", "Map", self.map, BOTTOM)
        self.splitDockWidget(alerts, incidents, Qt.Orientation.Vertical)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self.status, 1)

    def _place_panes(self) -> None:
        docks = self._docks
        self.resizeDocks([docks["cameras"], docks["alerts"]], [LEFT_PX, RIGHT_PX], Qt.Orientation.Horizontal)
        self.resizeDocks([docks["alerts"], docks["incidents"]], ALERTS_TO_INCIDENTS, Qt.Orientation.Vertical)
        self.resizeDocks([docks["map"]], [MAP_PX], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self._docks[name] = dock
        return dock

    def _build_menu(self) -> None:
        view = self.menuBar().addMenu("&View")
        for number, dock in enumerate(self._docks.values(), start=1):
            action = dock.toggleViewAction()
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            view.addAction(action)
        view.addSeparator()
        window = QAction("New &wall window", self)
        window.setShortcut(QKeySequence("Ctrl+Shift+N"))
        window.triggered.connect(self.wall_window_requested)
        view.addAction(window)
        if self._has_system_page:
            system = QAction("&System", self)
            system.setShortcut(QKeySequence(Qt.Key.Key_F9))
            system.triggered.connect(self.system_requested)
            view.addAction(system)
        full = self._full = QAction("&Full screen", self)
        full.setShortcut(QKeySequence(Qt.Key.Key_F11))
        full.setCheckable(True)
        full.toggled.connect(self._on_full_screen)
        view.addAction(full)
        self._build_go_to()
        self.room = self.menuBar().addMenu("&Room")
        """What concerns the room and its record; the flows add what they open."""

    def _build_go_to(self) -> None:
        go = self.menuBar().addMenu("&Go to")
        for text, keys, widget in (
            ("&Wall", "F2", self.wall.surface),
            ("&Cameras", "F3", self.cameras.search_field),
            ("&Alerts", "F4", self.alerts.view),
            ("&Incidents", "F5", self.incidents.focus_target),
            ("&Map", "F6", self.map),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.setData(widget)
            action.triggered.connect(self._on_go_to)
            go.addAction(action)

    def _on_go_to(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        widget = action.data()
        for dock in self._docks.values():
            if dock.isAncestorOf(widget):
                dock.show()
                dock.raise_()
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_full_screen(self, on: bool) -> None:
        # A window that was maximized before is maximized again.
        others = self.windowState() & ~Qt.WindowState.WindowFullScreen
        self.setWindowState(others | Qt.WindowState.WindowFullScreen if on else others)
