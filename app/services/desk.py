"""Commands to the hub: each is one call, and what it changes comes back as events."""

from __future__ import annotations

from app.domain.alert import Alert
from app.domain.errors import OperatorError
from app.domain.events import AlertSelected
from app.domain.ids import AlertId, CameraId, IncidentId
from app.domain.ports import HubGateway, ImportPlan
from app.store.state import Store


class Desk:
    """What an operator does to alerts, incidents and the directory.

    Every coroutine raises `SourceError` when the hub does not answer, `OperatorError` when it refuses.
    """

    def __init__(self, store: Store, hub: HubGateway) -> None:
        self._store = store
        self._hub = hub

    def select_alert(self, alert_id: AlertId | None) -> None:
        """Make an alert the selected one on every view."""
        self._store.apply(AlertSelected(alert_id))

    async def acknowledge(self, alert_id: AlertId) -> None:
        """Record that this operator has seen to an alert."""
        await self._hub.acknowledge_alert(alert_id)

    async def open_incident(self, title: str) -> IncidentId:
        """Open an incident by hand.

        Raises:
            OperatorError: the title is empty.
        """
        if not title.strip():
            raise OperatorError("An incident needs a title.", "Write a few words that tell it apart.")
        return await self._hub.open_incident(title.strip(), None, None)

    async def open_incident_from(self, alert_id: AlertId) -> IncidentId:
        """Open an incident from an alert, or return the open one that the alert already belongs to."""
        alert = self._alert(alert_id)
        for incident in self._store.incidents.values():
            if incident.is_open and alert_id in incident.alert_ids:
                return incident.id
        return await self._hub.open_incident(alert.title, alert.position, alert_id)

    async def pin(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Pin a camera to an incident."""
        await self._hub.pin_camera(incident_id, camera_id)

    async def unpin(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        """Take a pin away."""
        await self._hub.unpin_camera(incident_id, camera_id)

    async def note(self, incident_id: IncidentId, text: str, note_id: str) -> None:
        """Write a note; the same ``note_id`` again writes nothing twice."""
        await self._hub.add_note(incident_id, text, note_id)

    async def close_incident(self, incident_id: IncidentId) -> None:
        """Close an incident."""
        await self._hub.close_incident(incident_id)

    async def plan_import(self, name: str, content: bytes) -> ImportPlan:
        """Check a camera file; nothing is changed yet."""
        return await self._hub.plan_import(name, content)

    async def apply_import(self, plan: ImportPlan) -> None:
        """Carry out an import that the operator has agreed to."""
        await self._hub.apply_import(plan.token)

    def _alert(self, alert_id: AlertId) -> Alert:
        alert = self._store.alerts.get(alert_id)
        if alert is None:
            raise OperatorError("This alert is no longer in the queue.")
        return alert
