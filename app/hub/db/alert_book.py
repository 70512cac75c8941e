"""Alerts in the database; every write records its ``alert.upserted``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.ids import AlertId
from app.hub.db.database import Row, Rows
from app.hub.db.pairs import with_pairs
from app.hub.db.tables import alerts
from app.hub.db.unit_of_work import UnitOfWork
from app.wire.convert import alert_to, position_of
from app.wire.hub import AlertMessage

AlertKey = tuple[str, str]
"""A source and its own id for the alert."""


@dataclass(frozen=True, slots=True)
class AlertWrite:
    """An alert to be written in place of what it was ``before``, None for a new one.

    ``raw`` None keeps the payload that is there.
    """

    alert: Alert
    before: Alert | None
    raw: str | None = None

    def told(self) -> AlertMessage | dict[str, Any]:
        """Return what its event tells; where it was tells the hub whose reach it has left (redaction)."""
        told = alert_to(self.alert)
        if self.before is None or self.before.position == self.alert.position:
            return told
        was = self.before.position
        return told.model_dump(mode="json") | {"was": {"lat": was and was.lat, "lon": was and was.lon}}


async def alert_by_id(rows: Rows, alert_id: str) -> Alert | None:
    """Return an alert, None when there is no such id."""
    found = await rows.rows(_query().where(alerts.c.id == alert_id))
    return _alert(found[0]) if found else None


async def alerts_by_id(rows: Rows, alert_ids: Sequence[str]) -> list[Alert]:
    """Return the alerts of these ids, in no order; unknown ids are left out."""
    return [_alert(row) for row in await rows.rows(_query().where(alerts.c.id.in_(alert_ids)))]


async def alerts_by_key(rows: Rows, keys: Iterable[AlertKey]) -> dict[AlertKey, Alert]:
    """Return the alerts that the sources know by these keys."""
    found = [
        _alert(row)
        for row in await rows.rows(with_pairs(_query(), alerts.c.source, alerts.c.external_id, keys))
    ]
    return {(alert.source, alert.external_id): alert for alert in found}


async def alerts_in_hands_of(rows: Rows, who: str) -> list[Alert]:
    """Return the alerts that somebody saw to and that are not closed, oldest first."""
    in_hands = sa.and_(alerts.c.status == AlertStatus.ACKNOWLEDGED.value, alerts.c.handled_by == who)
    found = await rows.rows(_query().where(in_hands).order_by(alerts.c.occurred_at, alerts.c.id))
    return [_alert(row) for row in found]


async def alerts_for_desk(rows: Rows, limit: int) -> list[Alert]:
    """Return up to ``limit`` alerts: those not closed, then the newest closed ones."""
    is_closed = sa.case((alerts.c.status == AlertStatus.CLOSED.value, 1), else_=0)
    query = _query().order_by(is_closed, alerts.c.occurred_at.desc(), alerts.c.id).limit(limit)
    return [_alert(row) for row in await rows.rows(query)]


async def write_alerts(uow: UnitOfWork, writes: Sequence[AlertWrite]) -> list[int]:
    """Write alerts and record each; return their events' numbers in the same order.

    An alert may come more than once: rows keep the last of it, events tell all.
    """
    new: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    numbers = []
    for write in writes:
        values = _values(write.alert)
        if write.raw is not None:
            values["raw"] = write.raw
        if write.before is None:
            new[write.alert.id] = values
        elif write.alert.id in new:
            new[write.alert.id].update(values)
        else:
            changed.setdefault(write.alert.id, {}).update(values)
        numbers.append(uow.record("alert.upserted", f"alert/{write.alert.id}", write.told()))
    await uow.change(sa.insert(alerts), list(new.values()))
    for alert_id, values in changed.items():
        await uow.change(sa.update(alerts).where(alerts.c.id == alert_id).values(**values))
    return numbers


def _query() -> sa.Select[Any]:
    # The raw payload stays out: up to 256 KiB each, and nobody reads it here.
    return sa.select(*(column for column in alerts.c if column.name != "raw"))


def _values(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "source": alert.source,
        "external_id": alert.external_id,
        "revision": alert.revision,
        "kind": alert.kind.value,
        "urgency": int(alert.urgency),
        "title": alert.title,
        "detail": alert.detail,
        "place": alert.place,
        "lat": alert.position.lat if alert.position else None,
        "lon": alert.position.lon if alert.position else None,
        "occurred_at": alert.occurred_at,
        "received_at": alert.received_at,
        "status": alert.status.value,
        "handled_by": alert.handled_by,
    }


def _alert(row: Row) -> Alert:
    return Alert(
        id=AlertId(row["id"]),
        source=row["source"],
        external_id=row["external_id"],
        revision=row["revision"],
        kind=AlertKind(row["kind"]),
        urgency=Urgency(row["urgency"]),
        title=row["title"],
        detail=row["detail"],
        place=row["place"],
        position=position_of(row["lat"], row["lon"]),
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        status=AlertStatus(row["status"]),
        handled_by=row["handled_by"],
    )
