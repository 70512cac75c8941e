"""Weekly reviews of the record, and looks at one camera, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from app.domain.audit import Outcome
from app.wire.hub import Command, Message

Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class ReviewIn(Command):
    """Signs a week off. The comment says what was found, or that nothing was."""

    comment: Comment


class SignOffMessage(Message):
    """Who signed a week off, and up to which record."""

    who: str
    at: AwareDatetime
    comment: str
    position: int
    hash: str


class WeekMessage(Message):
    """A week of the record. ``over``: it can be signed off; ``end`` is the first moment after it."""

    week: str
    begin: datetime
    end: datetime
    over: bool
    records: int
    refused: int
    sign_off: SignOffMessage | None = None


class WeekList(Message):
    """Weeks, newest first."""

    weeks: list[WeekMessage]


class ActCountMessage(Message):
    """How often an act was done and refused."""

    act: str
    done: int
    refused: int


class NameCount(Message):
    """How often of one camera or person."""

    name: str
    count: int


class WeekReview(Message):
    """What a week holds, in counts; looks are those that were granted."""

    week: WeekMessage
    acts: list[ActCountMessage]
    looks_by_camera: list[NameCount]
    looks_by_person: list[NameCount]
    refused_by_person: list[NameCount]


class LookMessage(Message):
    """One look at a camera, or an attempt that was refused. ``ended_at`` is empty while it goes on."""

    position: int
    at: AwareDatetime
    who: str
    where: str
    outcome: Outcome
    reason: str
    incident_id: str | None
    ended_at: AwareDatetime | None
    seconds: float | None
    because: str


class LookPage(Message):
    """Looks at one camera, newest first."""

    looks: list[LookMessage]
