"""What owners of private cameras agreed to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from app.domain.audit import Actor
from app.domain.rights import Right
from app.hub import consents
from app.hub.api.access import TheHub, may
from app.wire.consent import ConsentIn

router = APIRouter(tags=["consents"])


@router.put("/cameras/{camera_id:path}/consent", status_code=204)
async def set_consent(
    hub: TheHub, who: Annotated[Actor, may(Right.CONSENT_EDIT)], camera_id: str, wanted: ConsentIn
) -> None:
    """Record a consent in place of an earlier one. Looks that are not within it end at once."""
    await hub.journal.write(who, lambda uow: consents.set_consent(uow, camera_id, wanted.consent()))
