"""Owners' consents in the database; every write records its ``consent.changed``."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.consent import Consent, ConsentLevel, ConsentScope, Window
from app.hub.db.database import Row, Rows
from app.hub.db.tables import consents
from app.hub.db.unit_of_work import UnitOfWork


async def consent_of(rows: Rows, camera_id: str) -> Consent | None:
    """Return what a camera's owner agreed to, None where the camera is the city's own."""
    return (await consents_of(rows, [camera_id])).get(camera_id)


async def consents_of(rows: Rows, camera_ids: Collection[str]) -> dict[str, Consent]:
    """Return the consents of those of the cameras that are private."""
    found = await rows.rows(sa.select(consents).where(consents.c.camera_id.in_(sorted(camera_ids))))
    return {row["camera_id"]: _consent(row) for row in found}


async def write_consent(uow: UnitOfWork, camera_id: str, consent: Consent) -> None:
    """Put a consent in the place of an earlier one."""
    values = {
        "camera_id": camera_id,
        "level": int(consent.level),
        "scope": consent.scope.value,
        "given_by": consent.given_by,
        "obtained": consent.obtained,
        "document": consent.document,
        "valid_from": consent.valid_from,
        "valid_until": consent.valid_until,
        "windows": [[w.weekday, w.begin_min, w.end_min] for w in consent.windows],
        "zone": consent.zone,
        "radius_m": consent.radius_m,
        "minutes": consent.minutes,
    }
    await uow.change(sa.delete(consents).where(consents.c.camera_id == camera_id))
    await uow.change(sa.insert(consents).values(**values))
    how = f"level {int(consent.level)}, {consent.scope.value}"
    uow.audit(AuditEntry(Act.CONSENT, f"camera/{camera_id}", camera_id=camera_id, detail=how))
    # Who agreed, and by which document, is for those who may read it, not for every desk.
    told = {"camera_id": camera_id, "level": int(consent.level), "scope": consent.scope.value}
    uow.record("consent.changed", f"camera/{camera_id}", told)


def _consent(row: Row) -> Consent:
    return Consent(
        level=ConsentLevel(row["level"]),
        scope=ConsentScope(row["scope"]),
        given_by=row["given_by"],
        obtained=row["obtained"],
        document=row["document"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        windows=tuple(Window(*window) for window in row["windows"]),
        zone=row["zone"],
        radius_m=row["radius_m"],
        minutes=row["minutes"],
    )
