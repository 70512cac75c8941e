"""Keeps each stream under a lease: asks the hub for it, renews it, obeys a refusal, gives it back.

Nothing is opened without a lease, and a lease that runs out closes its stream whether the hub answers or not.
What the directory newly masks is hidden at once; only the hub's own word takes a mask off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, replace

from app.domain.camera import Camera, Lease, StreamKey, Use
from app.domain.consent import NO_PURPOSE, Purpose
from app.domain.enrolled_desk import KEPT_TIME, LookRenewals
from app.domain.errors import HubFullError, OperatorError, ProtocolError, SourceError
from app.domain.evidence import Begun
from app.domain.ids import WallId
from app.domain.picture_size import PictureSize
from app.domain.ports import Clock, HubGateway, VideoEngine
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault
from app.services.purpose import purpose_of
from app.store.state import Store

RENEW_BEFORE_S = 120.0
ASK_AGAIN_S = 5.0
"""No lease is asked for more often than this, whatever the hub answers, unless there is a new reason to."""
KEPT_RENEWAL_S = 100.0
"""How often a lease is renewed at a locked desk: three times before it would run out."""
ANSWER_S = 2.0
"""How long a stream that nobody wants any more waits for the hub's answer, to give the lease back."""
FAREWELL_S = 4.0


Era = tuple[int, int]
"""The hub's run and the store's reload: leases of an earlier one may have been taken back unheard."""


@dataclass(slots=True)
class OpenStream:
    """One stream that is wanted, or was until a moment ago."""

    key: StreamKey
    unwanted_since: float | None = None
    lease: Lease | None = None
    asking: asyncio.Task[None] | None = None
    failures: int = 0
    ask_at: float = 0.0
    refusal: str = ""
    waits: str = ""
    """Why the stream waits for its lease, in the operator's words; empty while it does not."""
    kept_id: str = ""
    """The lease that went on at a locked desk last."""
    ended: bool = False
    camera: Camera | None = None
    """The directory's entry that the last lease was asked for; another one may mean other rights."""
    masked_for: Camera | None = None
    """The directory's entry whose masks the lease has at least."""
    purpose: Purpose = NO_PURPOSE
    """What the last lease was asked for."""
    wall: WallId | None = None
    """The wall that would stay lit at a locked desk, of those that show it."""
    moved: bool = False
    """The entry has changed under a lease, so another one is due."""
    era: Era = (0, 0)
    """When the hub granted the lease, see `StreamLeases.renew_all`."""
    renew_before_s: float = RENEW_BEFORE_S
    opened: bool = False
    """The engine has been given the stream and has not been told to close it."""
    fitted: PictureSize | None = None
    """The size that the engine was told, since it has the stream; `HIDDEN`: it rests."""

    def is_due(self, era: Era, clock: Clock) -> bool:
        """Say whether another lease is to be asked for in this era."""
        if self.lease is None or self.moved or self.era != era or self.lease.wall != self.wall:
            return True
        return _left_s(self.lease, clock) <= self.renew_before_s

    def goes_on(self, walls: Collection[WallId], leases: Collection[str] | None) -> bool:
        """Say whether the stream goes on at a locked desk with these lit walls and these kept leases.

        ``leases`` is None while the hub has not said which are kept.
        """
        lease = self.lease
        if lease is None or not self.opened or lease.wall not in walls or lease.watermark:
            return False
        return leases is None or lease.id in leases

    def close(self) -> StreamKey:
        """Note that the engine is told to close the stream, and return what to tell it."""
        self.opened, self.fitted = False, None
        return self.key


