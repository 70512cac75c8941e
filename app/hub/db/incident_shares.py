"""Incidents whose private cameras a supervisor opened to somebody who otherwise sees none (R14)."""

from __future__ import annotations

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.hub.db.database import Rows
from app.hub.db.tables import incident_shares, incidents, pins
from app.hub.db.unit_of_work import UnitOfWork


async def shared_with(rows: Rows, incident_id: str | None, camera_id: str, who: str) -> bool:
    """Say whether an open incident that the camera is pinned to was opened to somebody."""
    if incident_id is None:
        return False
    query = (
        sa.select(incident_shares.c.account)
        .join(incidents, incidents.c.id == incident_shares.c.incident_id)
        .join(pins, pins.c.incident_id == incident_shares.c.incident_id)
        .where(
            incident_shares.c.incident_id == incident_id,
            incident_shares.c.account == who.casefold(),
            pins.c.camera_id == camera_id,
            incidents.c.closed_at.is_(None),
        )
    )
    return bool(await rows.rows(query))


async def is_shared(rows: Rows, incident_id: str, who: str) -> bool:
    """Say whether an incident was opened to somebody."""
    query = sa.select(incident_shares.c.account).where(
        incident_shares.c.incident_id == incident_id, incident_shares.c.account == who.casefold()
    )
    return bool(await rows.rows(query))


async def write_share(uow: UnitOfWork, incident_id: str, account: str) -> None:
    """Open an incident's private cameras to an account."""
    await uow.change(
        sa.insert(incident_shares).values(
            incident_id=incident_id, account=account.casefold(), shared_by=uow.by.name, shared_at=uow.now
        )
    )
    _tell(uow, incident_id, f"to {account}")


async def drop_share(uow: UnitOfWork, incident_id: str, account: str) -> None:
    """Close them to it again."""
    await uow.change(
        sa.delete(incident_shares).where(
            incident_shares.c.incident_id == incident_id, incident_shares.c.account == account.casefold()
        )
    )
    _tell(uow, incident_id, f"no more to {account}")


def _tell(uow: UnitOfWork, incident_id: str, detail: str) -> None:
    uow.audit(
        AuditEntry(Act.INCIDENT_SHARE, f"incident/{incident_id}", incident_id=incident_id, detail=detail)
    )
    uow.record("incident.shared", f"incident/{incident_id}", {"id": incident_id})
