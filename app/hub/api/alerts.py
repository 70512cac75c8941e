"""Alerts: the public ingest, and what the operator does with one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import incidents
from app.hub.api.access import May, TheHub, may
from app.hub.ingest.report import read_report
from app.wire.hub import API, AlertAccepted, AlertIn

router = APIRouter(prefix=API, tags=["alerts"])

# The route reads the body itself, to keep it as it came; so its shape is told here. The kinds and urgencies
# that it refers to are in the document with the snapshot.
_SCHEMA = AlertIn.model_json_schema(ref_template="#/components/schemas/{model}")
_SCHEMA.pop("$defs")
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}}

_MAY_SEND = May(Right.SEND_ALERTS, senders=True)


@router.post("/alerts", openapi_extra=_BODY)
async def ingest_alert(
    hub: TheHub, who: Annotated[Actor, Depends(_MAY_SEND)], request: Request
) -> AlertAccepted:
    """Take an alert; the answer comes after it is durable. Send the same one again as often as you like.

    With a higher revision it is corrected; with the same or a lower one nothing changes, and ``sequence`` is
    the newest number of the log.
    """
    return await hub.ingest.take(read_report(await request.body()), who)


class _Express:
    """`ingest_alert` by the same right and the same code, without what FastAPI does around every route.

    That takes as long as all the hub does for an alert, and a storm asks for nothing else.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; refusals are answered where those of all routes are."""
        scope["route"] = EXPRESS
        request = Request(scope, receive)
        hub: TheHub = request.app.state.hub
        who = await _MAY_SEND(hub, request, request.headers.get("authorization"))
        accepted = await ingest_alert(hub, who, request)
        await Response(accepted.model_dump_json(), media_type="application/json")(scope, receive, send)


EXPRESS = Route(f"{API}/alerts", _Express(), methods=["POST"], include_in_schema=False)
"""Tried before all others. The interface's documents and the rights' table know the route above."""


@router.post("/alerts/{alert_id}/acknowledge", status_code=204)
async def acknowledge_alert(
    hub: TheHub, who: Annotated[Actor, may(Right.ACKNOWLEDGE)], alert_id: str
) -> None:
    """Record that the session's user has seen to the alert."""
    await hub.journal.write(who, lambda uow: incidents.acknowledge(uow, alert_id))
