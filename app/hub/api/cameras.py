"""The camera directory's import: first the plan, then, when the operator agrees, the deed."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.wire.hub import API, ImportPlanOut

log = structlog.get_logger("hub")
router = APIRouter(prefix=f"{API}/cameras/import", tags=["cameras"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_Who = Annotated[Actor, may(Right.CAMERAS_IMPORT)]
_Name = Annotated[str, Query(min_length=1, max_length=255, description="the file's name, for the log")]


@router.post("", openapi_extra=_BODY)
async def plan_import(hub: TheHub, who: _Who, request: Request, name: _Name) -> ImportPlanOut:
    """Check a CSV or JSON camera file (the raw body) and return what importing it would do."""
    plan = await hub.imports.plan(who, await request.body())
    log.info("camera import planned", user=who.name, file=name, **_counts(plan))
    return plan


@router.post("/{token}")
async def apply_import(hub: TheHub, who: _Who, token: str) -> ImportPlanOut:
    """Carry out a plan, once, and return what it did."""
    done = await hub.imports.apply(who, token)
    log.info("camera import applied", user=who.name, **_counts(done))
    return done


def _counts(plan: ImportPlanOut) -> dict[str, int]:
    refused = len(plan.refused)
    return {"added": plan.added, "changed": plan.changed, "unchanged": plan.unchanged, "refused": refused}
