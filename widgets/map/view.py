"""The map as the rest of the console sees it: inputs by method, what the operator does by signal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from app.domain.alert import Alert
from app.domain.camera import Camera
from app.domain.errors import OperatorError
from app.domain.geo import Bounds, LatLon
from app.domain.ids import AlertId, CameraId
from app.domain.incident import Incident
from widgets.map.basemap import BaseMap, TileFile
from widgets.map.channel import MapChannel
from widgets.map.content import Layer, Window
from widgets.map.page import Palette, build_page
from widgets.map.stage import MapStage

WEB_MISSING = ""
try:
    from widgets.map.surface import MapSurface
except ImportError as error:
    WEB_MISSING = (
        f"It needs Qt WebEngine, which could not be loaded: {error}\n"
        "On Debian and Ubuntu: sudo apt install libnss3 libxcomposite1 libxdamage1 libxrandr2"
    )

WORLD = (LatLon(30.0, 0.0), 3.0)
FIRST_RETRY_MS = 300
LONGEST_RETRY_MS = 10_000


def root_fault() -> str:
    """Return why the web engine must not be started now, "" when it may be.

    Chromium ends the whole program when root starts it with its sandbox; only whoever runs the program
    may decide to go without (the variable), the program itself never does.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and os.environ.get("QTWEBENGINE_DISABLE_SANDBOX") != "1":
        return "The program runs as root, where the map's web engine may not start. Run it as a normal user."
    return ""


