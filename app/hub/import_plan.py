"""Imports of camera files: planned against the directory, applied when the operator agrees."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from app.domain.audit import Act, Actor, AuditEntry
from app.domain.ids import CameraId
from app.hub.camera_rows import FoundCamera
from app.hub.db.database import Database
from app.hub.db.directory import Listing, StreamSource, listings, write_cameras
from app.hub.db.journal import Journal
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.departed import keep_closed
from app.hub.desks import end_kept_of
from app.hub.import_cameras import CameraFile, read_camera_file
from app.hub.refusals import NotFoundError
from app.hub.vault import Vault
from app.wire.hub import ImportPlanOut, RefusedRowOut

PLAN_TIME = timedelta(minutes=10)
MOST_PLANS = 8
PORTION = 500
"""Cameras in one transaction: alerts that arrive in the middle of a large import are committed in between."""


@dataclass(frozen=True, slots=True)
class _Plan:
    file: CameraFile
    expires_at: datetime
    whose: str


@dataclass(frozen=True, slots=True)
class _Difference:
    """What a file would change: listings to write, and how many of them are new."""

    writes: tuple[Listing, ...]
    added: int
    unchanged: int

    def __add__(self, other: _Difference) -> _Difference:
        return _Difference(
            self.writes + other.writes, self.added + other.added, self.unchanged + other.unchanged
        )

    def told(self, token: str, file: CameraFile) -> ImportPlanOut:
        return ImportPlanOut(
            token=token,
            added=self.added,
            changed=len(self.writes) - self.added,
            unchanged=self.unchanged,
            refused=[RefusedRowOut(row=row.row, reason=row.reason) for row in file.refused],
        )


class ImportDesk:
    """Plans that wait for the operator's word, and their doing.

    Plans live in memory: they hold what the file held, passwords included.
    """

    def __init__(
        self, database: Database, journal: Journal, vault: Vault, hub_id: str, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._journal = journal
        self._vault = vault
        self._hub_id = hub_id
        self._now = now
        self._plans: dict[str, _Plan] = {}

    async def plan(self, by: Actor, content: bytes) -> ImportPlanOut:
        """Return what importing a file would do; its token applies it within ten minutes, for them alone.

        Raises:
            UnfitError: the file is no list of cameras.
        """
        file = await asyncio.to_thread(read_camera_file, content)
        listed = [self._listing(found) for found in file.found]
        stale = await self._stale_secrets(file)
        async with self._database.reading() as reading:
            known = await listings(reading, [listing.camera.id for listing in listed])
        self._drop_expired()
        token = secrets.token_urlsafe(16)
        self._plans[token] = _Plan(file, self._now() + PLAN_TIME, by.name)
        while len(self._plans) > MOST_PLANS:
            del self._plans[next(iter(self._plans))]
        return _difference(listed, known, stale).told(token, file)

    async def apply(self, by: Actor, token: str) -> ImportPlanOut:
        """Carry out a plan against the directory as it is now, and return what was done.

        It is written in portions. What a failure cuts short is completed by importing the file again.

        Raises:
            NotFoundError: no such plan of theirs, or it has expired or been applied.
        """
        self._drop_expired()
        plan = self._plans.get(token)
        if plan is None or plan.whose != by.name:
            raise NotFoundError(
                "There is no such import plan: it was carried out, or ten minutes have passed.",
                "Choose the file again.",
            )
        del self._plans[token]
        listed = [self._listing(found) for found in plan.file.found]
        stale = await self._stale_secrets(plan.file)
        # Before the commit: a camera in the directory without its password would be worse than a password
        # in the vault without its camera.
        for found in plan.file.found:
            for quality, address in found.addresses.items():
                if address.has_secret and found.camera.id in stale:
                    await self._vault.keep(self._reference(found.camera.id, quality.value), address.full)

        done = _Difference((), 0, 0)
        for start in range(0, len(listed), PORTION):
            portion = listed[start : start + PORTION]
            done += await self._journal.write(by, partial(_write, listed=portion, stale=stale))
        return done.told(token, plan.file)

    async def _stale_secrets(self, file: CameraFile) -> set[CameraId]:
        """Return the cameras whose passwords in the file are not the ones that are kept."""
        stale: set[CameraId] = set()
        for found in file.found:
            for quality, address in found.addresses.items():
                reference = self._reference(found.camera.id, quality.value)
                if address.has_secret and await self._vault.find(reference) != address.full:
                    stale.add(found.camera.id)
        return stale

    def _listing(self, found: FoundCamera) -> Listing:
        sources = {
            quality: StreamSource(
                address.listed,
                self._reference(found.camera.id, quality.value) if address.has_secret else None,
            )
            for quality, address in found.addresses.items()
        }
        return Listing(found.camera, sources, names_masks=found.names_masks)

    def _reference(self, camera_id: str, quality: str) -> str:
        return f"{self._hub_id}/{camera_id}/{quality}"

    def _drop_expired(self) -> None:
        now = self._now()
        self._plans = {token: plan for token, plan in self._plans.items() if plan.expires_at > now}


async def _write(uow: UnitOfWork, listed: list[Listing], stale: set[CameraId]) -> _Difference:
    known = await listings(uow, [listing.camera.id for listing in listed])
    difference = _difference(listed, known, stale)
    await write_cameras(uow, difference.writes, known)
    await keep_closed(uow, [one.camera for one in difference.writes if one.camera.id not in known])
    await end_kept_of(uow, {one.camera.id for one in difference.writes})
    if difference.writes:
        uow.audit(
            AuditEntry(
                Act.CAMERAS_IMPORT,
                "cameras",
                detail=f"{difference.added} added, {len(difference.writes) - difference.added} changed",
            )
        )
    return difference


def _difference(listed: list[Listing], known: Mapping[str, Listing], stale: set[CameraId]) -> _Difference:
    proposed = [listing.over(known.get(listing.camera.id)) for listing in listed]
    writes = [
        listing
        for listing in proposed
        if known.get(listing.camera.id) != listing or listing.camera.id in stale
    ]
    added = sum(listing.camera.id not in known for listing in writes)
    return _Difference(tuple(writes), added, len(listed) - len(writes))
