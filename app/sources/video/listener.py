"""Plays one stream's sound: a thread that decodes it and waits for the sound device in the pictures' place.

The sound is never far behind: what has piled up is cut away, and after a pause a short silence comes first,
so that the next unevenness of the network is not heard.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

import av
import numpy as np

from app.domain.sound import Sound
from app.sources.video.sound_output import (
    FRAME_BYTES,
    RATE,
    SoundOutput,
    SoundOutputError,
    open_output,
)
from app.sources.video.sound_track import SoundFacts

_log = logging.getLogger(__name__)

_BYTES_A_SECOND = RATE * FRAME_BYTES
_CUSHION_S = 0.06
_MOST_S = 0.15
"""With the device's own buffer the sound stays less than 0.3 s behind its packets."""
_KEPT_S = 0.04
_SLICE_S = 0.02
"""So much is written at a time: who ends listening waits no longer."""
_MOST_PACKETS = 256
_HOPELESS = 50
"""So many packets without a single sample: this sound cannot be decoded."""


class Listener:
    """One stream's, from `__init__` to `close`. Neither they nor `put` ever wait."""

    def __init__(
        self,
        facts: SoundFacts,
        volume: int,
        tell: Callable[[Sound], None],
        open_device: Callable[[], SoundOutput] = open_output,
    ) -> None:
        """Begin to play.

        Args:
            facts: what the packets hold.
            volume: per cent.
            tell: told once that it plays, or why it does not, from another thread; not after `close`.
            open_device: opens the sound output.
        """
        self.volume = volume
        self._facts, self._tell, self._open_device = facts, tell, open_device
        self._packets: deque[bytes] = deque(maxlen=_MOST_PACKETS)
        self._woken = threading.Event()
        self._closed = False
        threading.Thread(target=self._live, name="listener", daemon=True).start()

    def put(self, packet: bytes) -> None:
        """Play a coded packet; what a device that does not answer leaves lying is dropped from its end."""
        self._packets.append(packet)
        self._woken.set()

    def close(self) -> None:
        """Fall silent and end. A device that hangs keeps the thread, and nothing else."""
        self._closed = True
        self._woken.set()

    def _live(self) -> None:
        try:
            decoder = _Decoder(self._facts)
            output = self._open_device()
        except SoundOutputError as error:
            self._say(error.sound)
            return
        try:
            self._say(Sound.AWAITED)
            self._play(decoder, output)
        except SoundOutputError as error:
            self._say(error.sound)
        except Exception as error:  # noqa: BLE001 - the thread's end: who listens must not wait for nothing
            # The text of an unforeseen error may hold what a camera sent: its type must do.
            _log.error("listening broke: %s", type(error).__name__)
            self._say(Sound.UNSUPPORTED)
        finally:
            output.close()

    def _say(self, sound: Sound) -> None:
        if not self._closed:
            self._tell(sound)

    def _play(self, decoder: _Decoder, output: SoundOutput) -> None:
        plays = False
        lasts_until = 0.0
        while not self._closed:
            self._woken.wait()
            self._woken.clear()
            samples = b"".join(decoder.samples(packet) for packet in self._taken())
            if decoder.hopeless:
                raise SoundOutputError(Sound.UNSUPPORTED)
            if not samples:
                continue
            if len(samples) > _length(_MOST_S):
                samples = samples[-_length(_KEPT_S) :]
            if lasts_until < (now := time.monotonic()):
                samples, lasts_until = bytes(_length(_CUSHION_S)) + samples, now
            lasts_until += len(samples) / _BYTES_A_SECOND
            self._write(output, samples)
            if not plays:
                plays = True
                self._say(Sound.PLAYING)

    def _taken(self) -> list[bytes]:
        taken = []
        with contextlib.suppress(IndexError):
            while True:
                taken.append(self._packets.popleft())
        return taken

    def _write(self, output: SoundOutput, samples: bytes) -> None:
        step = _length(_SLICE_S)
        for at in range(0, len(samples), step):
            if self._closed:
                return
            output.write(_scaled(samples[at : at + step], self.volume))


class _Decoder:
    """Coded packets in, samples as the output takes them out."""

    def __init__(self, facts: SoundFacts) -> None:
        """Open the codec.

        Raises:
            SoundOutputError: FFmpeg has none for this sound.
        """
        try:
            codec = av.CodecContext.create(facts.codec, "r")
            if not isinstance(codec, av.AudioCodecContext):
                raise SoundOutputError(Sound.UNSUPPORTED)
            if facts.header:
                codec.extradata = facts.header
            if facts.rate:
                codec.sample_rate = facts.rate
            if facts.channels:
                codec.layout = "mono" if facts.channels == 1 else f"{facts.channels}c"
            codec.open()
        except (av.error.FFmpegError, ValueError):
            raise SoundOutputError(Sound.UNSUPPORTED) from None
        self._codec = codec
        self._shape: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None
        self._fruitless = 0

    @property
    def hopeless(self) -> bool:
        """Say whether nothing comes of the packets."""
        return self._fruitless >= _HOPELESS

    def samples(self, packet: bytes) -> bytes:
        """Return what the packet holds, nothing where it is damaged."""
        try:
            frames = self._codec.decode(av.Packet(packet))
        except (av.error.FFmpegError, ValueError):
            frames = []
        self._fruitless = 0 if frames else self._fruitless + 1
        return b"".join(self._resampled(frame) for frame in frames)

    def _resampled(self, frame: av.AudioFrame) -> bytes:
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape or self._resampler is None:
            # A camera may tell another rate than it has; the frames know.
            self._shape, self._resampler = shape, av.AudioResampler("s16", "stereo", RATE)
        frame.pts = None
        return b"".join(
            bytes(out.planes[0])[: out.samples * FRAME_BYTES] for out in self._resampler.resample(frame)
        )


def _length(seconds: float) -> int:
    """Return the bytes of whole samples that last so long."""
    return round(seconds * RATE) * FRAME_BYTES


def _scaled(samples: bytes, volume: int) -> bytes:
    if volume >= 100:
        return samples
    # The ear hears ratios: a quarter of the way up the scale is a sixteenth of the height.
    gain = (max(0, volume) / 100) ** 2
    return (np.frombuffer(samples, np.int16) * gain).astype(np.int16).tobytes()
