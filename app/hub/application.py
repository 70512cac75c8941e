"""The web application: routes under one prefix, refusals in one form."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from app.hub import live, refusals
from app.hub.api import (
    account_review,
    accounts,
    alerts,
    cameras,
    consents,
    documents,
    incidents,
    leases,
    mediamtx,
    metrics,
    oidc,
    record,
    record_export,
    reviews,
    session,
    shifts,
    snapshot,
    workstations,
)
from app.hub.body_limit import BodyLimit
from app.hub.core import Hub
from app.hub.measures import CountRefusals
from app.hub.no_nul import NoNul
from app.wire.hub import API

ROUTERS = tuple(
    part.router
    for part in (
        # First: routes are tried in this order, and an alert storm asks for nothing else.
        alerts,
        session,
        workstations,
        oidc,
        account_review,
        accounts,
        shifts,
        snapshot,
        incidents,
        cameras,
        consents,
        leases,
        mediamtx,
        metrics,
        documents,
        record,
        record_export,
        reviews,
        live,
    )
)
"""The hub's whole interface, below one prefix."""


def application(hub: Hub) -> FastAPI:
    """Return the web application that serves a hub."""
    app = FastAPI(
        title="Watchfloor hub",
        version="1",
        openapi_url=f"{API}/openapi.json",
        # The documentation pages load scripts from a CDN; nothing here reaches out.
        docs_url=None,
        redoc_url=None,
        # A redirection would lead to whatever host the request names.
        redirect_slashes=False,
    )
    app.state.hub = hub
    api = APIRouter(prefix=API)
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    refusals.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(CountRefusals, measures=hub.measures)
    app.add_middleware(NoNul)
    return app
