"""Every consent that was recorded of a camera, and the private cameras with the one that holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.consent import Consent
from app.hub.db.consent_book import consent_from
from app.hub.db.database import Rows
from app.hub.db.tables import consents


@dataclass(frozen=True, slots=True)
class NumberedConsent:
    """A consent as it was recorded: the camera's first one has the number 1."""

    number: int
    recorded_at: datetime
    consent: Consent


async def history_of(rows: Rows, camera_id: str) -> list[NumberedConsent]:
    """Return a camera's consents, newest first; the first of them holds. None: it is the city's own."""
    query = sa.select(consents).where(consents.c.camera_id == camera_id)
    found = await rows.rows(query.order_by(consents.c.number.desc()))
    return [NumberedConsent(row["number"], row["given_at"], consent_from(row)) for row in found]


async def consent_at(rows: Rows, camera_id: str, at: datetime) -> NumberedConsent | None:
    """Return the consent that held at a time, None where the camera was the city's own then."""
    known = await history_of(rows, camera_id)
    return next((numbered for numbered in known if numbered.recorded_at <= at), None)


async def private_cameras(rows: Rows) -> dict[str, NumberedConsent]:
    """Return the consent that holds of each private camera, by its id."""
    newest = sa.select(consents.c.camera_id, sa.func.max(consents.c.number).label("number"))
    newest_of_each = newest.group_by(consents.c.camera_id).subquery()
    query = sa.select(consents).join(
        newest_of_each,
        sa.and_(
            consents.c.camera_id == newest_of_each.c.camera_id,
            consents.c.number == newest_of_each.c.number,
        ),
    )
    found = await rows.rows(query.order_by(consents.c.camera_id))
    return {
        row["camera_id"]: NumberedConsent(row["number"], row["given_at"], consent_from(row)) for row in found
    }
