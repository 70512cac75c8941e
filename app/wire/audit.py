"""The audit record on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field, ValidationError

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
    """Records, newest first. ``damaged`` are the positions of those that cannot be read any more."""

    records: list[AuditRecordMessage]
    damaged: list[int] = Field(default=[])

    @staticmethod
    def of(kept: Iterable[tuple[int, str]]) -> AuditPage:
        """Return records, as position and text that is kept, as a page.

        One that somebody has tampered with must not hide those around it; what was done to it, the verifier
        tells.
        """
        page = AuditPage(records=[])
        for position, text in kept:
            try:
                page.records.append(AuditRecordMessage.model_validate_json(text))
            except ValidationError:
                page.damaged.append(position)
        return page
