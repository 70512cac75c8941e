"""Alerts: the public ingest, and what the operator does with one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import incidents
from app.hub.api.access import TheHub, may
from app.hub.ingest.report import read_report
from app.wire.hub import AlertAccepted, AlertIn

router = APIRouter(tags=["alerts"])

# The route reads the body itself, to keep it as it came; so its shape is told here. The kinds and urgencies
# that it refers to are in the document with the snapshot.
_SCHEMA = AlertIn.model_json_schema(ref_template="#/components/schemas/{model}")
_SCHEMA.pop("$defs")
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}}


@router.post("/alerts", openapi_extra=_BODY)
async def ingest_alert(
    hub: TheHub, who: Annotated[Actor, may(Right.SEND_ALERTS, senders=True)], request: Request
) -> AlertAccepted:
    """Take an alert; the answer comes after it is durable. Send the same one again as often as you like.

    With a higher revision it is corrected; with the same or a lower one nothing changes, and ``sequence`` is
    the newest number of the log.
    """
    return await hub.ingest.take(read_report(await request.body()), who)


@router.post("/alerts/{alert_id}/acknowledge", status_code=204)
async def acknowledge_alert(
    hub: TheHub, who: Annotated[Actor, may(Right.ACKNOWLEDGE)], alert_id: str
) -> None:
    """Record that the session's user has seen to the alert."""
    await hub.journal.write(who, lambda uow: incidents.acknowledge(uow, alert_id))
