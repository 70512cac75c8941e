"""The chain of records: each one's hash holds all that came before it (R32).

A record is kept as the text that was hashed: one JSON object with sorted keys and no spaces, of texts, whole
numbers and nulls only, for which this is the canonical form of RFC 8785.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.audit import Actor, AuditEntry


@dataclass(frozen=True, slots=True)
class Link:
    """The newest record's place in the chain; position 0 is before the first. ``hash`` is SHA-256 in hex."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainedRecord:
    """One record as it is kept."""

    at: datetime
    by: Actor
    entry: AuditEntry
    text: str
    link: Link


def beginning(hub_id: str) -> Link:
    """Return what the first record of a hub is chained to."""
    return Link(0, hashlib.sha256(f"watchfloor audit {hub_id}".encode()).hexdigest())


def chained(before: Link, at: datetime, by: Actor, entry: AuditEntry) -> ChainedRecord:
    """Return an act as the record that follows ``before``."""
    position = before.position + 1
    fields = {
        "position": position,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "who": by.name,
        "where": by.desk,
        "source": by.kind.value,
        "act": entry.act.value,
        "outcome": entry.outcome.value,
        "subject": entry.subject,
        "camera_id": entry.camera_id,
        "incident_id": entry.incident_id,
        "reason": entry.reason,
        "detail": entry.detail,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(f"{before.hash}\n{text}".encode()).hexdigest()
    return ChainedRecord(at, by, entry, text, Link(position, digest))
