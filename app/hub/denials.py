"""Puts refusals on record, each by itself, and a flood of them as a number.

Each record is a synced write. Whoever asks again and again for what they do not get would fill the disk with
it and hold up everybody's work, so that from some number on they are only counted, turned away sooner, and
summed up in one record a minute. In sum nothing is left out: what is counted is written when its minute is
over, and when the hub ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Actor, AuditEntry
from app.hub.db.journal import Journal
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NoRecordError, NoRoomError, TooOftenError

ONE_BY_ONE = 10
"""Refusals of one kind in a minute that have a record each."""
MINUTE = timedelta(minutes=1)

log = structlog.get_logger("hub")

Kind = tuple[str, str, str, str, str | None]


@dataclass(slots=True)
class _Flood:
    """Refusals of one kind: those of the minute that ``began``, and those that no record tells of yet.

    ``since`` is when the first of the counted ones was.
    """

    by: Actor
    entry: AuditEntry
    began: datetime
    recorded: int = 0
    counted: int = 0
    since: datetime | None = None


class Denials:
    """The hub's refusals by kind: who, from where, which act, on what, and why not."""

    def __init__(self, journal: Journal, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._now = now
        self._floods: dict[Kind, _Flood] = {}

    async def record(self, by: Actor, entry: AuditEntry) -> None:
        """Put a refusal on record.

        Raises:
            TooOftenError: it is one of a flood, and was counted.
        """
        self.turn_away(by, entry)
        self.note(by, entry)

        async def work(uow: UnitOfWork) -> None:
            uow.audit(entry)

        await self._journal.write(by, work)

    def turn_away(self, by: Actor, entry: AuditEntry) -> None:
        """Pass, unless there is a flood of this kind.

        Raises:
            TooOftenError: there is; this one was counted.
        """
        flood = self._flood(by, entry)
        if flood.recorded < ONE_BY_ONE:
            return
        self.count(by, entry)
        left = flood.began + MINUTE - self._now()
        raise TooOftenError(
            "This was refused too often: it is not looked at for a while.",
            "Every attempt is on record. Try again in a minute.",
            retry_after_s=max(1, round(left.total_seconds())),
        )

    def note(self, by: Actor, entry: AuditEntry) -> None:
        """Note a refusal that somebody puts on record."""
        self._flood(by, entry).recorded += 1

    def count(self, by: Actor, entry: AuditEntry) -> None:
        """Count a refusal that nobody puts on record by itself."""
        flood = self._flood(by, entry)
        flood.counted += 1
        flood.since = flood.since or self._now()

    async def sum_up(self, *, at_once: bool = False) -> None:
        """Put on record what was counted, of the kinds whose minute is over.

        What cannot be written stays counted.
        """
        for kind, flood in list(self._floods.items()):
            if flood.since is None:
                if self._is_over(flood.began):
                    del self._floods[kind]
            elif at_once or self._is_over(flood.since):
                await self._write(flood)

    async def _write(self, flood: _Flood) -> None:
        """Write one kind's number; what cannot be written stays counted."""
        counted, since = flood.counted, flood.since
        assert since is not None
        # Before the wait: what comes meanwhile is counted anew.
        flood.counted, flood.since = 0, None
        detail = (
            f"{flood.entry.detail or 'refused'}: {counted} more since {since.isoformat(timespec='seconds')}"
        )

        async def work(uow: UnitOfWork) -> None:
            uow.audit(replace(flood.entry, camera_id=None, incident_id=None, reason=None, detail=detail))

        try:
            await self._journal.write(flood.by, work)
        except (NoRoomError, NoRecordError, DBAPIError) as error:
            flood.counted, flood.since = flood.counted + counted, since
            log.warning("refusals cannot be put on record yet", reason=str(error), count=counted)

    def _flood(self, by: Actor, entry: AuditEntry) -> _Flood:
        flood = self._floods.setdefault(_kind(by, entry), _Flood(by, entry, self._now()))
        if self._is_over(flood.began):
            flood.began, flood.recorded = self._now(), 0
        return flood

    def _is_over(self, began: datetime) -> bool:
        # A clock that was set back is no reason to wait for it.
        return not timedelta() <= self._now() - began < MINUTE


def _kind(by: Actor, entry: AuditEntry) -> Kind:
    return by.name, by.desk, entry.act.value, entry.subject, entry.detail
