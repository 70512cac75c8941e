"""Who hears whom: every intent of the main window and the use case that carries it out, on one page."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.events import NoticeLevel
from app.domain.ids import AlertId, CameraId, IncidentId, WallId
from layouts.accounts_flow import AccountsFlow
from layouts.approvals_flow import ApprovalsFlow
from layouts.consents_flow import ConsentsFlow
from layouts.console_window import ConsoleWindow
from layouts.desks_flow import DesksFlow
from layouts.import_flow import ImportFlow
from layouts.incident_wiring import IncidentWiring
from layouts.layout_wiring import LayoutWiring
from layouts.map_feed import MapFeed
from layouts.parts import Parts
from layouts.presence_flow import PresenceFlow
from layouts.proof_flow import ProofFlow
from layouts.record_flow import RecordFlow
from layouts.rights_review_flow import RightsReviewFlow
from layouts.shifts_window import ShiftsFlow
from layouts.wall_pane import WallPane

CLOSE_LOOK = 17.0
"""Map zoom at which one street corner fills the pane."""


class Wiring(QObject):
    """Connects one console window to the services. Failures come back as notices."""

    def __init__(self, parts: Parts, window: ConsoleWindow) -> None:
        super().__init__(window)
        self._parts = parts
        self._window = window
        self._panes: list[WallPane] = []
        self._feed = MapFeed(parts.store, parts.walls, window.map, self)
        self._import = ImportFlow(parts, window)
        self._incidents = IncidentWiring(parts, window.incidents, self)
        self.record = RecordFlow(parts, window, parts.record) if parts.record is not None else None
        self.consents = ConsentsFlow(parts, window, parts.consents) if parts.consents is not None else None
        self.accounts = AccountsFlow(parts, window, parts.accounts) if parts.accounts is not None else None
        review = parts.rights_review
        self.rights_review = RightsReviewFlow(parts, window, review) if review is not None else None
        self.shifts = ShiftsFlow(parts, window, parts.shifts) if parts.shifts is not None else None
        desks = parts.desks
        self.desks = DesksFlow(parts, window, desks, self._wall_windows) if desks is not None else None
        self.presence = PresenceFlow(parts, window, parts.presence) if parts.presence is not None else None
        self.approvals = (
            ApprovalsFlow(parts, window, parts.approvals) if parts.approvals is not None else None
        )
        self.proof = ProofFlow(parts, window, parts.proof) if parts.proof is not None else None
        parts.bridge.changed.connect(self._on_changed)
        self._wire_cameras()
        self._wire_alerts()
        self._wire_map()
        window.incidents.camera_activated.connect(self._on_camera_activated)
        window.notices.dismiss_requested.connect(parts.notify.dismiss)
        self.add_pane(window.wall)

    def add_pane(self, pane: WallPane) -> None:
        """Wire a wall, the main one or one in a window of its own."""
        self._panes.append(pane)
        pane.locate_requested.connect(self._on_locate_requested)
        pane.pin_requested.connect(self._incidents.pin_at_hand)
        LayoutWiring(self._parts, pane, self._all_panes)

    def remove_pane(self, pane: WallPane) -> None:
        """Forget a wall whose window has closed."""
        self._panes.remove(pane)
        self._mark_on_wall()

    def close_rooms_windows(self) -> None:
        """Put away the windows of the record, of the consents and of the desks."""
        for flow in (self.record, self.consents, self.desks):
            if flow is not None:
                flow.close()

    def _all_panes(self) -> tuple[WallPane, ...]:
        return tuple(self._panes)

    def _wall_windows(self) -> list[WallId]:
        """Return the walls that have windows of their own."""
        return [pane.wall_id for pane in self._panes if pane is not self._window.wall]

    # Wires

    def _wire_cameras(self) -> None:
        cameras = self._window.cameras
        cameras.camera_activated.connect(self._on_camera_activated)
        cameras.camera_located.connect(self._on_locate_requested)
        cameras.pin_requested.connect(self._incidents.pin_at_hand)
        cameras.import_requested.connect(self._import.begin)

    def _wire_alerts(self) -> None:
        alerts = self._window.alerts
        alerts.alert_selected.connect(self._parts.desk.select_alert)
        alerts.acknowledge_requested.connect(self._on_acknowledge_requested)
        alerts.incident_requested.connect(self._incidents.open_from)
        alerts.show_nearest_requested.connect(self._on_show_nearest_requested)

    def _wire_map(self) -> None:
        view = self._window.map
        view.camera_activated.connect(self._on_camera_activated)
        view.alert_activated.connect(self._on_alert_activated)
        view.incident_activated.connect(self._on_incident_activated)
        view.notice_raised.connect(self._on_map_notice)

    # Facts

    def _on_changed(self, changes: Changes) -> None:
        window = self._window
        window.cameras.on_changed(changes)
        window.alerts.on_changed(changes)
        window.incidents.on_changed(changes)
        window.notices.on_changed(changes)
        window.status.on_changed(changes)
        self._feed.on_changed(changes)
        if changes.walls:
            self._mark_on_wall()

    def _mark_on_wall(self) -> None:
        cameras = frozenset(camera for pane in self._panes for camera in pane.cameras())
        self._window.cameras.set_on_wall(cameras)
        self._feed.set_on_wall(cameras)

    # Intents

    def _on_camera_activated(self, camera_id: str) -> None:
        self._parts.walls.show(self._window.wall.wall_id, [CameraId(camera_id)])

    def _on_locate_requested(self, camera_id: str) -> None:
        camera = self._parts.store.cameras.get(CameraId(camera_id))
        if camera is not None:
            self._window.map.go_to(camera.position, CLOSE_LOOK)

    def _on_alert_activated(self, alert_id: str) -> None:
        self._window.alerts.select(AlertId(alert_id))

    def _on_incident_activated(self, incident_id: str) -> None:
        self._window.incidents.select(IncidentId(incident_id))

    def _on_map_notice(self, message: str, hint: str) -> None:
        self._parts.notify.tell(NoticeLevel.WARNING, message, hint, of_desk=True)

    def _on_acknowledge_requested(self, alert_id: str) -> None:
        work = self._parts.desk.acknowledge(AlertId(alert_id))
        self._parts.tasks.start("Acknowledging the alert", work)

    def _on_show_nearest_requested(self, alert_id: str) -> None:
        if not self._parts.walls.show_nearest(self._window.wall.wall_id, AlertId(alert_id)):
            self._parts.notify.tell(
                NoticeLevel.INFO, "This alert has no position, so no camera is nearest to it."
            )
