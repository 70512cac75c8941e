"""The manifest of an exported recording: what the hub knows of it, as the text that is signed (R35)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.approval import Approval
from app.domain.camera import Camera, StreamKind
from app.hub.db.consent_history import ConsentOnRecord, NumberedConsent
from app.hub.db.lease_book import LeaseRecord
from app.hub.evidence.clocks import ClockOffset
from app.wire.evidence import ExportIn

FORMAT = "watchfloor evidence 1"
_COPY = {
    StreamKind.JPEG: "Each picture is the JPEG that the camera sent. They were put into a Matroska file.",
    None: "The coded pictures are those that the camera sent, not coded again. They were taken out of the "
    "network stream and put into a Matroska file, which keeps each unit behind its length.",
}
"""What was changed of the container; by kind of stream, and for all others."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An export as it is on record. ``camera`` is None where the directory has it no more."""

    told: ExportIn
    lease: LeaseRecord
    used_at: datetime
    camera: Camera | None
    consent: NumberedConsent | ConsentOnRecord | None
    second: Approval | None
    offset: ClockOffset
    position: int
    hash: str
    at: str


def manifest_of(export: Exported, hub_id: str, key_id: str, public_key: str) -> bytes:
    """Return the manifest's bytes: JSON in UTF-8, the same for the same export."""
    told, lease, camera = export.told, export.lease, export.camera
    profile = camera.profile(lease.quality) if camera is not None else None
    kind = profile.kind if profile is not None else None
    document: dict[str, Any] = {
        "format": FORMAT,
        "hub_id": hub_id,
        "files": [{"name": told.name, "size": told.size, "sha256": told.sha256}],
        "camera": {"id": lease.camera_id, "name": camera.name if camera is not None else None},
        "stream": {
            "quality": lease.quality.value,
            "kind": kind.value if kind is not None else None,
            "copy": _COPY.get(kind, _COPY[None]),
        },
        "range": {
            "from": _utc(told.began),
            "to": _utc(told.ended),
            "clock": "the desk's, as pictures arrived",
        },
        "clock_offset": _offset(export.offset),
        "told_by_the_desk": ["files", "range", "clock_offset", "stream.copy"],
        "operator": lease.who,
        "reason": lease.reason,
        "incident_id": lease.incident_id,
        "second_person": _second_person(export.second),
        "consent": _consent(export.consent),
        "saving": {"record": told.record, "at": _utc(export.used_at)},
        "audit": {"position": export.position, "hash": export.hash, "at": export.at},
        "key": {"id": key_id, "ed25519": public_key},
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _offset(offset: ClockOffset) -> dict[str, object]:
    if offset.seconds is None:
        return {"hub_minus_desk_s": None, "why": offset.why}
    return {"hub_minus_desk_s": offset.seconds, "uncertainty_s": offset.uncertainty_s}


def _consent(numbered: NumberedConsent | ConsentOnRecord | None) -> dict[str, object] | None:
    """Return the consent in force when saving began; None: the camera was the city's own."""
    if numbered is None:
        return None
    if isinstance(numbered, ConsentOnRecord):
        return {
            "recorded_at": _utc(numbered.at),
            "record": numbered.position,
            "terms": numbered.terms,
            "why": "The camera's owner has left since. What the law holds is the record of their consent.",
        }
    consent = numbered.consent
    return {
        "number": numbered.number,
        "recorded_at": _utc(numbered.recorded_at),
        "level": int(consent.level),
        "scope": consent.scope.value,
        "given_by": consent.given_by,
        "obtained": consent.obtained,
        "document": consent.document,
        "valid_from": _utc(consent.valid_from),
        "valid_until": _utc(consent.valid_until) if consent.valid_until is not None else None,
    }


def _second_person(approval: Approval | None) -> dict[str, object] | None:
    """Return who agreed, and to what; None: the hub asked for nobody."""
    if approval is None or approval.decided_at is None:
        return None
    return {
        "name": approval.decided_by,
        "agreed_at": _utc(approval.decided_at),
        "asked_at": _utc(approval.asked_at),
        "reason": approval.reason,
        "incident_id": approval.incident_id,
        "approval": approval.id,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
