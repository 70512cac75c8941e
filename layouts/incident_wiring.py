"""What is asked of incidents, from their own pane and from anywhere else, and the use case that does it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.events import NoticeLevel
from app.domain.ids import AlertId, CameraId, IncidentId
from layouts.holding_flow import HoldingFlow
from layouts.parts import Parts
from widgets.incidents import IncidentPanel
from widgets.view_state_incidents import NoteDraft


class IncidentWiring(QObject):
    """Connects the incidents' pane to its services. Failures come back as notices."""

    def __init__(self, parts: Parts, panel: IncidentPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._panel = panel
        telling = parts.owner_telling
        self.holding = HoldingFlow(parts, panel.detail.holding, telling, self) if telling else None
        panel.open_requested.connect(self._on_open_requested)
        panel.pin_requested.connect(self._on_pin_requested)
        panel.unpin_requested.connect(self._on_unpin_requested)
        panel.note_requested.connect(self._on_note_requested)
        panel.close_requested.connect(self._on_close_requested)

    def open_from(self, alert_id: str) -> None:
        """Open an incident from an alert, or go to the one it belongs to."""
        self._parts.tasks.start("Opening an incident", self._open_from(AlertId(alert_id)))

    async def _open_from(self, alert_id: AlertId) -> None:
        self._panel.select(await self._parts.desk.open_incident_from(alert_id))

    def _on_open_requested(self, title: str) -> None:
        self._parts.tasks.start("Opening an incident", self._open(title))

    async def _open(self, title: str) -> None:
        self._panel.select(await self._parts.desk.open_incident(title))

    def pin_at_hand(self, camera_id: str) -> None:
        """Pin a camera to the selected incident, or say that there is none."""
        incident_id = self._panel.selected()
        incident = self._parts.store.incidents.get(incident_id) if incident_id else None
        if incident is None or not incident.is_open:
            self._parts.notify.tell(
                NoticeLevel.INFO,
                "No open incident is selected, so the camera was not pinned.",
                "Select one in the Incidents pane, or open one from an alert.",
            )
            return
        self._on_pin_requested(incident.id, camera_id)

    def _on_pin_requested(self, incident_id: str, camera_id: str) -> None:
        work = self._parts.desk.pin(IncidentId(incident_id), CameraId(camera_id))
        self._parts.tasks.start("Pinning the camera", work)

    def _on_unpin_requested(self, incident_id: str, camera_id: str) -> None:
        work = self._parts.desk.unpin(IncidentId(incident_id), CameraId(camera_id))
        self._parts.tasks.start("Taking the pin away", work)

    def _on_note_requested(self, draft: NoteDraft) -> None:
        self._parts.tasks.start("Writing the note", self._note(draft))

    async def _note(self, draft: NoteDraft) -> None:
        written = False
        try:
            await self._parts.desk.note(draft.incident_id, draft.text, draft.note_id)
            written = True
        finally:
            if not written:
                self._panel.note_failed(draft.note_id)

    def _on_close_requested(self, incident_id: str) -> None:
        work = self._parts.desk.close_incident(IncidentId(incident_id))
        self._parts.tasks.start("Closing the incident", work)
