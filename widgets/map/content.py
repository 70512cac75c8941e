"""What the map knows: the room's cameras, alerts and incidents, and what the operator has marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.alert import Alert, AlertStatus
from app.domain.camera import Camera
from app.domain.clusters import ClusterIndex
from app.domain.geo import Bounds, LatLon
from app.domain.ids import AlertId, CameraId
from app.domain.incident import Incident


class Layer(StrEnum):
    """What the operator can show and hide."""

    CAMERAS = "cameras"
    SECTORS = "sectors"
    ALERTS = "alerts"
    INCIDENTS = "incidents"


LAYER_LABELS: Mapping[Layer, str] = {
    Layer.CAMERAS: "Cameras",
    Layer.SECTORS: "Fields of view",
    Layer.ALERTS: "Alerts",
    Layer.INCIDENTS: "Incidents",
}


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the world on screen; sizes in CSS pixels."""

    bounds: Bounds
    centre: LatLon
    zoom: float
    width_px: int
    height_px: int


class MapContent:
    """The map's inputs, indexed once per change so that panning costs only what the window holds."""

    def __init__(self) -> None:
        self.cameras: dict[CameraId, Camera] = {}
        self.sees_cameras = True
        self.alerts: dict[AlertId, Alert] = {}
        self.incidents: tuple[Incident, ...] = ()
        self.marked: tuple[CameraId, ...] = ()
        self.on_wall: frozenset[CameraId] = frozenset()
        self.selected: AlertId | None = None
        self.hidden: frozenset[Layer] = frozenset()
        self.camera_index: ClusterIndex[CameraId] = ClusterIndex(())
        self.alert_index: ClusterIndex[AlertId] = ClusterIndex(())

    def set_cameras(self, cameras: Iterable[Camera], *, sees: bool = True) -> None:
        """Replace the cameras; ``sees`` is False for a role that none are shown to."""
        self.sees_cameras = sees
        self.cameras = {camera.id: camera for camera in cameras}
        self.camera_index = ClusterIndex((c.id, c.position) for c in self.cameras.values())

    def set_alerts(self, alerts: Iterable[Alert]) -> None:
        """Replace the alerts; closed ones and those without a position are not on the map."""
        self.alerts = {
            alert.id: alert
            for alert in alerts
            if alert.position is not None and alert.status is not AlertStatus.CLOSED
        }
        self.alert_index = ClusterIndex(
            (alert.id, alert.position) for alert in self.alerts.values() if alert.position is not None
        )

    def set_incidents(self, incidents: Iterable[Incident]) -> None:
        """Replace the incidents; closed ones and those without a position are not on the map."""
        self.incidents = tuple(i for i in incidents if i.is_open and i.position is not None)

    def set_marked(self, cameras: Sequence[CameraId]) -> None:
        """Replace the marked cameras; their order is their number, from 1."""
        self.marked = tuple(dict.fromkeys(cameras))

    def selected_position(self) -> LatLon | None:
        """Return where the selected alert is, None when it is unknown or nowhere."""
        alert = self.alerts.get(self.selected) if self.selected is not None else None
        return alert.position if alert is not None else None

    def camera_bounds(self) -> Bounds | None:
        """Return the smallest rectangle around all cameras, None without any."""
        return Bounds.around(camera.position for camera in self.cameras.values())
