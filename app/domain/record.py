"""The audit record as the console reads it from the hub, and what has to be told when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.domain.audit import Act, Outcome

PAGE, WEEKS = 200, 12
"""How many records or looks, and how many weeks, are read at a time; fewer: there are no more."""


class RecordState(StrEnum):
    """Whether the hub can put acts on record, and sign what it has."""

    OK = "ok"
    UNSIGNED = "unsigned"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class RecordSearch:
    """What records are looked for: all fields that are given must fit. ``until`` is not of it any more."""

    person: str = ""
    camera_id: str = ""
    incident_id: str = ""
    act: Act | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One act on record. ``act`` is a text: a newer hub may know acts that this console does not."""

    position: int
    at: datetime
    who: str
    where: str
    source: str
    act: str
    outcome: str
    subject: str
    camera_id: str = ""
    incident_id: str = ""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a camera, or an attempt that was refused. ``ended_at`` is None while it goes on."""

    position: int
    at: datetime
    who: str
    where: str
    refused: bool
    reason: str = ""
    incident_id: str = ""
    ended_at: datetime | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who reviewed a week, and up to which record, of which hash."""

    who: str
    at: datetime
    comment: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class ReviewWeek:
    """A week of the record; ``name`` is ISO 8601 (2026-W48), ``end`` the first moment after it."""

    name: str
    begin: datetime
    end: datetime
    over: bool
    records: int
    refused: int
    sign_off: SignOff | None = None


@dataclass(frozen=True, slots=True)
class ActCount:
    """How often an act was done and refused."""

    act: str
    done: int
    refused: int


@dataclass(frozen=True, slots=True)
class WeekReview:
    """What a week holds, in counts, the highest first; looks are those that were granted."""

    week: ReviewWeek
    acts: tuple[ActCount, ...] = ()
    looks_by_camera: tuple[tuple[str, int], ...] = ()
    looks_by_person: tuple[tuple[str, int], ...] = ()
    refused_by_person: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ExportDone:
    """A file that was written: its records, and its SHA-256 in hex, which is on record."""

    records: int
    sha256: str


Progress = Callable[[int, int], None]
"""Called with how many records were written, and how many there are."""


class RecordGateway(Protocol):
    """The record, from the hub. To read it is on record too.

    Every method raises `SourceError` when the hub does not answer and `OperatorError` when it refuses.
    """

    async def records(self, search: RecordSearch, before: int | None) -> tuple[AuditRecord, ...]:
        """Return the newest records that fit, newest first, up to `PAGE`."""
        ...

    async def looks(self, camera_id: str, before: int | None) -> tuple[Look, ...]:
        """Return the newest looks at a camera, newest first, up to `PAGE`."""
        ...

    async def weeks(self, before: str | None) -> tuple[ReviewWeek, ...]:
        """Return the newest weeks, newest first, up to `WEEKS`."""
        ...

    async def week(self, name: str) -> WeekReview:
        """Return what a week holds."""
        ...

    async def sign_off(self, name: str, comment: str) -> None:
        """Sign a week off."""
        ...

    async def export(self, search: RecordSearch, path: Path, progress: Progress) -> ExportDone:
        """Write the records that fit into a CSV file, all of it or none.

        Raises:
            OperatorError: the file cannot be written, too.
        """
        ...


class RecordHealth(Protocol):
    """Whether the hub can put acts on record."""

    async def state(self) -> RecordState:
        """Ask the hub.

        Raises:
            SourceError: it does not answer.
        """
        ...
