"""The audit record on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.domain.audit import Act, ActorKind, Outcome
from app.wire.hub import Message


class AuditRecordMessage(Message):
    """One act on record; ``where`` is the address of the desk."""

    position: int
    at: datetime
    who: str
    where: str
    source: ActorKind
    act: Act
    outcome: Outcome
    subject: str
    camera_id: str | None = None
    incident_id: str | None = None
    reason: str | None = None
    detail: str | None = None


class AuditPage(Message):
    """Records, newest first."""

    records: list[AuditRecordMessage]

    @staticmethod
    def of(texts: Iterable[str]) -> AuditPage:
        """Return records as they are kept as a page."""
        return AuditPage(records=[AuditRecordMessage.model_validate_json(text) for text in texts])