class MapView(QWidget):
    """The map pane. Needs `register_scheme` to have been called before the QApplication was made."""

    camera_activated = Signal(str)
    """A camera was chosen by double click or Enter: it belongs on the wall."""
    alert_activated = Signal(str)
    incident_activated = Signal(str)
    viewport_changed = Signal(object, float)
    """What is on screen: `Bounds` and zoom."""
    ready = Signal()
    """The page has drawn all that the map knows; again after each restart of the page."""
    notice_raised = Signal(str, str)
    """Something about the base map that the operator should know: message and hint."""

    def __init__(
        self,
        base: BaseMap = BaseMap(),
        palette: Palette = Palette(),
        viewport: tuple[LatLon, float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Build the pane.

        Args:
            base: the ground under the markers; one that cannot be used is left out with a notice.
            palette: the theme's colours.
            viewport: centre and zoom to start with; None shows all cameras when they come.
            parent: the widget that holds the pane.
        """
        super().__init__(parent)
        self._palette = palette
        self._retry_ms = FIRST_RETRY_MS
        self._fault: OperatorError | None = None
        self._tiles: TileFile | None = None
        self._base = self._usable(base)
        self._channel = MapChannel(self)
        fallback = self._tiles.middle(self._base) if self._tiles else None
        self._stage = MapStage(self._channel, viewport, fallback or WORLD, self._base.attribution, self)
        if self._base.mbtiles or self._base.tile_url:
            self._stage.ground_from_zoom = self._base.min_zoom
        self._surface: MapSurface | None = None
        self._build()
        self._connect()

    def set_cameras(self, cameras: Sequence[Camera], *, sees: bool = True) -> None:
        """Replace the cameras; the first ones come into view unless a viewport was given.

        ``sees`` is False for a role that none are shown to: the map says so, and not that there are none.
        """
        self._stage.content.set_cameras(cameras, sees=sees)
        self._stage.place_first()
        self._stage.refresh()

    def set_alerts(self, alerts: Sequence[Alert]) -> None:
        """Replace the alerts; closed ones and those without a position are not shown."""
        self._stage.content.set_alerts(alerts)
        self._stage.follow_selected()
        self._stage.refresh()

    def set_incidents(self, incidents: Sequence[Incident]) -> None:
        """Replace the incidents; open ones with a position are shown."""
        self._stage.content.set_incidents(incidents)
        self._stage.refresh()

    def set_marked(self, cameras: Sequence[CameraId]) -> None:
        """Mark cameras strongly and number them from 1 in this order."""
        self._stage.content.set_marked(cameras)
        self._stage.refresh()

    def set_on_wall(self, cameras: frozenset[CameraId]) -> None:
        """Show which cameras the wall shows."""
        self._stage.content.on_wall = cameras
        self._stage.refresh()

    def select_alert(self, alert_id: AlertId | None) -> None:
        """Highlight an alert and go there; one that is not known yet is gone to when it comes."""
        self._stage.select(alert_id)
        self._stage.refresh()

    def go_to(self, position: LatLon, zoom: float) -> None:
        """Show ``position`` in the middle at ``zoom`` (whole levels, 3 to 19)."""
        self._stage.go_to(position, zoom)

    def fit(self, bounds: Bounds) -> None:
        """Show the whole of ``bounds``."""
        self._stage.fit(bounds)

    def viewport(self) -> tuple[LatLon, float]:
        """Return centre and zoom, for the next start."""
        return self._stage.viewport()

    @property
    def marker_count(self) -> int:
        """Markers on screen as the page counted them after the last scene; 0 while there is no page."""
        return self._stage.marker_count

    @property
    def camera_count(self) -> int:
        """Cameras that the map knows, on screen or not."""
        return len(self._stage.content.cameras)

    def hidden_layers(self) -> frozenset[Layer]:
        """Return the layers that the operator has switched off."""
        return self._stage.content.hidden

    def surface(self) -> MapSurface | None:
        """Return the web view, None where QtWebEngine is missing."""
        return self._surface

    def shows_page(self) -> bool:
        """Say whether the page is on screen, and not the words that stand in for it."""
        return self._surface is not None and self._stack.currentWidget() is self._surface

    def showEvent(self, event: QShowEvent) -> None:
        """Show the page with the pane: a view that was made native before that does not follow by itself."""
        super().showEvent(event)
        if self._surface is not None and self.shows_page():
            self._surface.show()

    def _usable(self, base: BaseMap) -> BaseMap:
        """Open the base map; without a usable one the map goes on with plain ground, and says so."""
        try:
            base.origin()
            if base.mbtiles is None:
                return base
            self._tiles = TileFile(base.mbtiles)
            return self._tiles.described(base)
        except OperatorError as fault:
            self._fault = fault
            return BaseMap()

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        # A web view that is hidden has no size and never gets ready: the words cover it instead.
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        self._words = QLabel("The map is starting", self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setStyleSheet(
            f"background:{self._palette.ground};color:{self._palette.text};font-size:16px;padding:24px"
        )
        self._stack.addWidget(self._words)
        if (fault := WEB_MISSING or root_fault()) != "":
            self._words.setText(f"The map cannot be shown.\n{fault}")
            return
        page = build_page(self._base, *self.viewport())
        self._surface = MapSurface(
            page, self._palette.css(), self._base.origin(), self._tiles, self._channel, self
        )
        self._surface.page().setBackgroundColor(self._palette.ground)
        self._stack.addWidget(self._surface)
        self._stack.setCurrentWidget(self._surface)
        self.setFocusProxy(self._surface)

    def _connect(self) -> None:
        self._channel.camera_chosen.connect(self.camera_activated)
        self._channel.alert_chosen.connect(self.alert_activated)
        self._channel.incident_chosen.connect(self.incident_activated)
        self._stage.window_changed.connect(self._on_window_changed)
        self._stage.ready.connect(self._on_ready)
        self._retry = QTimer(self, singleShot=True)
        if self._surface is not None:
            self._retry.timeout.connect(self._surface.open)
            self._surface.died.connect(self._on_page_died)
            self._surface.open()
            self._surface.stand_apart()

    def _on_window_changed(self, window: Window) -> None:
        self.viewport_changed.emit(window.bounds, window.zoom)

    def _on_ready(self) -> None:
        self._retry_ms = FIRST_RETRY_MS
        if self._surface is not None:
            self._stack.setCurrentWidget(self._surface)
        if self._fault is not None:
            self.notice_raised.emit(self._fault.message, self._fault.hint)
            self._fault = None
        self.ready.emit()

    def _on_page_died(self, words: str) -> None:
        self._stage.page_lost()
        self._words.setText(words)
        self._stack.setCurrentWidget(self._words)
        self._retry.start(self._retry_ms)
        self._retry_ms = min(LONGEST_RETRY_MS, self._retry_ms * 2)
