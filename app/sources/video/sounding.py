"""A stream's sound within its session: who wishes to hear it, and whether there is anything honest to hear.

Sound goes only with a live picture: while pictures do not come it is held back, however well it arrives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.domain.camera import StreamKind
from app.domain.sound import Sound
from app.domain.stream_state import Thresholds
from app.sources.video.listener import Listener

_LIMITS = Thresholds()
_DEFAULT_FPS = 15.0

NewListener = Callable[[StreamKind, str, int, Callable[[Sound], None], Callable[[], bool]], Listener]


class Sounding:
    """One session's. The worker's main thread wishes, the session's thread begins and ends runs."""

    def __init__(self, tell: Callable[[Sound], None], listener: NewListener = Listener) -> None:
        """Make one that nobody listens to.

        Args:
            tell: told what is heard, from any thread.
            listener: begins to play.
        """
        self._tell, self._new_listener = tell, listener
        self._lock = threading.Lock()
        self._volume: int | None = None
        self._camera: tuple[StreamKind, str] | None = None
        self._picture_age_s: Callable[[], float] | None = None
        self._live_limit_s = _LIMITS.live_s
        self._listener: Listener | None = None

    def listen(self, volume: int) -> None:
        """Play the stream's sound from now on, or go on at this volume (per cent)."""
        with self._lock:
            self._volume = volume
            if self._listener is not None:
                self._listener.volume = volume
            else:
                self._begin()

    def hush(self) -> None:
        """Play it no more, and let the camera's sound go."""
        with self._lock:
            self._volume = None
            self._end()

    def begin(
        self, kind: StreamKind, url: str, fps: float | None, picture_age_s: Callable[[], float]
    ) -> None:
        """The camera is open.

        Args:
            kind: how it sends.
            url: its address.
            fps: its pictures in a second, where they are known.
            picture_age_s: how old the newest decoded picture is. It is asked until `end` and not kept beyond:
                it holds the session, and that its ring.
        """
        with self._lock:
            self._camera, self._picture_age_s = (kind, url), picture_age_s
            self._live_limit_s = _LIMITS.live_limit_s(1 / (fps or _DEFAULT_FPS))
            self._begin()

    def end(self) -> None:
        """The run is over; the wish to listen stays for the next one."""
        with self._lock:
            self._end()
            self._camera, self._picture_age_s = None, None

    def _begin(self) -> None:
        if self._volume is None or self._camera is None:
            return
        self._listener = self._new_listener(*self._camera, self._volume, self._tell, self._is_live)

    def _end(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _is_live(self) -> bool:
        age_s = self._picture_age_s
        return age_s is not None and age_s() <= self._live_limit_s
