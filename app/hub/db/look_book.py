"""Looks at one camera as the record tells them: each with its end (R40)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.audit import Act, Outcome
from app.hub.db.audit_book import has_outcome
from app.hub.db.database import Row, Rows
from app.hub.db.owner_terms import withheld_now
from app.hub.db.tables import audit, departed_cameras

_PAGE = 500


@dataclass(frozen=True, slots=True)
class LookOnRecord:
    """One look, or an attempt that was refused. ``ended_at`` is None while it goes on."""

    position: int
    at: datetime
    who: str
    where: str
    outcome: Outcome
    reason: str
    incident_id: str | None
    ended_at: datetime | None = None
    because: str = ""
    camera_id: str = ""
    lease_id: str = ""


async def looks_at(rows: Rows, camera_id: str, before: int | None, limit: int) -> list[LookOnRecord]:
    """Return the newest looks at a camera, newest first; ``before`` a position goes on from there."""
    return await _page_of(rows, [camera_id], _of([camera_id], Act.LOOK), before, limit)


async def looks_for_owner(
    rows: Rows, camera_ids: Collection[str], told_until: datetime, before: int | None, limit: int
) -> list[LookOnRecord]:
    """Return the newest looks at an owner's cameras, newest first: none that began after ``told_until``.

    Attempts that were refused are none, and looks for an incident that is kept from owners are left out. So
    are those of an earlier owner's time, who has left.
    """
    of_before = sa.select(departed_cameras.c.camera_id).where(
        departed_cameras.c.camera_id == audit.c.camera_id, departed_cameras.c.left_at >= audit.c.at
    )
    query = _of(camera_ids, Act.LOOK).where(
        has_outcome(Outcome.DONE),
        audit.c.at <= told_until,
        ~of_before.exists(),
        sa.or_(audit.c.incident_id.is_(None), audit.c.incident_id.not_in(withheld_now())),
    )
    return await _page_of(rows, camera_ids, query, before, limit)


async def _page_of(
    rows: Rows, camera_ids: Collection[str], query: sa.Select[Any], before: int | None, limit: int
) -> list[LookOnRecord]:
    if before is not None:
        query = query.where(audit.c.position < before)
    found = _read(await rows.rows(query.order_by(audit.c.position.desc()).limit(limit)))
    begun = {record["subject"] for _, record in found if record["outcome"] == Outcome.DONE}
    ends = await _ends(rows, camera_ids, begun, found[-1][0]["position"]) if begun else {}
    return [_look(row, record, ends.get(record["subject"])) for row, record in found]


async def _ends(
    rows: Rows, camera_ids: Collection[str], begun: set[str], after: int
) -> dict[str, tuple[datetime, str]]:
    """Return when and why those leases ended; an end stands somewhere after its beginning."""
    ends: dict[str, tuple[datetime, str]] = {}
    while len(ends) < len(begun):
        query = _of(camera_ids, Act.LOOK_END).where(audit.c.position > after)
        page = await rows.rows(query.order_by(audit.c.position).limit(_PAGE))
        for row, record in _read(page):
            if record["subject"] in begun:
                ends[record["subject"]] = (row["at"], (record["detail"] or "").partition(", look of ")[0])
        if len(page) < _PAGE:
            break
        after = page[-1]["position"]
    return ends


def _of(camera_ids: Collection[str], act: Act) -> sa.Select[Any]:
    columns = (audit.c.position, audit.c.at, audit.c.record)
    return sa.select(*columns).where(audit.c.camera_id.in_(sorted(camera_ids)), audit.c.act == act.value)


def _read(rows: Iterable[Row]) -> list[tuple[Row, dict[str, Any]]]:
    found = []
    for row in rows:
        try:
            record = json.loads(row["record"])
            Outcome(record["outcome"])
        except (ValueError, KeyError, TypeError):
            # Somebody was at it: the verifier names it, the record's own page shows it.
            continue
        found.append((row, record))
    return found


def _look(row: Row, record: dict[str, Any], end: tuple[datetime, str] | None) -> LookOnRecord:
    return LookOnRecord(
        position=row["position"],
        at=row["at"],
        who=record["who"],
        where=record["where"],
        outcome=Outcome(record["outcome"]),
        reason=record["reason"] or "",
        incident_id=record["incident_id"],
        ended_at=end[0] if end else None,
        because=end[1] if end else "",
        camera_id=record["camera_id"] or "",
        lease_id=record["subject"].removeprefix("lease/"),
    )
