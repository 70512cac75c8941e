"""The chained record in the database. Nothing here changes or removes a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.hub.audit.chain import ChainedRecord, Link, beginning
from app.hub.db.database import Rows
from app.hub.db.tables import audit, meta


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
