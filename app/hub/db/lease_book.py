"""Leases in the database: who may look at which camera until when. Addresses are not kept here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.camera import Quality
from app.hub.db.database import Row, Rows
from app.hub.db.tables import leases
from app.hub.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """One look on record."""

    id: str
    camera_id: str
    quality: Quality
    who: str
    reason: str
    incident_id: str | None
    granted_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    session: str = ""
    relay_hash: str | None = None
    title: str = ""
    """What their roles were called."""
    hub: str | None = None
    """The run of a hub that granted it, of those in the database."""
    wall: str | None = None
    """The wall that it is for, as the desk named it."""


async def lease_by_id(rows: Rows, lease_id: str) -> LeaseRecord | None:
    """Return a lease, None when there is no such id."""
    found = await rows.rows(sa.select(leases).where(leases.c.id == lease_id))
    return _lease(found[0]) if found else None


async def running_leases(rows: Rows, expired_by: datetime | None = None) -> list[LeaseRecord]:
    """Return the leases that have not ended, or only those of them that expired by a time."""
    query = sa.select(leases).where(leases.c.ended_at.is_(None))
    if expired_by is not None:
        query = query.where(leases.c.expires_at <= expired_by)
    return [_lease(row) for row in await rows.rows(query.order_by(leases.c.granted_at))]


async def looks_under(rows: Rows, session_id: str) -> list[LeaseRecord]:
    """Return the leases under a session that have not ended."""
    query = sa.select(leases).where(leases.c.ended_at.is_(None), leases.c.session == session_id)
    return [_lease(row) for row in await rows.rows(query.order_by(leases.c.granted_at))]


async def looks_between(
    rows: Rows, who: str, camera_id: str, since: datetime, until: datetime
) -> list[LeaseRecord]:
    """Return a person's looks at a camera that touch a span of time, by their beginning."""
    touches = sa.and_(
        leases.c.granted_at <= until, sa.or_(leases.c.ended_at.is_(None), leases.c.ended_at >= since)
    )
    query = sa.select(leases).where(leases.c.who == who, leases.c.camera_id == camera_id, touches)
    return [_lease(row) for row in await rows.rows(query.order_by(leases.c.granted_at))]


async def leases_left_open(rows: Rows, living: Collection[str]) -> list[LeaseRecord]:
    """Return the leases that have not ended and whose hub is not among the living."""
    left = sa.or_(leases.c.hub.is_(None), leases.c.hub.not_in(sorted(living)))
    query = sa.select(leases).where(leases.c.ended_at.is_(None), left)
    return [_lease(row) for row in await rows.rows(query.order_by(leases.c.granted_at))]


async def write_grant(uow: UnitOfWork, lease: LeaseRecord) -> None:
    """Put a granted lease on record."""
    await uow.change(
        sa.insert(leases).values(
            id=lease.id,
            camera_id=lease.camera_id,
            quality=lease.quality.value,
            who=lease.who,
            reason=lease.reason,
            incident_id=lease.incident_id,
            granted_at=lease.granted_at,
            expires_at=lease.expires_at,
            session=lease.session,
            relay_hash=lease.relay_hash,
            title=lease.title,
            hub=uow.run,
            wall=lease.wall,
        )
    )
    uow.audit(_entry(lease, Act.LOOK, None if lease.wall is None else f"for {lease.wall}"))
    data = _told(lease) | {"reason": lease.reason, "incident_id": lease.incident_id}
    uow.record("lease.granted", f"lease/{lease.id}", data)


async def write_end(uow: UnitOfWork, lease: LeaseRecord, because: str, words: str = "") -> None:
    """Put the end of a lease on record.

    ``because`` is "released", "expired", "hub restarted" or "revoked"; then ``words`` tell the desk why.
    """
    await uow.change(sa.update(leases).where(leases.c.id == lease.id).values(ended_at=uow.now))
    # Who ends it may be another than who looked.
    uow.audit(_entry(lease, Act.LOOK_END, f"{because}, look of {lease.who}"))
    uow.record("lease.ended", f"lease/{lease.id}", _told(lease) | {"because": because, "words": words})


async def write_expiry(uow: UnitOfWork, lease: LeaseRecord, expires_at: datetime) -> None:
    """Let a lease end at another time; what that is for is put on record by who calls."""
    await uow.change(sa.update(leases).where(leases.c.id == lease.id).values(expires_at=expires_at))


async def write_renewal(uow: UnitOfWork, lease: LeaseRecord, expires_at: datetime) -> None:
    """Put on record that a look goes on."""
    await write_expiry(uow, lease, expires_at)
    uow.audit(_entry(lease, Act.LOOK_RENEW, f"for {lease.wall}"))
    told = _told(lease) | {"expires_at": expires_at.isoformat()}
    uow.record("lease.renewed", f"lease/{lease.id}", told)


def _entry(lease: LeaseRecord, act: Act, because: str | None = None) -> AuditEntry:
    return AuditEntry(
        act,
        f"lease/{lease.id}",
        camera_id=lease.camera_id,
        incident_id=lease.incident_id,
        reason=lease.reason,
        detail=because,
    )


def _told(lease: LeaseRecord) -> dict[str, object]:
    return {"id": lease.id, "camera_id": lease.camera_id, "quality": lease.quality.value, "user": lease.who}


def _lease(row: Row) -> LeaseRecord:
    return LeaseRecord(
        id=row["id"],
        camera_id=row["camera_id"],
        quality=Quality(row["quality"]),
        who=row["who"],
        reason=row["reason"],
        incident_id=row["incident_id"],
        granted_at=row["granted_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        session=row["session"],
        relay_hash=row["relay_hash"],
        title=row["title"],
        hub=row["hub"],
        wall=row["wall"],
    )
