"""Takes alerts in groups: whatever arrives while one commit runs goes into the next one together.

A commit waits for the disk; shared by a group, that wait is the price of hundreds of alerts and not of one.
Each sender has its answer only after the commit that holds its alert.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from app.domain.alert import Alert
from app.domain.audit import A_SENDER, Act, Actor, ActorKind, AuditEntry
from app.domain.ids import AlertId
from app.hub.db.alert_book import AlertKey, AlertWrite, alerts_by_key, write_alerts
from app.hub.db.journal import Journal
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.ingest.report import Report
from app.hub.ingest.revision import revised
from app.wire.convert import position_of
from app.wire.hub import AlertAccepted

GROUP_LIMIT = 500
"""Alerts in one commit at most, so that a storm does not hold the write lock for long."""

Outcome = Literal["created", "revised", "unchanged"]


@dataclass(frozen=True, slots=True)
class _Waiting:
    report: Report
    by: Actor
    answer: asyncio.Future[AlertAccepted]


class AlertIngest:
    """Groups reports and commits them, one group at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[_Waiting] = []
        self._commits: asyncio.Task[None] | None = None
        self.outcomes: Counter[str] = Counter()

    async def take(self, report: Report, by: Actor = A_SENDER) -> AlertAccepted:
        """Return what became of the report, once that is durable. A person who sends one is put on record."""
        answer: asyncio.Future[AlertAccepted] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(report, by, answer))
        if self._commits is None:
            self._commits = asyncio.create_task(self._commit_all(), name="alert ingest")
        return await answer

    async def aclose(self) -> None:
        """Commit what has been taken."""
        if self._commits is not None:
            await self._commits

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP_LIMIT], self._waiting[GROUP_LIMIT:]
            await self._commit(group)
        self._commits = None

    async def _commit(self, group: list[_Waiting]) -> None:
        try:
            answers = await self._journal.write(A_SENDER, lambda uow: _take_group(uow, group))
        except Exception as error:  # noqa: BLE001 (not swallowed: every sender of the group gets it)
            for waiting in group:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)
            return
        self.outcomes.update(answer.outcome for answer in answers)
        for waiting, answer in zip(group, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)


async def _take_group(uow: UnitOfWork, group: list[_Waiting]) -> list[AlertAccepted]:
    reports = [waiting.report for waiting in group]
    held = await alerts_by_key(uow, (_key(report) for report in reports))
    writes: list[AlertWrite] = []
    outcomes: list[tuple[AlertId, Outcome]] = []
    for report in reports:
        before = held.get(_key(report))
        reported = _alert(report, uow.now)
        after = reported if before is None else revised(before, reported)
        if after is None:
            assert before is not None
            outcomes.append((before.id, "unchanged"))
            continue
        held[_key(report)] = after
        writes.append(AlertWrite(after, before, report.raw))
        outcomes.append((after.id, "created" if before is None else "revised"))
    for waiting, (alert_id, outcome) in zip(group, outcomes, strict=True):
        if waiting.by.kind is ActorKind.PERSON and outcome != "unchanged":
            uow.audit(AuditEntry(Act.ALERT_SEND, f"alert/{alert_id}", detail=outcome), waiting.by)
    numbers = iter(await write_alerts(uow, writes))
    return [
        AlertAccepted(
            id=alert_id, outcome=outcome, sequence=uow.head if outcome == "unchanged" else next(numbers)
        )
        for alert_id, outcome in outcomes
    ]


def _key(report: Report) -> AlertKey:
    return (report.alert.source, report.alert.external_id)


def _alert(report: Report, now: datetime) -> Alert:
    sent = report.alert
    return Alert(
        id=AlertId(uuid4().hex),
        source=sent.source,
        external_id=sent.external_id,
        revision=sent.revision,
        kind=sent.kind,
        urgency=sent.urgency,
        title=sent.title,
        occurred_at=report.occurred_at,
        received_at=now,
        detail=sent.detail,
        place=sent.place,
        position=position_of(sent.lat, sent.lon),
    )
