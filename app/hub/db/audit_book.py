"""The chained record in the database. Nothing here changes or removes a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, Outcome
from app.hub.audit.chain import ChainedRecord, Link, beginning
from app.hub.db.database import Rows
from app.hub.db.tables import audit, meta
from app.hub.refusals import UnfitError


@dataclass(frozen=True, slots=True)
class Search:
    """What records are looked for: all fields that are given must fit."""

    person: str | None = None
    camera_id: str | None = None
    incident_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    act: Act | None = None
    outcome: Outcome | None = None

    def words(self) -> str:
        """Return the search as it is put on record."""
        given = {
            "person": self.person,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "before": self.before,
            "act": self.act,
            "outcome": self.outcome,
        }
        return ", ".join(f"{name} {value}" for name, value in given.items() if value) or "all"

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the search as conditions on the record's table."""
        found = [
            column == value
            for column, value in (
                (audit.c.who, self.person),
                (audit.c.camera_id, self.camera_id),
                (audit.c.incident_id, self.incident_id),
            )
            if value is not None
        ]
        if self.since is not None:
            found.append(audit.c.at >= _aware(self.since))
        if self.until is not None:
            found.append(audit.c.at < _aware(self.until))
        if self.before is not None:
            found.append(audit.c.position < self.before)
        if self.act is not None:
            found.append(audit.c.act == self.act.value)
        if self.outcome is not None:
            found.append(has_outcome(self.outcome))
        return found


def has_outcome(outcome: Outcome) -> sa.ColumnElement[bool]:
    """Return the condition that a record has that outcome.

    It is looked for in the text that was hashed: a quotation mark within a value is escaped there, so nothing
    else reads like it, and no column has to be added to rows that are never changed.
    """
    return audit.c.record.contains(f',"outcome":"{outcome.value}",', autoescape=True)


async def records_of(rows: Rows, search: Search, limit: int) -> list[tuple[int, str]]:
    """Return position and text of the newest records that fit, newest first."""
    query = (
        sa.select(audit.c.position, audit.c.record)
        .where(*search.conditions())
        .order_by(audit.c.position.desc())
        .limit(limit)
    )
    return [(row["position"], row["record"]) for row in await rows.rows(query)]


async def record_at(rows: Rows, position: int) -> tuple[str, str] | None:
    """Return a record's text and hash, None where there is none at that position."""
    found = await rows.rows(sa.select(audit.c.record, audit.c.hash).where(audit.c.position == position))
    return (found[0]["record"], found[0]["hash"]) if found else None


async def export_of(rows: Rows, camera_id: str, subject: str) -> tuple[int, str] | None:
    """Return position and text of the export that was done under a use, None while there is none."""
    query = sa.select(audit.c.position, audit.c.record).where(
        audit.c.camera_id == camera_id,
        audit.c.act == Act.EXPORT.value,
        audit.c.record.contains(f',"subject":"{subject}"', autoescape=True),
        has_outcome(Outcome.DONE),
    )
    found = await rows.rows(query)
    return (found[0]["position"], found[0]["record"]) if found else None


def _aware(time: datetime) -> datetime:
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise UnfitError([("since", "and until are within the years 1 to 9999")]) from None


async def newest_link(rows: Rows) -> Link:
    """Return the newest record's place in the chain, or the chain's beginning."""
    query = sa.select(audit.c.position, audit.c.hash).order_by(audit.c.position.desc()).limit(1)
    found = await rows.rows(query)
    if found:
        return Link(found[0]["position"], found[0]["hash"])
    return beginning((await rows.rows(sa.select(meta.c.hub_id)))[0]["hub_id"])


def row_of(record: ChainedRecord) -> dict[str, Any]:
    """Return a record's row: its text, and beside it what it can be searched by."""
    return {
        "position": record.link.position,
        "at": record.at,
        "who": record.by.name,
        "act": record.entry.act.value,
        "camera_id": record.entry.camera_id,
        "incident_id": record.entry.incident_id,
        "record": record.text,
        "hash": record.link.hash,
    }


def rows_of(records: Sequence[ChainedRecord]) -> list[dict[str, Any]]:
    """Return the rows of records."""
    return [row_of(record) for record in records]
