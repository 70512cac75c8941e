"""Keeps exactly those streams open that somebody looks at, each under a lease, and says how each one is.

Demand comes from the walls (camera → tile height in pixels). A stream that nobody wants lingers a few
seconds, so that moving a tile or changing the grid never restarts it. When a tile's size asks for
another quality, the old stream stays on screen until the new one has its first picture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from app.domain.camera import Lease, StreamKey
from app.domain.errors import OperatorError, SourceError
from app.domain.events import StreamChanged, StreamClosed
from app.domain.ids import CameraId, WallId
from app.domain.ports import Clock, HubGateway, VideoEngine
from app.domain.quality_policy import choose_quality
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault, StreamState, StreamStatus, Thresholds, judge
from app.store.state import Store

TICK_S = 0.2
LINGER_S = 5.0
RENEW_BEFORE_S = 120.0


@dataclass(slots=True)
class _Stream:
    """One stream that is wanted, or was until a moment ago."""

    key: StreamKey
    since: float
    unwanted_since: float | None = None
    lease: Lease | None = None
    asking: asyncio.Task[None] | None = None
    failures: int = 0
    ask_at: float = 0.0
    refusal: str = ""
    hub_away: bool = False
    renew: bool = False


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
    ) -> None:
        self._store = store
        self._hub = hub
        self._engine = engine
        self._clock = clock
        self._on_failure = on_failure
        self._limits = limits
        self._policy = policy
        self._linger_s = linger_s
        self._demand: dict[WallId, dict[CameraId, int]] = {}
        self._streams: dict[StreamKey, _Stream] = {}
        self._wanted: dict[CameraId, StreamKey] = {}
        self._shown: dict[CameraId, StreamKey] = {}
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.first_live_at: float | None = None

    def demand(self, wall_id: WallId, heights: dict[CameraId, int]) -> None:
        """Say which cameras a wall shows now, and how high in device pixels their largest tile is."""
        self._demand[wall_id] = dict(heights)
        self._woken.set()

    def wake(self) -> None:
        """Look again at once: the directory changed."""
        self._woken.set()

    def renew_all(self) -> None:
        """Ask for every lease anew: the hub was started again and has ended the old ones."""
        for stream in self._streams.values():
            stream.renew = True
            stream.ask_at = 0.0
        self._woken.set()

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint for a camera, None while none is open."""
        return self._shown.get(camera_id)

    async def run(self) -> None:
        """Work until cancelled; closes every stream on the way out."""
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
        heights: dict[CameraId, int] = {}
        for wall in self._demand.values():
            for camera_id, height in wall.items():
                heights[camera_id] = max(height, heights.get(camera_id, 0))
        wanted: dict[CameraId, StreamKey] = {}
        for camera_id, height in heights.items():
            camera = self._store.cameras.get(camera_id)
            if camera is None:
                continue
            current = self._wanted.get(camera_id)
            quality = choose_quality(camera, height, current.quality if current else None)
            wanted[camera_id] = StreamKey(camera_id, quality)
        self._wanted = wanted
        for key in wanted.values():
            stream = self._streams.get(key)
            if stream is None:
                stream = self._streams[key] = _Stream(key, since=now)
            stream.unwanted_since = None
            self._ask_if_due(stream, now)
        self._choose_shown()
        self._let_go(now)

    def _choose_shown(self) -> None:
        """Paint the wanted stream once it has a picture; until then go on with the one before."""
        for camera_id, key in self._wanted.items():
            before = self._shown.get(camera_id)
            has_picture = self._engine.newest_number(key) > 0
            if before is None or has_picture or before not in self._streams:
                self._shown[camera_id] = key

    def _let_go(self, now: float) -> None:
        in_use = set(self._wanted.values())
        in_use.update(key for camera, key in self._shown.items() if camera in self._wanted)
        for key, stream in list(self._streams.items()):
            if key in in_use:
                continue
            if stream.unwanted_since is None:
                stream.unwanted_since = now
            if now - stream.unwanted_since >= self._linger_s:
                del self._streams[key]
                if self._shown.get(key.camera_id) == key:
                    del self._shown[key.camera_id]
                self._store.apply(StreamClosed(key))
                self._start(self._end(stream), f"end {stream.key}")

    # Leases

    def _ask_if_due(self, stream: _Stream, now: float) -> None:
        if stream.lease is not None:
            left_s = (stream.lease.expires_at - self._clock.utc()).total_seconds()
            if left_s <= 0:
                self._refused(stream, "The permission to look has run out and the hub does not renew it")
            elif left_s > RENEW_BEFORE_S and not stream.renew:
                return
        if stream.asking is None and now >= stream.ask_at:
            stream.asking = self._start(self._ask(stream), f"lease {stream.key}")

    async def _ask(self, stream: _Stream) -> None:
        try:
            lease = await self._hub.lease(stream.key)
            before, stream.lease = stream.lease, lease
            stream.refusal, stream.hub_away, stream.renew, stream.failures = "", False, False, 0
            await self._engine.open(lease)
            if before is not None:
                await self._hub.end_lease(before.id)
        except OperatorError as error:
            self._refused(stream, error.message)
        except SourceError:
            stream.hub_away = True
            stream.failures += 1
            self._ask_later(stream, None)
        finally:
            stream.asking = None

    def _refused(self, stream: _Stream, words: str) -> None:
        stream.refusal = words
        stream.lease = None
        stream.failures += 1
        self._ask_later(stream, Fault.DENIED_BY_HUB)
        self._start(self._engine.close(stream.key), f"close {stream.key}")

    def _ask_later(self, stream: _Stream, fault: Fault | None) -> None:
        wait = self._policy.delay_s(stream.failures, fault, lambda: 0.5)
        stream.ask_at = self._clock.monotonic() + wait

    async def _end(self, stream: _Stream) -> None:
        if stream.asking is not None:
            stream.asking.cancel()
            await asyncio.gather(stream.asking, return_exceptions=True)
        await self._engine.close(stream.key)
        if stream.lease is not None:
            try:
                await self._hub.end_lease(stream.lease.id)
            except (SourceError, OperatorError):
                # The hub ends leases by itself when they expire or when it starts.
                return

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
        await asyncio.gather(*(self._end(s) for s in streams), *self._tasks, return_exceptions=True)

    # What to say of each

    def _judge(self) -> None:
        now = self._clock.monotonic()
        for key, stream in self._streams.items():
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


def _to_the_second(status: StreamStatus) -> StreamStatus:
    """Round the age, so that the views hear of a stream once a second and not at every tick."""
    if status.age_s is None:
        return status
    return replace(status, age_s=float(int(status.age_s)))
