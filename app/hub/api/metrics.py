"""The hub's figures, for Prometheus. They tell how busy the room is, so not everybody gets them."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.wire.hub import API

router = APIRouter(prefix=API, tags=["metrics"])


@router.get("/metrics", dependencies=[may(Right.SETTINGS, scrapers=True)])
async def metrics(hub: TheHub) -> Response:
    """Return the hub's figures in Prometheus's text format, version 0.0.4."""
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4  # noqa: PLC0415 (nobody may ever ask)

    from app.hub.figures import prometheus_text  # noqa: PLC0415 (as above)

    return Response(await prometheus_text(hub), media_type=CONTENT_TYPE_PLAIN_0_0_4)
