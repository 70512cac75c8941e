"""The record as a file that the verifier reads, for a database that is none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC
from typing import TextIO

import sqlalchemy as sa

from app.hub.db.database import Database, Row, Rows
from app.hub.db.tables import audit

PORTION = 5000


async def write_export(database: Database, hub_id: str, out: TextIO) -> int:
    """Write the whole record as it is at one moment, one JSON object a line; return how many records.

    The first line names the hub. ``columns`` is what stands beside a record for searching: the verifier holds
    it against the record.
    """
    out.write(json.dumps({"hub_id": hub_id}) + "\n")
    count = 0
    async with database.reading() as reading:
        async for row in _all(reading):
            out.write(_line(row))
            count += 1
    return count


async def _all(rows: Rows) -> AsyncIterator[Row]:
    last = -1
    while True:
        query = sa.select(audit).where(audit.c.position > last).order_by(audit.c.position).limit(PORTION)
        found = await rows.rows(query)
        for row in found:
            yield row
        if len(found) < PORTION:
            return
        last = found[-1]["position"]


def _line(row: Row) -> str:
    columns = {name: row[name] for name in ("who", "act", "camera_id", "incident_id")}
    columns["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    fields = {name: row[name] for name in ("position", "record", "hash")} | {"columns": columns}
    return json.dumps(fields, ensure_ascii=False) + "\n"
