"""What the hub says of itself: its health and the documents of its protocols."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from app.hub.api.access import OPEN, TheHub
from app.hub.asyncapi import live_protocol
from app.hub.vault import VaultMode
from app.wire.hub import API

router = APIRouter(prefix=API, tags=["documents"])


class Health(BaseModel):
    """That the hub answers, and how far its log goes."""

    status: Literal["ok"] = "ok"
    hub_id: str
    sequence: int
    secrets: VaultMode
    record: Literal["ok", "unsigned", "failing"]


@router.get("/health", dependencies=[OPEN])
async def health(hub: TheHub) -> Health:
    """Say that the hub is up. Open to anybody who reaches it; it tells nothing of the room."""
    return Health(hub_id=hub.id, sequence=hub.log.head, secrets=hub.vault.mode, record=hub.record_state)


@router.get("/asyncapi.json", dependencies=[OPEN])
async def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3 document of the live protocol."""
    return live_protocol()
