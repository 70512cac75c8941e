"""The audit record over the hub's REST interface: implements the `RecordGateway` port."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import quote

from app.domain.errors import OperatorError
from app.domain.record import (
    PAGE,
    WEEKS,
    ActCount,
    AuditRecord,
    ExportDone,
    Look,
    Progress,
    RecordSearch,
    ReviewWeek,
    SignOff,
    WeekReview,
)
from app.sources.hub_rest import HubRest
from app.wire import review
from app.wire.audit import AuditPage

RECORDS = "X-Watchfloor-Records"


class HubRecord:
    """Reads the record in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def records(self, search: RecordSearch, before: int | None) -> tuple[AuditRecord, ...]:
        """Return the newest records that fit, newest first."""
        answer = await self._rest.call("GET", "audit", params=_params(search) | _paged(before))
        return tuple(
            AuditRecord(
                r.position,
                r.at,
                r.who,
                r.where,
                r.source,
                r.act,
                r.outcome,
                r.subject,
                r.camera_id or "",
                r.incident_id or "",
                r.reason or "",
                r.detail or "",
            )
            for r in self._rest.read(AuditPage, answer).records
        )

    async def looks(self, camera_id: str, before: int | None) -> tuple[Look, ...]:
        """Return the newest looks at a camera, newest first."""
        answer = await self._rest.call("GET", "audit/looks", params={"camera_id": camera_id} | _paged(before))
        return tuple(
            Look(
                look.position,
                look.at,
                look.who,
                look.where,
                look.outcome == "refused",
                look.reason,
                look.incident_id or "",
                look.ended_at,
                look.because,
            )
            for look in self._rest.read(review.LookPage, answer).looks
        )

    async def weeks(self, before: str | None) -> tuple[ReviewWeek, ...]:
        """Return the newest weeks, newest first."""
        params = {"limit": str(WEEKS)} | ({"before": before} if before is not None else {})
        answer = await self._rest.call("GET", "audit/reviews", params=params)
        return tuple(_week(week) for week in self._rest.read(review.WeekList, answer).weeks)

    async def week(self, name: str) -> WeekReview:
        """Return what a week holds."""
        answer = await self._rest.call("GET", f"audit/reviews/{quote(name, safe='')}")
        told = self._rest.read(review.WeekReview, answer)
        return WeekReview(
            _week(told.week),
            tuple(ActCount(a.act, a.done, a.refused) for a in told.acts),
            _named(told.looks_by_camera),
            _named(told.looks_by_person),
            _named(told.refused_by_person),
        )

    async def sign_off(self, name: str, comment: str) -> None:
        """Sign a week off."""
        body = review.ReviewIn.model_construct(comment=comment)
        await self._rest.call("POST", f"audit/reviews/{quote(name, safe='')}", body)

    async def export(self, search: RecordSearch, path: Path, progress: Progress) -> ExportDone:
        """Write the records that fit into a CSV file; a file of that name is replaced when all is there."""
        part = path.with_name(f".{path.name}.part")
        try:
            done = await self._fetch(search, part, progress)
            await asyncio.to_thread(part.replace, path)
        except OSError as error:
            raise OperatorError(
                f"{path.name} cannot be written: {error.strerror}.", "Choose another place."
            ) from error
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return done

    async def _fetch(self, search: RecordSearch, part: Path, progress: Progress) -> ExportDone:
        digest, lines = hashlib.sha256(), 0
        async with self._rest.stream("audit/export", _params(search)) as answer:
            records = int(answer.headers.get(RECORDS, "0"))
            with await asyncio.to_thread(part.open, "wb") as file:
                async for chunk in answer.aiter_bytes():
                    digest.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
                    # A cell may hold line breaks of its own; the head is a line too.
                    lines += chunk.count(b"\r\n")
                    progress(min(max(0, lines - 1), records), records)
        return ExportDone(records, digest.hexdigest())


def _params(search: RecordSearch) -> dict[str, str]:
    given = {
        "person": search.person,
        "camera_id": search.camera_id,
        "incident_id": search.incident_id,
        "act": search.act,
        "outcome": search.outcome,
        "since": search.since.isoformat() if search.since is not None else "",
        "until": search.until.isoformat() if search.until is not None else "",
    }
    return {name: str(value) for name, value in given.items() if value}


def _paged(before: int | None) -> dict[str, str]:
    return {"limit": str(PAGE)} | ({"before": str(before)} if before is not None else {})


def _week(told: review.WeekMessage) -> ReviewWeek:
    signed = told.sign_off
    sign_off = None
    if signed is not None:
        sign_off = SignOff(signed.who, signed.at, signed.comment, signed.position, signed.hash)
    return ReviewWeek(told.week, told.begin, told.end, told.over, told.records, told.refused, sign_off)


def _named(told: list[review.NameCount]) -> tuple[tuple[str, int], ...]:
    return tuple((entry.name, entry.count) for entry in told)
