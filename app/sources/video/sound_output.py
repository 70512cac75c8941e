"""The computer's sound output, by PortAudio. The only file that imports `sounddevice`, once it is needed.

All of it may block for as long as the system's sound does: it belongs into a thread that nothing waits for.
"""

from __future__ import annotations

from typing import Any, Protocol

from app.domain.sound import Sound

RATE = 48_000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
_BUFFER_S = 0.12
"""What the device holds: enough for a network's usual unevenness, little beside 0.3 s."""


class SoundOutputError(Exception):
    """There is no output. ``sound`` says why."""

    def __init__(self, sound: Sound) -> None:
        super().__init__(sound)
        self.sound = sound


class SoundOutput(Protocol):
    """An open output for 16-bit samples, interleaved, `CHANNELS` at `RATE`."""

    def write(self, samples: bytes) -> None:
        """Play these next; blocks while the device has no room.

        Raises:
            SoundOutputError: the output is gone.
        """
        ...

    def close(self) -> None:
        """Fall silent at once."""
        ...


class _PortAudio:
    def __init__(self, library: Any, stream: Any) -> None:
        self._library, self._stream = library, stream

    def write(self, samples: bytes) -> None:
        try:
            # That it ran dry before is no fault: a camera's sound may pause.
            self._stream.write(samples)
        except self._library.PortAudioError:
            raise SoundOutputError(Sound.NO_DEVICE) from None

    def close(self) -> None:
        self._stream.close(ignore_errors=True)


def open_output() -> SoundOutput:
    """Open the system's chosen output.

    Raises:
        SoundOutputError: there is none, or PortAudio is missing.
    """
    try:
        import sounddevice  # noqa: PLC0415 - it fails to import where PortAudio is missing
    except OSError:
        raise SoundOutputError(Sound.NO_LIBRARY) from None
    except Exception:  # noqa: BLE001 - PortAudio starts with the import, whose own error has no name before it
        raise SoundOutputError(Sound.NO_DEVICE) from None
    try:
        return _PortAudio(sounddevice, _started(sounddevice))
    except sounddevice.PortAudioError:
        pass
    # PortAudio knows the devices of its start: what was connected later it finds when it starts anew.
    try:
        sounddevice._terminate()
        sounddevice._initialize()
        return _PortAudio(sounddevice, _started(sounddevice))
    except sounddevice.PortAudioError:
        raise SoundOutputError(Sound.NO_DEVICE) from None


def _started(library: Any) -> Any:
    stream = library.RawOutputStream(samplerate=RATE, channels=CHANNELS, dtype="int16", latency=_BUFFER_S)
    try:
        stream.start()
    except library.PortAudioError:
        stream.close(ignore_errors=True)
        raise
    return stream
