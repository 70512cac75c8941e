"""What owners are told of looks at their cameras, and how late (R40)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.owner_telling import OwnerTerms
from app.hub.db.database import Rows
from app.hub.db.tables import incidents, owner_terms, withheld_incidents
from app.hub.db.unit_of_work import UnitOfWork


async def terms_of(rows: Rows) -> OwnerTerms:
    """Return what holds."""
    found = await rows.rows(sa.select(owner_terms))
    if not found:
        return OwnerTerms()
    return OwnerTerms(found[0]["tells_names"], found[0]["tells_titles"], found[0]["delay_hours"])


async def write_terms(uow: UnitOfWork, terms: OwnerTerms) -> None:
    """Let other terms hold from now on, for looks of before too."""
    await uow.change(sa.delete(owner_terms))
    await uow.change(
        sa.insert(owner_terms).values(
            id=1,
            tells_names=terms.tells_names,
            tells_titles=terms.tells_titles,
            delay_hours=terms.delay_hours,
        )
    )
    uow.audit(AuditEntry(Act.OWNER_TERMS, "owner terms", detail=terms.words()))
    uow.record("owner_terms.changed", "owner terms", {"terms": terms.words()})


async def is_withheld(rows: Rows, incident_id: str) -> bool:
    """Say whether an incident is marked so that owners hear of its looks when it is closed."""
    query = sa.select(withheld_incidents).where(withheld_incidents.c.incident_id == incident_id)
    return bool(await rows.rows(query))


async def write_withheld(uow: UnitOfWork, incident_id: str, *, withheld: bool) -> None:
    """Mark an incident, or take the mark away."""
    if withheld:
        await uow.change(
            sa.insert(withheld_incidents).values(
                incident_id=incident_id, withheld_by=uow.by.name, withheld_at=uow.now
            )
        )
    else:
        await uow.change(sa.delete(withheld_incidents).where(withheld_incidents.c.incident_id == incident_id))
    detail = "kept from owners while it is open" if withheld else "told to owners"
    subject = f"incident/{incident_id}"
    uow.audit(AuditEntry(Act.INCIDENT_WITHHOLD, subject, incident_id=incident_id, detail=detail))
    uow.record("incident.withheld", subject, {"id": incident_id, "withheld": withheld})


def withheld_now() -> sa.Select[tuple[str]]:
    """Return the query of the incidents whose looks are kept from owners now."""
    return (
        sa.select(withheld_incidents.c.incident_id)
        .join(incidents, incidents.c.id == withheld_incidents.c.incident_id)
        .where(incidents.c.closed_at.is_(None))
    )


async def told_now(uow: UnitOfWork, looks: Iterable[tuple[datetime, str | None]]) -> int:
    """Return how many looks, by their beginning and incident, an owner may hear of now."""
    told_until = uow.now - timedelta(hours=(await terms_of(uow)).delay_hours)
    hidden = {row["incident_id"] for row in await uow.rows(withheld_now())}
    return sum(began <= told_until and incident_id not in hidden for began, incident_id in looks)


async def titles_of(rows: Rows, incident_ids: set[str]) -> dict[str, str]:
    """Return incidents' titles by their ids."""
    query = sa.select(incidents.c.id, incidents.c.title).where(incidents.c.id.in_(sorted(incident_ids)))
    return {row["id"]: row["title"] for row in await rows.rows(query)}
