"""The computer's sound output, by PortAudio. The only file that imports `sounddevice`, once it is needed.

All of it may block for as long as the system's sound does: it belongs into a thread that nothing waits for.
PortAudio is not made for several threads, and starting it anew closes what others have open: one listener has
it at a time, from opening to closing.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from app.domain.sound import Sound
from app.sources.video.no_sound import NoSoundError

RATE = 48_000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
_BUFFER_S = 0.12
"""What the device holds: enough for a network's usual unevenness, little beside 0.4 s."""
_TURN_S = 2.0
"""So long another listener may take to close."""
_TRIES_S = 1.5
"""An output that takes one program at a time is let go by another worker within this."""
_TRY_EVERY_S = 0.2
_turn = threading.Lock()


class SoundOutput(Protocol):
    """An open output for 16-bit samples, interleaved, `CHANNELS` at `RATE`."""

    def write(self, samples: bytes) -> None:
        """Play these next; blocks while the device has no room.

        Raises:
            NoSoundError: the output is gone.
        """
        ...

    def close(self) -> None:
        """Fall silent at once."""
        ...


OpenOutput = Callable[[threading.Event], SoundOutput]


class _PortAudio:
    def __init__(self, library: Any, stream: Any) -> None:
        self._library, self._stream = library, stream

    def write(self, samples: bytes) -> None:
        try:
            # That it ran dry before is no fault: a camera's sound may pause.
            self._stream.write(samples)
        except self._library.PortAudioError:
            raise NoSoundError(Sound.NO_DEVICE) from None

    def close(self) -> None:
        try:
            self._stream.close(ignore_errors=True)
        finally:
            _turn.release()


def open_output(closing: threading.Event) -> SoundOutput:
    """Open the system's chosen output.

    Args:
        closing: set when nobody waits for it any more.

    Raises:
        NoSoundError: there is none, PortAudio is missing, or another listener's does not let go.
    """
    if not _turn.acquire(timeout=_TURN_S):
        raise NoSoundError(Sound.NO_ANSWER)
    try:
        return _opened(closing)
    except BaseException:
        _turn.release()
        raise


def _opened(closing: threading.Event) -> SoundOutput:
    try:
        import sounddevice  # noqa: PLC0415 - it fails to import where PortAudio is missing
    except OSError:
        raise NoSoundError(Sound.NO_LIBRARY) from None
    except Exception:  # noqa: BLE001 - PortAudio starts with the import, whose own error has no name before it
        raise NoSoundError(Sound.NO_DEVICE) from None
    deadline = time.monotonic() + _TRIES_S
    while not closing.is_set():
        with contextlib.suppress(sounddevice.PortAudioError):
            return _PortAudio(sounddevice, _started(sounddevice))
        if time.monotonic() > deadline:
            break
        # PortAudio knows the devices of its start: what was connected later it finds when it starts anew.
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice._terminate()
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice._initialize()
        closing.wait(_TRY_EVERY_S)
    raise NoSoundError(Sound.NO_DEVICE)


def _started(library: Any) -> Any:
    stream = library.RawOutputStream(samplerate=RATE, channels=CHANNELS, dtype="int16", latency=_BUFFER_S)
    try:
        stream.start()
    except library.PortAudioError:
        stream.close(ignore_errors=True)
        raise
    return stream
