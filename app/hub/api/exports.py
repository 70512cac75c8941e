"""Exported recordings: put on record, and signed for."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub.api.access import TheHub, may
from app.hub.evidence.exports import sign_for
from app.wire.evidence import ExportIn, ExportOut
from app.wire.hub import API

router = APIRouter(prefix=f"{API}/exports", tags=["exports"])


@router.post("", status_code=201)
async def export(hub: TheHub, who: Annotated[Actor, may(Right.EXPORT)], told: ExportIn) -> ExportOut:
    """Put a recording that one saved on record, and return its manifest with the hub's signature.

    The look may have ended since: what counts is the use that was put on record when saving began.
    """
    signed = await sign_for(hub, who, told)
    return ExportOut(manifest=signed.manifest.decode(), signature=base64.b64encode(signed.signature).decode())
