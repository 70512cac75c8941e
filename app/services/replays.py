"""Plays back the last minute of a camera that is being looked at, beside its live picture.

A replay needs no leave of its own: it shows what came in under the lease of its stream, and ends with it.
"""

from __future__ import annotations

from app.domain.camera import StreamKey
from app.domain.errors import OperatorError
from app.domain.ids import CameraId
from app.domain.picture_size import HIDDEN
from app.domain.ports import Clock, StreamPast, VideoEngine
from app.domain.stream_state import REPLAY_STEPS_S
from app.services.streams import Streams


class Replays:
    """At most one replay a camera; every tile with the camera shows it. Says what a tile paints."""

    def __init__(self, streams: Streams, engine: VideoEngine, past: StreamPast, clock: Clock) -> None:
        self._streams = streams
        self._engine = engine
        self._past = past
        self._clock = clock
        self._running: dict[CameraId, StreamKey] = {}
        self._since: dict[CameraId, float] = {}

    def start(self, camera_id: CameraId, ago_s: int) -> None:
        """Play the camera from ``ago_s`` seconds ago on, in place of any replay of it before.

        Raises:
            OperatorError: nothing of it is on record.
        """
        self.stop(camera_id)
        live = self._streams.key_for(camera_id)
        past = self._past.replay(live, ago_s) if live is not None else None
        if past is None:
            raise OperatorError("Nothing of this camera is on record yet.", "It is kept from its opening on.")
        self._running[camera_id] = past
        self._since[camera_id] = self._clock.monotonic() - ago_s
        # Another quality's stream would begin with an empty record.
        self._streams.held.add(camera_id)
        self.fit()

    def step(self, camera_id: CameraId) -> None:
        """Go one step further back, from the live picture on; after the last step return to it.

        Raises:
            OperatorError: nothing of it is on record.
        """
        past = self.replay_of(camera_id)
        further = [ago_s for ago_s in REPLAY_STEPS_S if past is None or ago_s > past.replay_s]
        if further:
            self.start(camera_id, further[0])
        else:
            self.stop(camera_id)

    def stop(self, camera_id: CameraId) -> None:
        """Return to the live picture alone."""
        past = self._running.pop(camera_id, None)
        self._since.pop(camera_id, None)
        self._streams.held.discard(camera_id)
        if past is not None:
            self._past.end_replay(past)

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint: the replay that runs, else the live one, None while none is open."""
        past = self.replay_of(camera_id) if self._running else None
        return past or self._streams.key_for(camera_id)

    def live_beside(self, camera_id: CameraId) -> StreamKey | None:
        """Return the live stream to show in the corner of a replay, None while none is open."""
        return self._streams.key_for(camera_id)

    def watermark_of(self, camera_id: CameraId) -> str:
        """Return what the camera's pictures are marked with, a replay's too."""
        return self._streams.watermark_of(camera_id)

    def is_lit(self, camera_id: CameraId) -> bool:
        """Say whether a camera's picture may be seen now, at a locked desk."""
        return self._streams.is_lit(camera_id)

    def stop_all(self) -> None:
        """Return to the live pictures."""
        for camera_id in list(self._running):
            self.stop(camera_id)

    def since(self, camera_id: CameraId) -> float:
        """Return what a recording would begin with: the replay's begin, else as far back as replays go."""
        now = self._clock.monotonic()
        return self._since.get(camera_id, now - REPLAY_STEPS_S[-1])

    def replay_of(self, camera_id: CameraId) -> StreamKey | None:
        """Return the replay that runs, None where there is none."""
        past = self._running.get(camera_id)
        if past is None:
            return None
        facts = self._engine.facts(past)
        if facts is not None and facts.fault is None:
            return past
        # It went with its stream or with the worker that had the record, or there is nothing to play.
        self.stop(camera_id)
        return None

    def fit(self) -> None:
        """Follow the walls: make each replay as large as its camera's picture, end what is on no wall."""
        for camera_id, past in list(self._running.items()):
            size = self._streams.size_of(camera_id)
            if size is None:
                self.stop(camera_id)
            elif size == HIDDEN:
                self._engine.rest(past)
            else:
                self._engine.fit(past, size)
