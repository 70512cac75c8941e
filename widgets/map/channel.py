"""The one object that the map's page can see, and everything that it may say or be told.

Nothing that comes from the page is trusted: it is checked here and turned into domain types.
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.geo import Bounds, LatLon
from widgets.map.content import Layer, Window


class MapChannel(QObject):
    """Published to the page under the name ``console``. Texts are JSON.

    Told to the page: ``greeted`` (layers, attribution), ``scene_drawn`` (see `Scene.as_json`) and
    ``look_requested`` (``centre``, ``zoom``, ``animate``, or ``bounds``).
    """

    greeted = Signal(str)
    scene_drawn = Signal(str)
    look_requested = Signal(str)

    # For the console's side; the page could only hear them, and does not.
    started = Signal()
    window_moved = Signal(object)
    markers_counted = Signal(int)
    camera_chosen = Signal(str)
    alert_chosen = Signal(str)
    incident_chosen = Signal(str)
    layer_changed = Signal(object, bool)
    whole_wanted = Signal()

    @Slot()
    def page_started(self) -> None:
        """Take note that the page listens: everything is to be sent from scratch."""
        self.started.emit()

    @Slot(str)
    def moved(self, text: str) -> None:
        """Take the window that the page shows now."""
        window = window_from(text)
        if window is not None:
            self.window_moved.emit(window)

    @Slot(int)
    def drawn(self, count: int) -> None:
        """Take the number of markers that the page counts on screen after drawing a scene."""
        self.markers_counted.emit(max(0, count))

    @Slot(str)
    def camera_activated(self, camera_id: str) -> None:
        """Pass on that a camera was chosen."""
        self.camera_chosen.emit(camera_id)

    @Slot(str)
    def alert_activated(self, alert_id: str) -> None:
        """Pass on that an alert was chosen."""
        self.alert_chosen.emit(alert_id)

    @Slot(str)
    def incident_activated(self, incident_id: str) -> None:
        """Pass on that an incident was chosen."""
        self.incident_chosen.emit(incident_id)

    @Slot(str, bool)
    def layer_switched(self, name: str, on: bool) -> None:
        """Pass on that a layer was shown or hidden; unknown names are ignored."""
        layer = next((layer for layer in Layer if layer == name), None)
        if layer is not None:
            self.layer_changed.emit(layer, on)

    @Slot()
    def all_requested(self) -> None:
        """Pass on that the operator wants to see all cameras."""
        self.whole_wanted.emit()


def window_from(text: str) -> Window | None:
    """Return the window that the page describes, None when the text is not one."""
    try:
        said: dict[str, Any] = json.loads(text)
        south, west, north, east = (float(value) for value in said["bounds"])
        lat, lon = (float(value) for value in said["centre"])
        width, height = (int(value) for value in said["size"])
        zoom = float(said["zoom"])
        centre = LatLon(lat, max(-180.0, min(180.0, lon)))
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    if not (
        south < north and west < east and 0 <= zoom <= 30 and 0 < width < 100_000 and 0 < height < 100_000
    ):
        return None
    bounds = Bounds(max(-90.0, south), max(-180.0, west), min(90.0, north), min(180.0, east))
    return Window(bounds, centre, zoom, width, height)
