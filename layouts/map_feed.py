"""Brings what the store knows onto the map, at most twice a second, however many alerts come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QObject, QTimer

from app.domain.alert import Alert, AlertStatus
from app.domain.changes import Changes
from app.domain.geo import Bounds, distance_m
from app.domain.ids import AlertId, CameraId
from app.domain.rights import Right
from app.services.walls import Walls
from app.store.state import Store
from widgets.map.view import MapView

INTERVAL_MS = 500
NEAR_M = 2_000.0
"""A camera farther from an alert than this is marked, but not worth zooming out for."""
MOST_ALERTS = 300
"""Open alerts on the map, the first in queue order; the rest stay in the queue."""


class MapFeed(QObject):
    """Re-reads the store for one map."""

    def __init__(self, store: Store, walls: Walls, view: MapView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._walls = walls
        self._view = view
        self._pending = Changes()
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._feed)

    def on_changed(self, changes: Changes) -> None:
        """Take note; a selection goes to the map at once, everything else in its turn."""
        if changes.selection:
            self._select(self._store.selected_alert)
        self._pending |= changes
        if not self._timer.isActive():
            self._timer.start()

    def set_on_wall(self, cameras: frozenset[CameraId]) -> None:
        """Mark the cameras that a wall shows."""
        self._view.set_on_wall(cameras)

    def _feed(self) -> None:
        changes, self._pending = self._pending, Changes()
        if changes.cameras or changes.session or changes.all_reloaded:
            cameras = list(self._store.cameras.values())
            self._view.set_cameras(cameras, sees=self._store.may(Right.SEE_ROOM))
        if changes.alerts or changes.all_reloaded:
            self._view.set_alerts(self._open_alerts())
        if changes.incidents or changes.all_reloaded:
            self._view.set_incidents([i for i in self._store.incidents.values() if i.is_open])
        if changes.all_reloaded:
            self._select(self._store.selected_alert)

    def _open_alerts(self) -> list[Alert]:
        on_map = (
            alert
            for alert in self._store.alerts
            if alert.position is not None and alert.status is AlertStatus.NEW
        )
        shown = list(islice(on_map, MOST_ALERTS))
        selected = self._store.alerts.get(self._store.selected_alert) if self._store.selected_alert else None
        if selected is not None and selected not in shown:
            shown.append(selected)
        return shown

    def _select(self, alert_id: AlertId | None) -> None:
        if alert_id is not None:
            self._view.set_alerts(self._open_alerts())
        nearest = self._walls.nearest(alert_id)
        self._view.set_marked(nearest)
        self._view.select_alert(alert_id)
        if (bounds := self._surroundings(alert_id, nearest)) is not None:
            self._view.fit(bounds)

    def _surroundings(self, alert_id: AlertId | None, cameras: Sequence[CameraId]) -> Bounds | None:
        """Return what holds the alert and its nearest cameras, None where none is near."""
        alert = self._store.alerts.get(alert_id) if alert_id is not None else None
        if alert is None or alert.position is None:
            return None
        places = [self._store.cameras[camera].position for camera in cameras]
        near = [place for place in places if distance_m(place, alert.position) <= NEAR_M]
        return Bounds.around([alert.position, *near]) if near else None
