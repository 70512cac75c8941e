"""The sound of one camera that the operator looks at: of that one only, and only with its live picture.

Sound needs no leave of its own yet: it comes under the lease of the stream, and ends with it.
"""

from __future__ import annotations

import asyncio

from app.domain.errors import OperatorError
from app.domain.events import ListeningChanged, NoticeLevel
from app.domain.ids import CameraId
from app.domain.picture_size import HIDDEN
from app.domain.ports import Clock, StreamSound
from app.domain.sound import SOUND_TROUBLES, Heard, Sound
from app.domain.stream_state import Fault, StreamState, StreamStatus
from app.services.notify import Notify
from app.services.replays import Replays
from app.services.streams import Streams
from app.store.state import Store

TICK_S = 0.1
ANSWER_S = 5.0
"""How long the sound output, and then the camera's first sound, may take."""
_ENDED = {
    StreamState.OFFLINE: "the camera is offline.",
    StreamState.DENIED: "this camera may not be looked at any more.",
}


class Listening:
    """At most one camera is heard. Call `run` once, as a task."""

    def __init__(
        self,
        store: Store,
        streams: Streams,
        replays: Replays,
        sound: StreamSound,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._store = store
        self._streams = streams
        self._replays = replays
        self._sound = sound
        self._notify = notify
        self._clock = clock
        self._volume = 100
        self._since = 0.0
        self._has_played = False
        """Whether anything was heard since listening began, or went on after a pause."""
        self._woken = asyncio.Event()

    @property
    def volume(self) -> int:
        """Per cent."""
        return self._volume

    def toggle(self, camera_id: CameraId) -> None:
        """Listen to this camera in place of any other; end it where this one is listened to.

        Raises:
            OperatorError: there is nothing to hear with the picture that is shown.
        """
        heard = self._store.heard
        if heard is not None and heard.camera_id == camera_id:
            self.stop()
        else:
            self._listen(camera_id)

    def _listen(self, camera_id: CameraId) -> None:
        """Begin. Every listening begins here: this is where leave for it will be asked and put on record."""
        if self._replays.replay_of(camera_id) is not None:
            raise OperatorError("A replay has no sound.", "L returns to the live picture.")
        status = self._status(camera_id)
        if status is None or status.state is not StreamState.LIVE:
            raise OperatorError("Only a live picture can be listened to.")
        self.stop()
        self._since, self._has_played = self._clock.monotonic(), False
        self._tell(Heard(camera_id))
        self.look()
        self._woken.set()

    def stop(self) -> None:
        """Be silent."""
        self._sound.hush()
        self._tell(None)

    def set_volume(self, volume: int) -> None:
        """Play at that volume, in per cent, now and from now on."""
        self._volume = volume
        self.look()

    async def run(self) -> None:
        """Follow the pictures until cancelled; be silent at the end."""
        try:
            while True:
                self.look()
                self._woken.clear()
                if self._store.heard is None:
                    await self._woken.wait()
                else:
                    await asyncio.sleep(TICK_S)
        finally:
            self.stop()

    def look(self) -> None:
        """Let the sound be what the picture is: heard while it is live, held back or ended otherwise."""
        heard = self._store.heard
        if heard is None:
            return
        camera_id = heard.camera_id
        if self._streams.size_of(camera_id) in (None, HIDDEN):
            # Nobody sees it any more: neither would its mark be seen.
            self.stop()
            return
        status = self._status(camera_id)
        state = status.state if status is not None else None
        decoder_lost = status is not None and status.fault is Fault.DECODER_LOST
        if decoder_lost and not heard.silence and not self._has_played:
            # It ended as the sound began: to begin once more would end it once more.
            self._end(camera_id, *SOUND_TROUBLES[Sound.BROKEN])
        elif state in _ENDED and not decoder_lost:
            self._end(camera_id, _ENDED[state])
        elif self._replays.replay_of(camera_id) is not None:
            self._hold(camera_id, "no sound in replay")
        elif state is not StreamState.LIVE:
            self._hold(camera_id, "no sound, not live")
        else:
            self._play(camera_id)

    def _play(self, camera_id: CameraId) -> None:
        key = self._streams.key_for(camera_id)
        assert key is not None, "a live picture has a stream"
        self._sound.listen(key, self._volume)
        sound = self._sound.heard
        now = self._clock.monotonic()
        if sound is Sound.PLAYING:
            self._since, self._has_played = now, True
        elif sound is Sound.AWAITED and self._has_played:
            # The camera pauses.
            self._since = now
        elif now - self._since > ANSWER_S:
            sound = Sound.NO_ANSWER if sound is Sound.STARTING else Sound.NONE_SENT
        if sound in SOUND_TROUBLES:
            message, hint = SOUND_TROUBLES[sound]
            self._end(camera_id, message, hint)
        else:
            self._tell(Heard(camera_id, sound))

    def _hold(self, camera_id: CameraId, words: str) -> None:
        self._sound.hush()
        self._since, self._has_played = self._clock.monotonic(), False
        self._tell(Heard(camera_id, silence=words))

    def _end(self, camera_id: CameraId, message: str, hint: str = "") -> None:
        self.stop()
        camera = self._store.cameras.get(camera_id)
        name = camera.name if camera is not None else camera_id
        self._notify.tell(NoticeLevel.WARNING, f"Listening to {name}: {message}", hint)

    def _status(self, camera_id: CameraId) -> StreamStatus | None:
        key = self._streams.key_for(camera_id)
        return self._store.streams.get(key) if key is not None else None

    def _tell(self, heard: Heard | None) -> None:
        self._store.apply(ListeningChanged(heard))
