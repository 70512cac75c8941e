"""Incidents: opening, pinning, notes, closing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import incidents
from app.hub.api.access import TheHub, may
from app.wire.hub import API, IncidentAlertIn, IncidentIn, IncidentOpened, NoteIn, PinIn

router = APIRouter(prefix=f"{API}/incidents", tags=["incidents"])

_Opens = Annotated[Actor, may(Right.INCIDENT_OPEN)]
_Works = Annotated[Actor, may(Right.INCIDENT_WORK)]
_Shares = Annotated[Actor, may(Right.INCIDENT_SHARE)]
_Closes = Annotated[Actor, may(Right.INCIDENT_CLOSE)]


@router.post("", status_code=201)
async def open_incident(hub: TheHub, who: _Opens, wanted: IncidentIn) -> IncidentOpened:
    """Open an incident, by hand or from an alert, which is thereby acknowledged."""
    return IncidentOpened(id=await hub.journal.write(who, lambda uow: incidents.open_incident(uow, wanted)))


@router.post("/{incident_id}/alerts", status_code=204)
async def add_alert(hub: TheHub, who: _Works, incident_id: str, wanted: IncidentAlertIn) -> None:
    """Tie an alert to an incident."""
    await hub.journal.write(who, lambda uow: incidents.add_alert(uow, incident_id, wanted.alert_id))


@router.post("/{incident_id}/pins", status_code=204)
async def pin_camera(hub: TheHub, who: _Works, incident_id: str, wanted: PinIn) -> None:
    """Pin a camera to an incident."""
    await hub.journal.write(who, lambda uow: incidents.pin_camera(uow, incident_id, wanted.camera_id))


@router.delete("/{incident_id}/pins/{camera_id:path}", status_code=204)
async def unpin_camera(hub: TheHub, who: _Works, incident_id: str, camera_id: str) -> None:
    """Take a pin away."""
    await hub.journal.write(who, lambda uow: incidents.unpin_camera(uow, incident_id, camera_id))


@router.post("/{incident_id}/notes", status_code=204)
async def add_note(hub: TheHub, who: _Works, incident_id: str, note: NoteIn) -> None:
    """Write a note into the timeline."""
    await hub.journal.write(who, lambda uow: incidents.add_note(uow, incident_id, note))


@router.post("/{incident_id}/close", status_code=204)
async def close_incident(hub: TheHub, who: _Closes, incident_id: str) -> None:
    """Close an incident and the alerts that belong to it alone."""
    await hub.journal.write(who, lambda uow: incidents.close_incident(uow, incident_id))


@router.put("/{incident_id}/shares/{account}", status_code=204)
async def share_incident(hub: TheHub, who: _Shares, incident_id: str, account: str) -> None:
    """Open the private cameras that are pinned to an incident to an account, as far as their owners allow."""
    await hub.journal.write(who, lambda uow: incidents.share(uow, incident_id, account))


@router.delete("/{incident_id}/shares/{account}", status_code=204)
async def unshare_incident(hub: TheHub, who: _Shares, incident_id: str, account: str) -> None:
    """Close them to it again."""
    await hub.journal.write(who, lambda uow: incidents.unshare(uow, incident_id, account))
