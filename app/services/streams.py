"""Keeps exactly those streams open that somebody looks at, each under a lease, and says how each one is.

Demand comes from the walls (camera → the size in pixels at which its picture is shown). A stream that
nobody wants lingers a few seconds, so that moving a tile or changing the grid never restarts it; what nobody
can see keeps its camera and is not decoded. When a
picture's size asks for another quality, the old stream stays on screen until the new one has its first
picture. Both are told the size, so that their pictures come ready to be copied onto the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from math import hypot

from app.domain.camera import Camera, Lease, StreamKey
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.events import StreamChanged, StreamClosed
from app.domain.ids import CameraId, WallId
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.ports import Clock, HubGateway, VideoEngine
from app.domain.quality_policy import QualityPolicy, Wish
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault, StreamState, StreamStatus, Thresholds, judge
from app.store.state import Store

TICK_S = 0.2
LINGER_S = 5.0
RENEW_BEFORE_S = 120.0
ASK_AGAIN_S = 5.0
"""No lease is asked for more often than this, whatever the hub answers, unless there is a new reason to."""
ANSWER_S = 2.0
"""How long a stream that nobody wants any more waits for the hub's answer, to give the lease back."""
FAREWELL_S = 4.0


@dataclass(slots=True)
class _Stream:
    """One stream that is wanted, or was until a moment ago."""

    key: StreamKey
    unwanted_since: float | None = None
    lease: Lease | None = None
    asking: asyncio.Task[None] | None = None
    failures: int = 0
    ask_at: float = 0.0
    refusal: str = ""
    hub_away: bool = False
    ended: bool = False
    camera: Camera | None = None
    """The directory's entry that the last lease was asked for; another one may mean other rights."""
    masked_for: Camera | None = None
    """The directory's entry whose masks the lease has at least."""
    moved: bool = False
    """The entry has changed under a lease, so another one is due."""
    era: int = 0
    """The hub's run that granted the lease, see `Streams.renew_all`."""
    renew_before_s: float = RENEW_BEFORE_S
    opened: bool = False
    """The engine has been given the stream and has not been told to close it."""
    fitted: PictureSize | None = None
    """The size that the engine was told, since it has the stream; `HIDDEN`: it rests."""

    def is_due(self, era: int, clock: Clock) -> bool:
        """Say whether another lease is to be asked for in this run of the hub."""
        if self.lease is None or self.moved or self.era != era:
            return True
        return _left_s(self.lease, clock) <= self.renew_before_s

    def close(self) -> StreamKey:
        """Note that the engine is told to close the stream, and return what to tell it."""
        self.opened, self.fitted = False, None
        return self.key


