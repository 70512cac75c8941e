"""A record and consents that a test fills, and that say what was asked of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from app.domain.consent import Consent
from app.domain.consent_keeping import ConsentEffect, PrivateCamera, RecordedConsent
from app.domain.ids import CameraId, IncidentId
from app.domain.owner_links import NewOwnerLink, OwnerLink
from app.domain.owner_telling import OwnerTerms
from app.domain.record import (
    PAGE,
    WEEKS,
    AuditRecord,
    ExportDone,
    Look,
    Progress,
    RecordSearch,
    RecordState,
    ReviewWeek,
    WeekReview,
)
from tests.fakes.world import START


class _Asked:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.fail: Callable[[], Exception] | None = None
        """Makes the next answers raise."""
        self.gate: asyncio.Event | None = None
        """While it is set up and not set, answers wait."""

    async def _call(self, *call: object) -> None:
        self.calls.append(call)
        if self.gate is not None:
            await self.gate.wait()
        if self.fail is not None:
            raise self.fail()

    def named(self, name: str) -> list[tuple[object, ...]]:
        return [call for call in self.calls if call[0] == name]


class FakeRecord(_Asked):
    """Implements `RecordGateway`."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: Sequence[AuditRecord] = ()
        self.kept_looks: Sequence[Look] = ()
        self.reviews: dict[str, WeekReview] = {}

    async def records(self, search: RecordSearch, before: int | None) -> tuple[AuditRecord, ...]:
        await self._call("records", search, before)
        fit = (r for r in self.kept if search.camera_id in ("", r.camera_id) and search.act in (None, r.act))
        return tuple(r for r in fit if before is None or r.position < before)[:PAGE]

    async def looks(self, camera_id: str, before: int | None) -> tuple[Look, ...]:
        await self._call("looks", camera_id, before)
        return tuple(look for look in self.kept_looks if before is None or look.position < before)[:PAGE]

    async def weeks(self, before: str | None) -> tuple[ReviewWeek, ...]:
        await self._call("weeks", before)
        names = sorted((n for n in self.reviews if before is None or n < before), reverse=True)
        return tuple(self.reviews[name].week for name in names[:WEEKS])

    async def week(self, name: str) -> WeekReview:
        await self._call("week", name)
        return self.reviews[name]

    async def sign_off(self, name: str, comment: str) -> None:
        await self._call("sign_off", name, comment)

    async def export(self, search: RecordSearch, path: Path, progress: Progress) -> ExportDone:
        progress(3, 7)
        await self._call("export", search, path)
        return ExportDone(7, "ab" * 32)


class FakeConsents(_Asked):
    """Implements `ConsentGateway`."""

    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[CameraId, list[RecordedConsent]] = {}
        self.looks_ended = 0

    async def private_cameras(self) -> tuple[PrivateCamera, ...]:
        await self._call("private_cameras")
        return tuple(
            PrivateCamera(
                c, h[0].consent.level, h[0].consent.scope, h[0].consent.valid_from, h[0].consent.valid_until
            )
            for c, h in self.histories.items()
        )

    async def history(self, camera_id: CameraId) -> tuple[RecordedConsent, ...]:
        await self._call("history", camera_id)
        return tuple(self.histories.get(camera_id, ()))

    async def record(self, camera_id: CameraId, consent: Consent) -> ConsentEffect:
        await self._call("record", camera_id, consent)
        history = self.histories.setdefault(camera_id, [])
        history.insert(0, RecordedConsent(len(history) + 1, START, consent))
        return ConsentEffect(self.looks_ended)


class FakeOwnerLinks(_Asked):
    """Implements `OwnerLinkGateway`."""

    ADDRESS = "https://hub.example:8443/owner#" + "t" * 43

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[OwnerLink] = []

    async def links(self, camera_id: CameraId) -> tuple[OwnerLink, ...]:
        await self._call("links", camera_id)
        return tuple(link for link in self.kept if camera_id in link.camera_ids)

    async def make(self, camera_ids: Sequence[CameraId]) -> NewOwnerLink:
        await self._call("make", tuple(camera_ids))
        number = len(self.calls)
        year = START + timedelta(days=365)
        link = OwnerLink(f"link-{number}", "Ada Owner", "Ann Auditor", START, year, tuple(camera_ids))
        self.kept.insert(0, link)
        return NewOwnerLink(link, self.ADDRESS, here_only=False)

    async def take_back(self, link_id: str) -> None:
        await self._call("take_back", link_id)
        self.kept = [link for link in self.kept if link.id != link_id]


class FakeOwnerTelling(_Asked):
    """Implements `OwnerTellingGateway`."""

    def __init__(self) -> None:
        super().__init__()
        self.held = OwnerTerms()

    async def terms(self) -> OwnerTerms:
        await self._call("terms")
        return self.held

    async def set_terms(self, terms: OwnerTerms) -> None:
        await self._call("set_terms", terms)
        self.held = terms

    async def hold_back(self, incident_id: IncidentId) -> None:
        await self._call("hold_back", incident_id)

    async def tell(self, incident_id: IncidentId) -> None:
        await self._call("tell", incident_id)


class FakeHealth:
    """Implements `RecordHealth`: answers what a test sets, or raises it."""

    def __init__(self) -> None:
        self.answer: RecordState | Exception = RecordState.OK

    async def state(self) -> RecordState:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
