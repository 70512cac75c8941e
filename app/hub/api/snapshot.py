"""The whole state at one number of the log."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Response

from app.domain.alert import Alert
from app.domain.audit import Actor
from app.domain.camera import Camera
from app.domain.incident import Incident
from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.hub.db.alert_book import alerts_for_desk
from app.hub.db.directory import all_cameras
from app.hub.db.incident_book import incidents_for_desk
from app.hub.db.tables import meta
from app.hub.redaction import View
from app.hub.vault import VaultMode
from app.wire.convert import alert_to, camera_to, incident_to
from app.wire.hub import API, SnapshotMessage

ALERTS = 5000
CLOSED_INCIDENTS = timedelta(days=30)

router = APIRouter(prefix=API, tags=["state"])


@router.get("/snapshot", response_model=SnapshotMessage)
async def snapshot(hub: TheHub, who: Annotated[Actor, may(Right.SEE_ROOM)]) -> Response:
    """Return all cameras, the alerts and incidents of a desk, and the number that they are the state of."""
    async with hub.database.reading() as reading:
        sequence = (await reading.rows(sa.select(meta.c.head)))[0]["head"]
        cameras = await all_cameras(reading)
        alerts = await alerts_for_desk(reading, ALERTS)
        incidents = await incidents_for_desk(reading, hub.now() - CLOSED_INCIDENTS)
    # Thousands of cameras take a while to write out; the loop goes on meanwhile.
    view = View(who.name, who.reach)
    body = await asyncio.to_thread(
        lambda: view.snapshot(_text(hub.log.id, hub.vault.mode, sequence, cameras, alerts, incidents))
    )
    return Response(body, media_type="application/json")


def _text(
    hub_id: str,
    secrets: VaultMode,
    sequence: int,
    cameras: list[Camera],
    alerts: list[Alert],
    incidents: list[Incident],
) -> str:
    return SnapshotMessage(
        hub_id=hub_id,
        sequence=sequence,
        secrets=secrets,
        cameras=[camera_to(camera) for camera in cameras],
        alerts=[alert_to(alert) for alert in alerts],
        incidents=[incident_to(incident) for incident in incidents],
    ).model_dump_json()