class Streams:
    """Opens, renews and closes streams; call `run` once, as a task."""

    def __init__(
        self,
        store: Store,
        hub: HubGateway,
        engine: VideoEngine,
        clock: Clock,
        on_failure: Callable[[str, BaseException], None],
        *,
        limits: Thresholds = Thresholds(),
        policy: RestartPolicy = RestartPolicy(),
        linger_s: float = LINGER_S,
        qualities: QualityPolicy | None = None,
    ) -> None:
        self._store = store
        self._hub = hub
        self._engine = engine
        self._clock = clock
        self._on_failure = on_failure
        self._limits = limits
        self._policy = policy
        self._linger_s = linger_s
        self.qualities = qualities or QualityPolicy()
        self._demand: dict[WallId, dict[CameraId, PictureSize]] = {}
        self._sizes: dict[CameraId, PictureSize] = {}
        self._streams: dict[StreamKey, _Stream] = {}
        self._wanted: dict[CameraId, StreamKey] = {}
        self._shown: dict[CameraId, StreamKey] = {}
        self._era = 0
        self.held: set[CameraId] = set()
        """Cameras whose stream must not be exchanged for another quality just now."""
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.first_live_at: float | None = None

    def demand(self, wall_id: WallId, sizes: dict[CameraId, PictureSize]) -> None:
        """Say which cameras a wall shows now, and the size in device pixels of each one's largest picture.

        With `HIDDEN` a stream that is open is kept for a quick return, without being decoded.
        """
        self._demand[wall_id] = dict(sizes)
        self._woken.set()

    def wake(self) -> None:
        """Look again at once: the directory changed."""
        self._woken.set()

    def renew_all(self) -> None:
        """Ask for every lease anew: the hub was started again and has ended the old ones."""
        self._era += 1
        for stream in self._streams.values():
            stream.ask_at = 0.0
        self._woken.set()

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint for a camera, None while none is open."""
        return self._shown.get(camera_id)

    def size_of(self, camera_id: CameraId) -> PictureSize | None:
        """Return how large the camera's largest picture is wanted, None when none is."""
        return _largest(self._demand.values()).get(camera_id)

    async def run(self) -> None:
        """Work until cancelled; closes every stream on the way out. May be called again after it ended."""
        try:
            while True:
                self._reconcile()
                self._judge()
                self._woken.clear()
                try:
                    async with asyncio.timeout(TICK_S):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            await self._close_all()

    # What should be open

    def _reconcile(self) -> None:
        now = self._clock.monotonic()
        self._sizes = _largest(self._demand.values())
        wishes = {}
        for camera_id, size in self._sizes.items():
            camera, current = self._store.cameras.get(camera_id), self._wanted.get(camera_id)
            # What is open stays so for a while, but nothing is opened that nobody can see.
            if camera is not None and (size != HIDDEN or current is not None):
                held = size == HIDDEN or camera_id in self.held
                quality = current.quality if current is not None else None
                wishes[camera_id] = Wish(camera, _height_px(size), size.area, quality, held)
        chosen = self.qualities.choose(wishes, now)
        wanted = {camera_id: StreamKey(camera_id, quality) for camera_id, quality in chosen.items()}
        self._wanted = wanted
        for key in wanted.values():
            self._streams.setdefault(key, _Stream(key))
        self._choose_shown()
        # What is still painted in place of the wanted stream needs its lease as much as that one.
        in_use = set(wanted.values())
        in_use.update(key for camera, key in self._shown.items() if camera in wanted)
        for key, stream in list(self._streams.items()):
            self._end_if_expired(stream)
            self._hide(stream)
            if key in in_use:
                stream.unwanted_since = None
                self._ask_if_due(stream, now)
                self._fit(stream, self._sizes.get(stream.key.camera_id))
            else:
                self._let_go(stream, now)

    def _choose_shown(self) -> None:
        """Paint the wanted stream once it has a picture; until then go on with the one before."""
        for camera_id, key in self._wanted.items():
            shown = self._shown.get(camera_id)
            # Where nothing is shown yet the first picture must not wait for the next look.
            before = self._streams.get(shown) if shown is not None else None
            has_picture = self._engine.newest_number(key) > 0
            if before is None or before.refusal or has_picture:
                self._shown[camera_id] = key

    def _fit(self, stream: _Stream, size: PictureSize | None) -> None:
        if not stream.opened or size is None or size == stream.fitted:
            return
        stream.fitted = size
        if size == HIDDEN:
            self._engine.rest(stream.key)
            # Nobody sees it, so nothing is said of it: at rest is no fault.
            self._store.apply(StreamClosed(stream.key))
        else:
            self._engine.fit(stream.key, size)

    def _let_go(self, stream: _Stream, now: float) -> None:
        key = stream.key
        if stream.unwanted_since is None:
            stream.unwanted_since = now
        lingers = now - stream.unwanted_since < self._linger_s
        if lingers and key.camera_id in self._store.cameras:
            self._fit(stream, HIDDEN)
            return
        del self._streams[key]
        self._forget(key)
        self._start(self._end(stream), f"end {key}")

    def _forget(self, key: StreamKey) -> None:
        if self._shown.get(key.camera_id) == key:
            del self._shown[key.camera_id]
        self._store.apply(StreamClosed(key))

    # Leases

    def _end_if_expired(self, stream: _Stream) -> None:
        if stream.lease is not None and _left_s(stream.lease, self._clock) <= 0:
            self._refused(stream, "The permission to look has run out and the hub does not renew it")

    def _hide(self, stream: _Stream) -> None:
        """Put on what the directory newly masks: at once, also while the hub is being asked."""
        camera = self._store.cameras.get(stream.key.camera_id)
        if camera is stream.masked_for or not stream.opened:
            return
        stream.masked_for = camera
        stricter = _hiding_also(stream.lease, camera)
        if stricter is not None:
            stream.lease = stricter
            self._start(self._engine.open(stricter), f"mask {stream.key}")

    def _ask_if_due(self, stream: _Stream, now: float) -> None:
        camera = self._store.cameras.get(stream.key.camera_id)
        if camera is not stream.camera and stream.asking is None:
            stream.moved = stream.camera is not None
            stream.camera = camera
            stream.ask_at = 0.0
        if not stream.is_due(self._era, self._clock) or stream.asking is not None or now < stream.ask_at:
            return
        # Set before the answer: an error that nobody foresaw must not ask without pause.
        stream.ask_at = now + ASK_AGAIN_S
        stream.asking = self._start(self._ask(stream, self._era), f"lease {stream.key}")

    async def _ask(self, stream: _Stream, era: int) -> None:
        try:
            lease = await self._hub.lease(stream.key)
            if stream.ended:
                await self._give_back(lease)
                return
            entry = self._store.cameras.get(stream.key.camera_id)
            if entry is not stream.camera:
                # Masks that came while the hub was being asked: it may not have known of them.
                lease = _hiding_also(lease, entry) or lease
            stream.masked_for = entry
            before, stream.lease, stream.era = stream.lease, lease, era
            stream.refusal, stream.hub_away, stream.failures = "", False, 0
            stream.renew_before_s = min(RENEW_BEFORE_S, _left_s(lease, self._clock) / 2)
            moved, stream.moved = stream.moved, False
            if moved and before is not None and before.url != lease.url:
                await self._engine.close(stream.close())
            await self._engine.open(lease)
            # A refusal, an expiry or the end may have come meanwhile and closed it.
            if stream.lease is lease and not stream.ended:
                stream.opened = True
                self._fit(stream, self._sizes.get(stream.key.camera_id))
            if before is not None:
                await self._give_back(before)
        except OperatorError as error:
            if not stream.ended:
                self._refused(stream, error.message)
        except (SourceError, ProtocolError):
            stream.hub_away = True
            stream.failures += 1
            self._ask_later(stream, None)
        finally:
            stream.asking = None

    def _refused(self, stream: _Stream, words: str) -> None:
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

    def _ask_later(self, stream: _Stream, fault: Fault | None) -> None:
        wait = self._policy.delay_s(stream.failures, fault, lambda: 0.5)
        stream.ask_at = self._clock.monotonic() + wait

    async def _end(self, stream: _Stream) -> None:
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

    async def _close_all(self) -> None:
        streams = list(self._streams.values())
        self._streams.clear()
        self._wanted.clear()
        for stream in streams:
            self._forget(stream.key)
            self._start(self._end(stream), f"end {stream.key}")
        if self._tasks:
            # `_on_task_done` tells of those that fail.
            await asyncio.wait(set(self._tasks), timeout=FAREWELL_S)

    # What to say of each

    def _judge(self) -> None:
        now = self._clock.monotonic()
        for key, stream in self._streams.items():
            if stream.fitted == HIDDEN:
                continue
            status = self._status(stream, now)
            if status.state is StreamState.LIVE and self.first_live_at is None:
                self.first_live_at = now
            self._store.apply(StreamChanged(key, _to_the_second(status)))

    def _status(self, stream: _Stream, now: float) -> StreamStatus:
        if stream.refusal:
            return StreamStatus(StreamState.DENIED, None, Fault.DENIED_BY_HUB, stream.refusal)
        facts = self._engine.facts(stream.key)
        if facts is None:
            words = "Waiting for the hub's permission" if stream.hub_away else ""
            return StreamStatus(StreamState.CONNECTING, None, None, words)
        return judge(facts, now, self._limits)


