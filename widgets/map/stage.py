"""Sends the page its scenes: when the window moves or an input changes, never more often than it can bear."""

from __future__ import annotations

import json
import math
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.geo import Bounds, LatLon, distance_m
from app.domain.ids import AlertId
from widgets.map.channel import MapChannel
from widgets.map.content import LAYER_LABELS, Layer, MapContent, Window
from widgets.map.page import MAX_ZOOM, MIN_ZOOM
from widgets.map.scene import compose, whole

ALERT_ZOOM = 16
FLIGHT_M = 8_000.0
"""Farther than this the map jumps: a flight would blur the whole city past the operator's eyes."""
SHORTEST_MS = 50
"""At most 20 scenes a second."""
SHARE = 0.1
"""Largest share of the UI thread that scenes may take when they come without end."""

Viewport = tuple[LatLon, float]


class MapStage(QObject):
    """Holds the map's content and window, and keeps the page up to date through the channel."""

    window_changed = Signal(object)
    """The page shows another `Window`."""
    ready = Signal()
    """The page has drawn its first scene since it (re)started."""

    def __init__(
        self,
        channel: MapChannel,
        start: Viewport | None,
        fallback: Viewport,
        attribution: str,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.content = MapContent()
        self.ground_from_zoom: float = math.inf
        """Zoom from which the base map has tiles."""
        self.marker_count = 0
        self._channel = channel
        self._attribution = attribution
        self._viewport = start or fallback
        self._placed = start is not None
        self._window: Window | None = None
        self._pending: dict[str, Any] | None = None
        self._drawn = False
        self._goes_to_selected = False
        self._timer = QTimer(self, singleShot=True, interval=SHORTEST_MS)
        self._timer.timeout.connect(self._draw)
        channel.started.connect(self._on_started)
        channel.window_moved.connect(self._on_window_moved)
        channel.markers_counted.connect(self._on_markers_counted)
        channel.layer_changed.connect(self._on_layer_changed)
        channel.whole_wanted.connect(self.show_all)

    def refresh(self) -> None:
        """Send a new scene soon; many calls make one scene."""
        if self._window is not None and not self._timer.isActive():
            self._timer.start()

    def page_lost(self) -> None:
        """Take note that there is no page; what it showed is kept for the next one."""
        self._timer.stop()
        self._window = None
        self._drawn = False
        self.marker_count = 0

    def viewport(self) -> Viewport:
        """Return centre and zoom of what is or was last on screen."""
        return self._viewport

    def go_to(self, position: LatLon, zoom: float, *, animate: bool = False) -> None:
        """Show ``position`` in the middle at the whole zoom level nearest to ``zoom``."""
        level = float(min(MAX_ZOOM, max(MIN_ZOOM, round(zoom))))
        if self._window is None:
            self._viewport = (position, level)
        self._look({"centre": [position.lat, position.lon], "zoom": level, "animate": animate})

    def fit(self, bounds: Bounds) -> None:
        """Show the whole of ``bounds``."""
        self._look({"bounds": [bounds.south, bounds.west, bounds.north, bounds.east]})

    def show_all(self) -> None:
        """Show all cameras, if there are any."""
        bounds = self.content.camera_bounds()
        if bounds is not None:
            self.fit(whole(bounds))

    def place_first(self) -> None:
        """Show all cameras unless a place was chosen before."""
        if not self._placed:
            self.show_all()

    def select(self, alert_id: AlertId | None) -> None:
        """Highlight an alert; go there now, or when it becomes known."""
        self.content.selected = alert_id
        self._goes_to_selected = alert_id is not None
        self.follow_selected()

    def follow_selected(self) -> None:
        """Go to the selected alert once, if that has not happened yet and its place is known."""
        position = self.content.selected_position()
        if self._goes_to_selected and position is not None:
            self._goes_to_selected = False
            centre, zoom = self._viewport
            near = self._window is not None and distance_m(centre, position) < FLIGHT_M
            self.go_to(position, max(zoom, ALERT_ZOOM), animate=near)

    def _look(self, look: dict[str, Any]) -> None:
        self._placed = True
        if self._window is None:
            # A page without a size cannot fit anything: it is told when it first says how large it is.
            self._pending = {**look, "animate": False}
        else:
            self._channel.look_requested.emit(json.dumps(look))

    def _on_started(self) -> None:
        layers = [
            {"name": layer, "label": LAYER_LABELS[layer], "on": layer not in self.content.hidden}
            for layer in Layer
        ]
        self._channel.greeted.emit(json.dumps({"layers": layers, "attribution": self._attribution}))
        self._window = None
        self._drawn = False
        if self._pending is None:
            position, zoom = self._viewport
            self._pending = {"centre": [position.lat, position.lon], "zoom": zoom, "animate": False}

    def _on_window_moved(self, window: Window) -> None:
        self._window = window
        if self._pending is not None:
            look, self._pending = self._pending, None
            self._channel.look_requested.emit(json.dumps(look))
        else:
            self._viewport = (window.centre, window.zoom)
        self.window_changed.emit(window)
        self.refresh()

    def _on_markers_counted(self, count: int) -> None:
        self.marker_count = count
        if not self._drawn:
            self._drawn = True
            self.ready.emit()

    def _on_layer_changed(self, layer: Layer, on: bool) -> None:
        self.content.hidden = self.content.hidden - {layer} if on else self.content.hidden | {layer}
        self.refresh()

    def _draw(self) -> None:
        if self._window is None:
            return
        began = perf_counter()
        plain = self._window.zoom < self.ground_from_zoom
        scene = compose(self.content, self._window, plain_ground=plain)
        self._channel.scene_drawn.emit(json.dumps(scene.as_json()))
        cost_ms = (perf_counter() - began) * 1000
        self._timer.setInterval(max(SHORTEST_MS, round(cost_ms / SHARE)))
