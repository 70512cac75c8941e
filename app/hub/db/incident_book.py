"""Incidents in the database: each is read whole, and every write records its whole new state."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, AuditEntry
from app.domain.ids import AlertId, CameraId, IncidentId
from app.domain.incident import EntryKind, HeldBack, Incident, Pin, TimelineEntry
from app.hub.db.database import Rows
from app.hub.db.tables import incident_alerts, incidents, pins, timeline, withheld_incidents
from app.hub.db.unit_of_work import UnitOfWork
from app.wire.convert import incident_to, position_of


async def incident_by_id(rows: Rows, incident_id: str) -> Incident | None:
    """Return an incident, None when there is no such id."""
    found = await _load(rows, incidents.c.id == incident_id)
    return found[0] if found else None


async def incidents_for_desk(rows: Rows, closed_after: datetime) -> list[Incident]:
    """Return the open incidents and those closed after that time, oldest first."""
    return await _load(rows, sa.or_(incidents.c.closed_at.is_(None), incidents.c.closed_at > closed_after))


async def open_incidents_of_alert(rows: Rows, alert_id: str) -> set[str]:
    """Return the ids of the open incidents that an alert belongs to."""
    query = (
        sa.select(incidents.c.id)
        .join(incident_alerts)
        .where(incident_alerts.c.alert_id == alert_id, incidents.c.closed_at.is_(None))
    )
    return {row["id"] for row in await rows.rows(query)}


async def has_note(rows: Rows, incident_id: str, note_id: str) -> bool:
    """Say whether the incident's timeline has that note."""
    query = sa.select(timeline.c.line).where(
        timeline.c.incident_id == incident_id, timeline.c.note_id == note_id
    )
    return bool(await rows.rows(query))


_ACTS = {
    EntryKind.OPENED: Act.INCIDENT_OPEN,
    EntryKind.ALERT_ADDED: Act.INCIDENT_ALERT,
    EntryKind.CAMERA_PINNED: Act.INCIDENT_PIN,
    EntryKind.CAMERA_UNPINNED: Act.INCIDENT_UNPIN,
    EntryKind.NOTE: Act.INCIDENT_NOTE,
    EntryKind.CLOSED: Act.INCIDENT_CLOSE,
}


class IncidentRecord:
    """Writes one incident within a unit of work; `close_record` tells it to the log once, at the end."""

    def __init__(self, uow: UnitOfWork, incident_id: str) -> None:
        self._uow = uow
        self._id = incident_id
        self._who = uow.by.name

    async def add(self, title: str, lat: float | None, lon: float | None) -> None:
        """Add the incident itself."""
        values = {"id": self._id, "title": title, "opened_at": self._uow.now, "opened_by": self._who}
        await self._uow.change(sa.insert(incidents).values(**values, lat=lat, lon=lon))

    async def add_alert(self, alert_id: str) -> None:
        """Tie an alert to it."""
        position = await self._count(incident_alerts)
        await self._uow.change(
            sa.insert(incident_alerts).values(incident_id=self._id, alert_id=alert_id, position=position)
        )

    async def pin(self, camera_id: str) -> None:
        """Pin a camera to it."""
        await self._uow.change(
            sa.insert(pins).values(
                incident_id=self._id, camera_id=camera_id, pinned_by=self._who, pinned_at=self._uow.now
            )
        )

    async def unpin(self, camera_id: str) -> None:
        """Take a pin away."""
        await self._uow.change(
            sa.delete(pins).where(pins.c.incident_id == self._id, pins.c.camera_id == camera_id)
        )

    async def close(self) -> None:
        """Mark it closed now."""
        await self._uow.change(
            sa.update(incidents).where(incidents.c.id == self._id).values(closed_at=self._uow.now)
        )

    async def write_line(
        self, kind: EntryKind, text: str, *, subject: str | None = None, note_id: str | None = None
    ) -> None:
        """Add a line to its timeline, and put it on record as an act done to ``subject``, or to itself."""
        camera_id = subject.removeprefix("camera/") if subject and subject.startswith("camera/") else None
        self._uow.audit(
            AuditEntry(
                _ACTS[kind], subject or f"incident/{self._id}", camera_id=camera_id, incident_id=self._id
            )
        )
        line = await self._count(timeline)
        values = {"at": self._uow.now, "who": self._who, "kind": kind.value, "text": text, "note_id": note_id}
        await self._uow.change(sa.insert(timeline).values(incident_id=self._id, line=line, **values))

    async def close_record(self) -> None:
        """Record the incident as it is now."""
        incident = await incident_by_id(self._uow, self._id)
        assert incident is not None
        self._uow.record("incident.upserted", f"incident/{self._id}", incident_to(incident))

    async def _count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count().label("n")).where(table.c.incident_id == self._id)
        return int((await self._uow.rows(query))[0]["n"])


async def _load(rows: Rows, condition: sa.ColumnElement[bool]) -> list[Incident]:
    found = await rows.rows(
        sa.select(incidents).where(condition).order_by(incidents.c.opened_at, incidents.c.id)
    )
    wanted = sa.select(incidents.c.id).where(condition)

    async def parts(table: sa.Table, *order: sa.Column[Any]) -> dict[str, list[Any]]:
        by_incident: dict[str, list[Any]] = defaultdict(list)
        for row in await rows.rows(sa.select(table).where(table.c.incident_id.in_(wanted)).order_by(*order)):
            by_incident[row["incident_id"]].append(row)
        return by_incident

    alerts_of = await parts(incident_alerts, incident_alerts.c.position)
    pins_of = await parts(pins, pins.c.pinned_at, pins.c.camera_id)
    lines_of = await parts(timeline, timeline.c.line)
    held = {
        incident_id: HeldBack(row["withheld_by"], row["withheld_at"])
        for incident_id, (row,) in (await parts(withheld_incidents)).items()
    }
    return [
        Incident(
            id=IncidentId(row["id"]),
            title=row["title"],
            opened_at=row["opened_at"],
            opened_by=row["opened_by"],
            position=position_of(row["lat"], row["lon"]),
            closed_at=row["closed_at"],
            alert_ids=tuple(AlertId(r["alert_id"]) for r in alerts_of[row["id"]]),
            pins=tuple(
                Pin(CameraId(r["camera_id"]), r["pinned_by"], r["pinned_at"]) for r in pins_of[row["id"]]
            ),
            timeline=tuple(
                TimelineEntry(r["at"], r["who"], EntryKind(r["kind"]), r["text"]) for r in lines_of[row["id"]]
            ),
            held_back=held.get(row["id"]),
        )
        for row in found
    ]
