"""Every consent that was recorded of a camera, and the private cameras with the one that holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act
from app.domain.consent import Consent
from app.hub.db.consent_book import consent_from
from app.hub.db.database import Rows
from app.hub.db.tables import audit, consents


@dataclass(frozen=True, slots=True)
class NumberedConsent:
    """A consent as it was recorded: the camera's first one has the number 1."""

    number: int
    recorded_at: datetime
    consent: Consent


@dataclass(frozen=True, slots=True)
class ConsentOnRecord:
    """A consent as the record tells it, for ever: its terms, and a hash of who gave it and how."""

    position: int
    at: datetime
    terms: str


async def history_of(rows: Rows, camera_id: str) -> list[NumberedConsent]:
    """Return a camera's consents, newest first; the first of them holds. None: it is the city's own."""
    query = sa.select(consents).where(consents.c.camera_id == camera_id)
    found = await rows.rows(query.order_by(consents.c.number.desc()))
    return [NumberedConsent(row["number"], row["given_at"], consent_from(row)) for row in found]


async def consent_at(rows: Rows, camera_id: str, at: datetime) -> NumberedConsent | None:
    """Return the consent that held at a time, None where the camera was the city's own then."""
    known = await history_of(rows, camera_id)
    return next((numbered for numbered in known if numbered.recorded_at <= at), None)


async def consents_on_record(rows: Rows, camera_id: str) -> list[ConsentOnRecord]:
    """Return what the record tells of a camera's consents, oldest first, of an owner who has left too."""
    query = sa.select(audit.c.position, audit.c.at, audit.c.record).where(
        audit.c.camera_id == camera_id, audit.c.act == Act.CONSENT.value
    )
    return [
        ConsentOnRecord(row["position"], row["at"], json.loads(row["record"])["detail"] or "")
        for row in await rows.rows(query.order_by(audit.c.position))
    ]


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