def _left_s(lease: Lease, clock: Clock) -> float:
    return (lease.expires_at - clock.utc()).total_seconds()


def _largest(walls: Iterable[dict[CameraId, PictureSize]]) -> dict[CameraId, PictureSize]:
    """Return each camera's size of the largest area over all walls."""
    largest: dict[CameraId, PictureSize] = {}
    for wall in walls:
        for camera_id, size in wall.items():
            before = largest.get(camera_id)
            if before is None or size.area > before.area:
                largest[camera_id] = size
    return largest


def _hiding_also(lease: Lease | None, camera: Camera | None) -> Lease | None:
    """Return the lease with the masks that only the directory's entry has, None where there are none such.

    It holds until the hub has said by another lease which masks there are: its answer may be long in coming,
    and what is to be hidden must not be seen meanwhile.
    """
    if lease is None or camera is None:
        return None
    new = tuple(mask for mask in camera.privacy_masks if mask not in lease.privacy_masks)
    return replace(lease, privacy_masks=lease.privacy_masks + new) if new else None


def _height_px(size: PictureSize) -> int:
    """Return the height of a 16:9 picture with that diagonal, by which the quality is chosen.

    A camera's main stream is often 16:9 and its small one 4:3. In a narrow tile the main one's picture is
    the lower: by its plain height it would give way to the small one, which would ask for it again.
    """
    return round(hypot(size.width, size.height) * 9 / hypot(16, 9))


def _to_the_second(status: StreamStatus) -> StreamStatus:
    """Round the age, so that the views hear of a stream once a second and not at every tick."""
    if status.age_s is None:
        return status
    return replace(status, age_s=float(int(status.age_s)))
