"""What the room does with alerts and incidents. Every command may be repeated: a repeat changes nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from app.domain.alert import Alert, AlertStatus
from app.domain.audit import Act, AuditEntry
from app.domain.incident import EntryKind, Incident
from app.domain.rights import Right
from app.hub.consents import end_withheld
from app.hub.db.account_book import account_of
from app.hub.db.alert_book import AlertWrite, alert_by_id, alerts_by_id, write_alerts
from app.hub.db.directory import camera_by_id
from app.hub.db.incident_book import IncidentRecord, has_note, incident_by_id, open_incidents_of_alert
from app.hub.db.incident_shares import drop_share, is_shared, write_share
from app.hub.db.lease_book import running_leases, write_end
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, NotFoundError
from app.wire.hub import IncidentIn, NoteIn


async def acknowledge(uow: UnitOfWork, alert_id: str) -> None:
    """Record that an alert is seen to; the first one to do so stays its handler."""
    await _handle(uow, await _alert(uow, alert_id))


async def open_incident(uow: UnitOfWork, wanted: IncidentIn) -> str:
    """Open an incident and return its id; one opened from an alert takes it, and its place, with it."""
    lat, lon = wanted.lat, wanted.lon
    alert = await _alert(uow, wanted.alert_id) if wanted.alert_id is not None else None
    if lat is None and alert is not None and alert.position is not None:
        lat, lon = alert.position.lat, alert.position.lon
    incident_id = uuid4().hex
    record = IncidentRecord(uow, incident_id)
    await record.add(wanted.title, lat, lon)
    if alert is None:
        await record.write_line(EntryKind.OPENED, "Opened the incident")
    else:
        await record.add_alert(alert.id)
        await record.write_line(EntryKind.OPENED, f"Opened the incident from the alert {alert.title}")
        await _handle(uow, alert)
    await record.close_record()
    return incident_id


async def add_alert(uow: UnitOfWork, incident_id: str, alert_id: str) -> None:
    """Tie an alert to an open incident; that is seeing to the alert."""
    incident = await _incident(uow, incident_id)
    alert = await _alert(uow, alert_id)
    if alert.id in incident.alert_ids:
        return
    _refuse_when_closed(incident)
    record = IncidentRecord(uow, incident_id)
    await record.add_alert(alert.id)
    await record.write_line(
        EntryKind.ALERT_ADDED, f"Added the alert {alert.title}", subject=f"alert/{alert.id}"
    )
    await _handle(uow, alert)
    await record.close_record()


async def pin_camera(uow: UnitOfWork, incident_id: str, camera_id: str) -> None:
    """Pin a camera to an open incident."""
    incident = await _incident(uow, incident_id)
    camera = await camera_by_id(uow, camera_id)
    if camera is None or not uow.by.reach.holds_camera(Right.SEE_ROOM, camera):
        raise NotFoundError("There is no such camera in the directory.")
    if any(pin.camera_id == camera_id for pin in incident.pins):
        return
    _refuse_when_closed(incident)
    record = IncidentRecord(uow, incident_id)
    await record.pin(camera_id)
    await record.write_line(
        EntryKind.CAMERA_PINNED, f"Pinned camera {camera.name}", subject=f"camera/{camera_id}"
    )
    await record.close_record()


async def unpin_camera(uow: UnitOfWork, incident_id: str, camera_id: str) -> None:
    """Take a pin off an open incident; the timeline keeps both."""
    incident = await _incident(uow, incident_id)
    if not any(pin.camera_id == camera_id for pin in incident.pins):
        return
    _refuse_when_closed(incident)
    camera = await camera_by_id(uow, camera_id)
    record = IncidentRecord(uow, incident_id)
    await record.unpin(camera_id)
    await record.write_line(
        EntryKind.CAMERA_UNPINNED,
        f"Unpinned camera {camera.name if camera else camera_id}",
        subject=f"camera/{camera_id}",
    )
    await record.close_record()


async def add_note(uow: UnitOfWork, incident_id: str, note: NoteIn) -> None:
    """Write a note, once for each ``note_id``; a closed incident still takes notes."""
    await _incident(uow, incident_id)
    if await has_note(uow, incident_id, note.note_id):
        return
    record = IncidentRecord(uow, incident_id)
    await record.write_line(EntryKind.NOTE, note.text, note_id=note.note_id)
    await record.close_record()


async def close_incident(uow: UnitOfWork, incident_id: str) -> None:
    """Close an incident, its alerts that no other open one holds, and the private looks that were for it."""
    incident = await _incident(uow, incident_id)
    if not incident.is_open:
        return
    record = IncidentRecord(uow, incident_id)
    await record.close()
    await record.write_line(EntryKind.CLOSED, "Closed the incident")
    await record.close_record()
    done = [
        AlertWrite(
            replace(alert, status=AlertStatus.CLOSED, handled_by=alert.handled_by or uow.by.name), alert
        )
        for alert in await alerts_by_id(uow, incident.alert_ids)
        if alert.status is not AlertStatus.CLOSED and not await open_incidents_of_alert(uow, alert.id)
    ]
    await write_alerts(uow, done)
    looks = [look for look in await running_leases(uow) if look.incident_id == incident_id]
    await end_withheld(uow, looks)
    for look in looks:
        # Opened to them for this incident, which is over.
        if await is_shared(uow, incident_id, look.who):
            await write_end(uow, look, "revoked", "The incident is closed.")


async def share(uow: UnitOfWork, incident_id: str, account_name: str) -> None:
    """Open an open incident's private cameras to an account, as far as their owners allow it (R14).

    Raises:
        NotFoundError: no such incident or account.
    """
    incident = await _incident(uow, incident_id)
    _refuse_when_closed(incident)
    record = await account_of(uow, account_name)
    if record is None:
        raise NotFoundError("There is no such account.")
    if not await is_shared(uow, incident_id, account_name):
        await write_share(uow, incident_id, record.account.name)


async def unshare(uow: UnitOfWork, incident_id: str, account_name: str) -> None:
    """Close them to it again; looks that were for the incident end at once."""
    await _incident(uow, incident_id)
    if not await is_shared(uow, incident_id, account_name):
        return
    await drop_share(uow, incident_id, account_name)
    for look in await running_leases(uow):
        if look.incident_id == incident_id and look.who.casefold() == account_name.casefold():
            await write_end(uow, look, "revoked", "The incident is not open to you any more.")


async def _handle(uow: UnitOfWork, alert: Alert) -> None:
    if alert.status is not AlertStatus.NEW:
        return
    uow.audit(AuditEntry(Act.ALERT_ACKNOWLEDGE, f"alert/{alert.id}"))
    handled = replace(alert, status=AlertStatus.ACKNOWLEDGED, handled_by=uow.by.name)
    await write_alerts(uow, [AlertWrite(handled, alert)])


async def _alert(uow: UnitOfWork, alert_id: str) -> Alert:
    alert = await alert_by_id(uow, alert_id)
    if alert is None or not uow.by.reach.holds_alert(Right.SEE_ROOM, alert.source, alert.position):
        # What lies outside a shift is as good as none.
        raise NotFoundError("There is no such alert.")
    return alert


async def _incident(uow: UnitOfWork, incident_id: str) -> Incident:
    incident = await incident_by_id(uow, incident_id)
    if incident is None or not uow.by.reach.holds_place(Right.SEE_ROOM, incident.position):
        raise NotFoundError("There is no such incident.")
    return incident


def _refuse_when_closed(incident: Incident) -> None:
    if not incident.is_open:
        raise ConflictError(
            "The incident is closed; its record takes notes only.", "Open a new incident and pin there."
        )
