"""The web application: routes under one prefix, refusals in one form."""

from __future__ import annotations

from fastapi import FastAPI

from app.hub import live, live_kept, owner_page, refusals
from app.hub.api import (
    account_review,
    accounts,
    alerts,
    approvals,
    cameras,
    consents,
    desks,
    documents,
    exports,
    incidents,
    leases,
    mediamtx,
    metrics,
    oidc,
    owner,
    owners,
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
        owner,
        owners,
        leases,
        desks,
        approvals,
        exports,
        mediamtx,
        metrics,
        documents,
        record,
        record_export,
        reviews,
        live,
        live_kept,
    )
)
"""The hub's whole interface; each of them names the common prefix."""


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
    app.router.routes.append(alerts.EXPRESS)
    for router in (*ROUTERS, owner_page.router):
        # Including a router would build all its routes once more, at each start of a hub, and every request
        # would be matched router by router.
        app.router.routes.extend(router.routes)
    refusals.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(CountRefusals, measures=hub.measures)
    app.add_middleware(NoNul)
    return app
