"""Owners' consents in the database; every write records its ``consent.changed``."""

from __future__ import annotations

import hashlib
import json
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
    query = sa.select(consents).where(consents.c.camera_id.in_(sorted(camera_ids)))
    # The last one of each camera stays in the dictionary.
    found = await rows.rows(query.order_by(consents.c.number))
    return {row["camera_id"]: consent_from(row) for row in found}


async def write_consent(uow: UnitOfWork, camera_id: str, consent: Consent) -> None:
    """Let a consent hold from now on; the earlier ones are kept."""
    count = sa.select(sa.func.count().label("n")).where(consents.c.camera_id == camera_id)
    number = int((await uow.rows(count))[0]["n"]) + 1
    values = {
        "camera_id": camera_id,
        "number": number,
        "given_at": uow.now,
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
    await uow.change(sa.insert(consents).values(**values))
    uow.audit(
        AuditEntry(Act.CONSENT, f"camera/{camera_id}", camera_id=camera_id, detail=_terms(consent, number))
    )
    # Who agreed, and by which document, is for those who may read it, not for every desk.
    told = {"camera_id": camera_id, "level": int(consent.level), "scope": consent.scope.value}
    uow.record("consent.changed", f"camera/{camera_id}", told)


def _terms(consent: Consent, number: int) -> str:
    """Return a consent's terms for the record, and a hash of who gave it, how and in which document.

    So nobody can say later that another consent held; and a person's name is not in the record.
    """
    origin = json.dumps([consent.given_by, consent.obtained, consent.document]).encode()
    terms = [
        f"no. {number}, level {int(consent.level)}, {consent.scope.value}",
        f"from {consent.valid_from.isoformat()}",
        f"until {consent.valid_until.isoformat()}" if consent.valid_until is not None else "without end",
    ]
    if consent.windows:
        windows = "; ".join(f"{w.weekday} {w.begin_min}-{w.end_min}" for w in consent.windows)
        terms.append(f"hours {windows} {consent.zone}")
    if consent.radius_m or consent.minutes:
        terms.append(f"{consent.radius_m:g} m, {consent.minutes:g} min")
    return ", ".join([*terms, f"origin sha256 {hashlib.sha256(origin).hexdigest()}"])


def consent_from(row: Row) -> Consent:
    """Return the consent that a row keeps."""
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
