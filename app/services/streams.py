"""Keeps exactly those streams open that somebody looks at, each under a lease, and says how each one is.

Demand comes from the walls (camera → the size in pixels at which its picture is shown). A stream that
nobody wants lingers a few seconds, so that moving a tile or changing the grid never restarts it; what nobody
can see keeps its camera and is not decoded. When a picture's size asks for another quality, the old stream
stays on screen until the new one has its first picture. Both are told the size, so that their pictures come
ready to be copied onto the screen. `stream_leases` asks the hub.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from app.domain.camera import StreamKey, Use
from app.domain.enrolled_desk import LookRenewals
from app.domain.errors import OperatorError
from app.domain.events import StreamChanged, StreamClosed
from app.domain.evidence import Begun
from app.domain.ids import CameraId, WallId
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.ports import Clock, HubGateway, VideoEngine
from app.domain.quality_policy import QualityPolicy, wish_for
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault, StreamState, StreamStatus, Thresholds, judge
from app.services.stream_leases import OpenStream, StreamLeases
from app.store.state import Store

TICK_S = 0.2
LINGER_S = 5.0


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
        renewals: LookRenewals | None = None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._clock = clock
        self._limits = limits
        self._linger_s = linger_s
        self.qualities = qualities or QualityPolicy()
        self._demand: dict[WallId, dict[CameraId, PictureSize]] = {}
        self._sizes: dict[CameraId, PictureSize] = {}
        self._streams: dict[StreamKey, OpenStream] = {}
        self._wanted: dict[CameraId, StreamKey] = {}
        self._shown: dict[CameraId, StreamKey] = {}
        self._leases = StreamLeases(
            store, hub, engine, clock, on_failure, self._fit_as_wanted, policy, renewals
        )
        self.held: set[CameraId] = set()
        """Cameras whose stream must not be exchanged for another quality just now."""
        self._woken = asyncio.Event()
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
        self._leases.renew_all(self._streams.values())
        self._woken.set()

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint for a camera, None while none is open."""
        return self._shown.get(camera_id)

    async def use(self, camera_id: CameraId, use: Use) -> Begun:
        """Ask the hub's leave for what is about to be done with a camera's stream, which goes on record.

        Returns where it stands on record, and what the question tells of the two clocks.

        Raises:
            OperatorError: it is not allowed, or the camera is not open.
            SourceError: the hub does not answer, so nothing may be done.
        """
        stream = self._streams.get(self._shown[camera_id]) if camera_id in self._shown else None
        if stream is None or stream.lease is None:
            raise OperatorError("This camera is not open.", "Put it on a wall first.")
        return await self._leases.use(stream.lease, use)

    def watermark_of(self, camera_id: CameraId) -> str:
        """Return what the camera's pictures are marked with, empty where that is nothing."""
        stream = self._streams.get(self._shown[camera_id]) if camera_id in self._shown else None
        return stream.lease.watermark if stream is not None and stream.lease is not None else ""

    def is_lit(self, camera_id: CameraId) -> bool:
        """Say whether a camera's picture may be seen now: at a locked desk only where its look goes on."""
        if not self._store.shut:
            return True
        stream = self._streams.get(self._shown[camera_id]) if camera_id in self._shown else None
        return stream is not None and stream.goes_on(self._store.lit_walls, self._store.kept)

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
        if self._store.shut:
            self._keep_lit()
            return
        now = self._clock.monotonic()
        self._sizes = _largest(self._demand.values())
        wishes = {}
        for camera_id, size in self._sizes.items():
            camera, current = self._store.cameras.get(camera_id), self._wanted.get(camera_id)
            # What is open stays so for a while, but nothing is opened that nobody can see.
            if camera is not None and (size != HIDDEN or current is not None):
                held = size == HIDDEN or camera_id in self.held
                quality = current.quality if current is not None else None
                wishes[camera_id] = wish_for(camera, size, quality, held=held)
        chosen = self.qualities.choose(wishes, now)
        wanted = {camera_id: StreamKey(camera_id, quality) for camera_id, quality in chosen.items()}
        self._wanted = wanted
        for key in wanted.values():
            self._streams.setdefault(key, OpenStream(key))
        self._choose_shown()
        # What is still painted in place of the wanted stream needs its lease as much as that one.
        in_use = set(wanted.values())
        in_use.update(key for camera, key in self._shown.items() if camera in wanted)
        for key, stream in list(self._streams.items()):
            self._leases.look_after(stream)
            if key in in_use:
                stream.unwanted_since = None
                wall = self._lit_wall_of(key.camera_id)
                if wall != stream.wall:
                    stream.wall, stream.ask_at = wall, 0.0
                self._leases.ask_if_due(stream)
                self._fit_as_wanted(stream)
            else:
                self._let_go(stream, now)

    def _keep_lit(self) -> None:
        """Let go on what walls that stay lit show, as it is, and end all else: the desk is shut."""
        walls = self._store.lit_walls
        sizes = _largest(self._demand.get(wall, {}) for wall in walls)
        self._sizes = sizes
        lit: dict[CameraId, StreamKey] = {}
        for key, stream in list(self._streams.items()):
            self._leases.look_after(stream)
            shown = key.camera_id in sizes and self._shown.get(key.camera_id) == key
            if shown and stream.goes_on(walls, self._store.kept):
                lit[key.camera_id] = key
                self._leases.keep(stream)
                self._fit_as_wanted(stream)
            else:
                self._let_go(stream, self._clock.monotonic())
        self._wanted = lit

    def _lit_wall_of(self, camera_id: CameraId) -> WallId | None:
        """Return the wall of those that show a camera that would stay lit, None where none would."""
        session = self._store.session
        walls = sorted(session.exempt_walls) if session is not None else ()
        return next((wall for wall in walls if camera_id in self._demand.get(wall, {})), None)

    def _choose_shown(self) -> None:
        """Paint the wanted stream once it has a picture; until then go on with the one before."""
        for camera_id, key in self._wanted.items():
            shown = self._shown.get(camera_id)
            # Where nothing is shown yet the first picture must not wait for the next look.
            before = self._streams.get(shown) if shown is not None else None
            has_picture = self._engine.newest_number(key) > 0
            if before is None or before.refusal or has_picture:
                self._shown[camera_id] = key

    def _fit_as_wanted(self, stream: OpenStream) -> None:
        self._fit(stream, self._sizes.get(stream.key.camera_id))

    def _fit(self, stream: OpenStream, size: PictureSize | None) -> None:
        if not stream.opened or size is None or size == stream.fitted:
            return
        stream.fitted = size
        if size == HIDDEN:
            self._engine.rest(stream.key)
            # Nobody sees it, so nothing is said of it: at rest is no fault.
            self._store.apply(StreamClosed(stream.key))
        else:
            self._engine.fit(stream.key, size)

    def _let_go(self, stream: OpenStream, now: float) -> None:
        key = stream.key
        if stream.unwanted_since is None:
            stream.unwanted_since = now
        lingers = now - stream.unwanted_since < self._linger_s
        if lingers and key.camera_id in self._store.cameras and not self._store.shut:
            self._fit(stream, HIDDEN)
            return
        del self._streams[key]
        self._forget(key)
        self._leases.end(stream)

    def _forget(self, key: StreamKey) -> None:
        if self._shown.get(key.camera_id) == key:
            del self._shown[key.camera_id]
        self._store.apply(StreamClosed(key))

    async def _close_all(self) -> None:
        streams = list(self._streams.values())
        self._streams.clear()
        self._wanted.clear()
        for stream in streams:
            self._forget(stream.key)
            self._leases.end(stream)
        await self._leases.finish()

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

    def _status(self, stream: OpenStream, now: float) -> StreamStatus:
        if stream.refusal:
            return StreamStatus(StreamState.DENIED, None, Fault.DENIED_BY_HUB, stream.refusal)
        facts = self._engine.facts(stream.key)
        if facts is None:
            return StreamStatus(StreamState.CONNECTING, None, None, stream.waits)
        return judge(facts, now, self._limits)


def _largest(walls: Iterable[dict[CameraId, PictureSize]]) -> dict[CameraId, PictureSize]:
    """Return each camera's size of the largest area over all walls."""
    largest: dict[CameraId, PictureSize] = {}
    for wall in walls:
        for camera_id, size in wall.items():
            before = largest.get(camera_id)
            if before is None or size.area > before.area:
                largest[camera_id] = size
    return largest


def _to_the_second(status: StreamStatus) -> StreamStatus:
    """Round the age, so that the views hear of a stream once a second and not at every tick."""
    if status.age_s is None:
        return status
    return replace(status, age_s=float(int(status.age_s)))
