"""Gets the hub's signed manifest for each recording, now or when the hub is back (R35)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from app.domain.errors import OperatorError, ProtocolError, SourceError, TooOftenError
from app.domain.events import LinkState, NoticeLevel
from app.domain.evidence import Begun, EvidenceFolder, EvidenceGateway, ExportClaim, Recording
from app.domain.ports import Clock
from app.services.notify import Notify
from app.store.state import Store

EVERY_S = 20.0
LEFT_ROUNDS = 3
"""Another console at the same folder, that saves just now, has kept its recording by then."""

log = structlog.get_logger(__name__)


class Evidence:
    """Keeps what is to be asked beside each recording, so that neither a restart nor a lock loses it."""

    def __init__(
        self,
        store: Store,
        hub: EvidenceGateway,
        folder: EvidenceFolder,
        clock: Clock,
        notify: Notify,
    ) -> None:
        self._store = store
        self._hub = hub
        self._folder = folder
        self._clock = clock
        self._notify = notify
        self._waiting: dict[Path, ExportClaim] = {}
        self._asking = asyncio.Lock()

    async def save(self, begun: Begun, path: Path, write: Callable[[], Awaitable[Recording]]) -> None:
        """Let a recording be written to ``path``, get its manifest, and tell the operator of both.

        A private camera's does not stay half written, with nothing kept of it: neither after a failure nor,
        looked after at the next start, where the console ends in between. A whole one always stays: the hub
        allowed it beforehand, and may refuse the manifest for no more than a clock that is off.

        Raises:
            OperatorError: it cannot be saved, or nothing can be kept beside it.
        """
        if begun.private:
            await self._folder.begin(path)
        try:
            recording = await write()
            claim = await self._claim(begun, recording)
        except OperatorError:
            if begun.private:
                await self._folder.discard(path)
            raise
        await self._add(path, claim)

    async def _claim(self, begun: Begun, recording: Recording) -> ExportClaim:
        """Return what is to be asked about a recording, once it is kept.

        Raises:
            OperatorError: the recording cannot be read, or nothing can be kept beside it.
        """
        path = recording.path
        size, sha256 = await self._folder.measure(path)
        claim = ExportClaim(
            user=begun.user,
            hub_id=begun.use.hub_id,
            record=begun.use.record,
            name=path.name,
            size=size,
            sha256=sha256,
            began=self._utc(recording.span.began),
            ended=self._utc(recording.span.ended),
            asked_at=self._utc(begun.asked_at),
            took_s=begun.took_s,
            private=begun.private,
        )
        await self._folder.keep(path, claim)
        return claim

    async def _add(self, path: Path, claim: ExportClaim) -> None:
        """Ask for a recording's manifest, and tell the operator of both."""
        self._waiting[path] = claim
        if await self._ask(path, claim):
            words = f"{path.parent}, with its signed manifest"
            self._notify.tell(NoticeLevel.INFO, f"Recording saved: {path.name}", words)
        elif path in self._waiting and claim.user == self._user:
            self._notify.tell(
                NoticeLevel.WARNING,
                f"Recording saved: {path.name}. It has no manifest yet: the hub does not answer.",
                f"It is asked again until it does. Leave the files in {path.parent} until then.",
            )

    async def run(self) -> None:
        """Ask for what is waiting, of earlier runs too, until cancelled."""
        for path, claim in await self._folder.waiting():
            self._waiting.setdefault(path, claim)
        left, rounds = await self._folder.begun(), 0
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)
            rounds += 1
            if rounds == LEFT_ROUNDS:
                await self.clear(left)

    async def clear(self, left: Iterable[Path]) -> None:
        """Remove the recordings of private cameras that a console left behind with nothing kept of them."""
        for path in left:
            try:
                if await self._folder.discard(path):
                    self._notify.tell(
                        NoticeLevel.WARNING,
                        f"{path.name} was removed: it is of a private camera, and has no manifest.",
                        "The console had ended before it could be asked for. Save the recording anew.",
                    )
            except OperatorError as error:
                self._notify.failed("Removing a recording without a manifest", error)

    async def look(self) -> None:
        """Ask once for everything that waits and that is of who sits here now."""
        for path, claim in list(self._waiting.items()):
            if self._store.link is not LinkState.CONNECTED or self._store.shut or claim.user != self._user:
                continue
            try:
                if await self._ask(path, claim):
                    self._notify.tell(NoticeLevel.INFO, f"Manifest signed: {path.name}", str(path.parent))
            except OperatorError as error:
                self._notify.failed("Writing a manifest", error)

    async def _ask(self, path: Path, claim: ExportClaim) -> bool:
        """Say whether there is a manifest now; a refusal is told, and the recording waits no longer.

        Raises:
            OperatorError: the manifest cannot be written.
        """
        async with self._asking:
            if path not in self._waiting or claim.user != self._user:
                # Somebody else has sat down: the hub would say that they saved no such recording.
                return False
            try:
                signed = await self._hub.export(claim)
            except (SourceError, TooOftenError):
                return False
            except ProtocolError as error:
                log.error("the hub's manifest cannot be read", file=path.name, reason=str(error))
                return False
            except OperatorError as refusal:
                del self._waiting[path]
                await self._folder.give_up(path, claim, f"{refusal.message} {refusal.hint}".strip())
                words = f"{path.name} is kept, and has no manifest: {refusal.message}"
                self._notify.tell(NoticeLevel.WARNING, words, refusal.hint)
                return False
            await self._folder.settle(path, signed)
            del self._waiting[path]
            return True

    @property
    def waiting(self) -> tuple[Path, ...]:
        """The recordings that have no manifest yet."""
        return tuple(self._waiting)

    @property
    def _user(self) -> str:
        return self._store.session.user if self._store.session is not None else ""

    def _utc(self, at: float) -> datetime:
        """Return a moment of the monotonic clock by the wall clock as it is now."""
        return self._clock.utc() - timedelta(seconds=self._clock.monotonic() - at)