class StreamLeases:
    """Opens streams as far as the hub grants them, and closes them where it does not any more."""

    def __init__(
        self,
        store: Store,
        hub: HubGateway,
        engine: VideoEngine,
        clock: Clock,
        on_failure: Callable[[str, BaseException], None],
        on_opened: Callable[[OpenStream], None],
        policy: RestartPolicy,
        renewals: LookRenewals | None = None,
    ) -> None:
        self._store = store
        self._hub = hub
        self._engine = engine
        self._clock = clock
        self._on_failure = on_failure
        self._on_opened = on_opened
        self._policy = policy
        self._renewals = renewals
        self._hubs = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def renew_all(self, streams: Iterable[OpenStream]) -> None:
        """Ask for every lease anew: the hub was started again and has ended the old ones."""
        self._hubs += 1
        for stream in streams:
            stream.ask_at = 0.0

    def look_after(self, stream: OpenStream) -> None:
        """Close a stream whose lease was taken back or has run out; put on what the directory newly masks.

        At once, also while the hub is being asked.
        """
        self._end_if_revoked(stream)
        self._end_if_expired(stream)
        self._hide(stream)

    def ask_if_due(self, stream: OpenStream) -> None:
        """Ask for a lease where there is none, where it ends soon or where the camera has changed."""
        now = self._clock.monotonic()
        camera = self._store.cameras.get(stream.key.camera_id)
        if camera is not stream.camera and stream.asking is None:
            stream.moved = stream.camera is not None
            stream.camera = camera
            stream.ask_at = 0.0
        if not stream.is_due(self._era, self._clock) or stream.asking is not None:
            return
        purpose = purpose_of(self._store, stream.key.camera_id)
        if purpose != stream.purpose:
            # What was refused without it may be allowed for an incident.
            stream.purpose, stream.ask_at = purpose, 0.0
        if now < stream.ask_at:
            return
        # Set before the answer: an error that nobody foresaw must not ask without pause.
        stream.ask_at = now + ASK_AGAIN_S
        stream.asking = self._start(self._ask(stream, self._era), f"lease {stream.key}")

    def keep(self, stream: OpenStream) -> None:
        """Let a stream go on at a locked desk: its lease is renewed at once, and then every other minute.

        Without the hub it goes on for minutes. Nothing is asked for anew.
        """
        lease, now = stream.lease, self._clock.monotonic()
        if lease is None or stream.asking is not None:
            return
        if stream.kept_id != lease.id:
            stream.kept_id, stream.ask_at = lease.id, 0.0
            until = min(lease.expires_at, self._clock.utc() + KEPT_TIME)
            lease = stream.lease = replace(lease, expires_at=until)
        if self._renewals is None or now < stream.ask_at:
            return
        stream.ask_at = now + ASK_AGAIN_S
        stream.asking = self._start(self._renew(stream, lease, self._renewals), f"renew {stream.key}")

    async def _renew(self, stream: OpenStream, lease: Lease, renewals: LookRenewals) -> None:
        try:
            until = await renewals.renew_lease(lease.id)
            if stream.lease is lease and not stream.ended:
                stream.lease = replace(lease, expires_at=until)
                stream.ask_at = self._clock.monotonic() + KEPT_RENEWAL_S
        except OperatorError as error:
            # At a desk that was unlocked meanwhile it is asked for like any other.
            if stream.lease is lease and not stream.ended and self._store.shut:
                self._refused(stream, error.message)
        except (SourceError, ProtocolError):
            # Asked again soon: what is open goes on until its lease runs out.
            return
        finally:
            stream.asking = None

    async def use(self, lease: Lease, use: Use) -> Begun:
        """Ask the hub's leave for what goes beyond looking."""
        session, asked_at = self._store.session, self._clock.monotonic()
        on_record = await self._hub.use_lease(lease.id, use)
        user = session.user if session is not None else ""
        took_s = self._clock.monotonic() - asked_at
        # Pictures of private cameras are marked, and of no others.
        return Begun(on_record, user, asked_at, took_s, private=bool(lease.watermark))

    def end(self, stream: OpenStream) -> None:
        """Close a stream that nobody wants any more and give its lease back."""
        self._start(self._end(stream), f"end {stream.key}")

    async def finish(self) -> None:
        """Wait, not for ever, until what was begun is done; `on_failure` is told of what fails."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=FAREWELL_S)

    @property
    def _era(self) -> Era:
        return self._hubs, self._store.reloads

    def _end_if_revoked(self, stream: OpenStream) -> None:
        words = None if stream.lease is None else self._store.revoked.get(stream.lease.id)
        if words is not None:
            self._refused(stream, words or "The permission to look was taken back")
            # Perhaps it is granted on other terms; a refusal then is asked about slowly.
            stream.ask_at = 0.0

    def _end_if_expired(self, stream: OpenStream) -> None:
        if stream.lease is not None and _left_s(stream.lease, self._clock) <= 0:
            self._refused(stream, "The permission to look has run out and the hub does not renew it")

    def _hide(self, stream: OpenStream) -> None:
        camera = self._store.cameras.get(stream.key.camera_id)
        if camera is stream.masked_for or not stream.opened:
            return
        stream.masked_for = camera
        stricter = _hiding_also(stream.lease, camera)
        if stricter is not None:
            stream.lease = stricter
            self._start(self._engine.open(stricter), f"mask {stream.key}")

    async def _ask(self, stream: OpenStream, era: Era) -> None:
        try:
            lease = await self._hub.lease(stream.key, stream.purpose, stream.wall)
            if stream.ended:
                await self._give_back(lease)
                return
            entry = self._store.cameras.get(stream.key.camera_id)
            if entry is not stream.camera:
                # Masks that came while the hub was being asked: it may not have known of them.
                lease = _hiding_also(lease, entry) or lease
            stream.masked_for = entry
            before, stream.lease, stream.era = stream.lease, lease, era
            stream.refusal, stream.waits, stream.failures = "", "", 0
            stream.renew_before_s = min(RENEW_BEFORE_S, _left_s(lease, self._clock) / 2)
            if before is not None and (lease.expires_at - before.expires_at).total_seconds() < ASK_AGAIN_S:
                # It ends when the owner's grant does: to ask again before that changes nothing.
                stream.renew_before_s = 0.0
            moved, stream.moved = stream.moved, False
            self._end_if_revoked(stream)
            if stream.lease is not lease:
                # Taken back before the answer came. The lease before it must not stand on record as a look.
                if before is not None:
                    await self._give_back(before)
                return
            if moved and before is not None and before.url != lease.url:
                await self._engine.close(stream.close())
            await self._engine.open(lease)
            # A refusal, an expiry or the end may have come meanwhile and closed it.
            if stream.lease is lease and not stream.ended:
                stream.opened = True
                self._on_opened(stream)
            if before is not None:
                await self._give_back(before)
        except OperatorError as error:
            if not stream.ended:
                self._refused(stream, error.message)
        except HubFullError as error:
            self._unanswered(stream, error.message)
        except (SourceError, ProtocolError):
            self._unanswered(stream, "Waiting for the hub's permission")
        finally:
            stream.asking = None

    def _unanswered(self, stream: OpenStream, words: str) -> None:
        # What is open goes on under the lease that it has.
        stream.waits = words
        stream.failures += 1
        self._ask_later(stream, None)

    def _refused(self, stream: OpenStream, words: str) -> None:
        stream.refusal = words
        lease, stream.lease = stream.lease, None
        stream.failures += 1
        self._ask_later(stream, Fault.DENIED_BY_HUB)
        self._start(self._engine.close(stream.close()), f"close {stream.key}")
        if lease is not None:
            self._start(self._give_back(lease), f"give back {stream.key}")

    async def _give_back(self, lease: Lease) -> None:
        try:
            await self._hub.end_lease(lease.id)
        except (SourceError, OperatorError, ProtocolError):
            # The hub ends leases by itself when they expire or when it starts.
            return

    def _ask_later(self, stream: OpenStream, fault: Fault | None) -> None:
        wait = self._policy.delay_s(stream.failures, fault, lambda: 0.5)
        stream.ask_at = self._clock.monotonic() + wait

    async def _end(self, stream: OpenStream) -> None:
        stream.ended = True
        # At once: the same camera may be wanted again, and then the engine's stream is another's.
        await self._engine.close(stream.close())
        asking = stream.asking
        if asking is not None:
            # A lease that is granted to nobody would stand on record as an hour's look.
            await asyncio.wait({asking}, timeout=ANSWER_S)
            asking.cancel()
        if stream.lease is not None:
            await self._give_back(stream.lease)

    def _start(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_failure(task.get_name(), error)


def _left_s(lease: Lease, clock: Clock) -> float:
    return (lease.expires_at - clock.utc()).total_seconds()


def _hiding_also(lease: Lease | None, camera: Camera | None) -> Lease | None:
    """Return the lease with the masks that only the directory's entry has, None where there are none such.

    It holds until the hub has said by another lease which masks there are: its answer may be long in coming,
    and what is to be hidden must not be seen meanwhile.
    """
    if lease is None or camera is None:
        return None
    new = tuple(mask for mask in camera.privacy_masks if mask not in lease.privacy_masks)
    return replace(lease, privacy_masks=lease.privacy_masks + new) if new else None
