"""Plays one camera's sound: one thread fetches it, another decodes it and waits for the sound output.

Live sound is never far behind: what has piled up is cut away, and after a pause a short silence comes first,
so that the next unevenness of the network is not heard. Sound in segments comes in bursts: there the fetching
waits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from app.domain.camera import StreamKind
from app.domain.sound import Sound
from app.sources.video.no_sound import NoSoundError
from app.sources.video.sound_decoder import SoundDecoder
from app.sources.video.sound_output import FRAME_BYTES, RATE, OpenOutput, SoundOutput, open_output
from app.sources.video.sound_source import SoundSource

_log = logging.getLogger(__name__)

_BYTES_A_SECOND = RATE * FRAME_BYTES
_CUSHION_S = 0.06
_MOST_S = 0.25
"""With the device's own buffer live sound stays less than 0.4 s behind its packets."""
_KEPT_S = 0.04
_SLICE_S = 0.02
"""So much is written at a time: who ends listening waits no longer."""
_MOST_PACKETS = 256
_QUIET_S = 1.0
"""With nothing to play for so long, it is not playing."""
_HUNG_S = 2.0
_AGAIN_S = 1.0


class Listener:
    """One stream's, from `__init__` to `close`, which never wait."""

    def __init__(
        self,
        kind: StreamKind,
        url: str,
        volume: int,
        tell: Callable[[Sound], None],
        is_live: Callable[[], bool],
        open_device: OpenOutput = open_output,
    ) -> None:
        """Begin to fetch and to play.

        Args:
            kind: how the camera sends.
            url: its address.
            volume: per cent.
            tell: told when another thing is heard, from another thread; not after `close`.
            is_live: says whether the stream's picture is live: sound that comes otherwise is dropped.
            open_device: opens the sound output.
        """
        self.volume = volume
        self._kind, self._url = kind, url
        self._tell, self._is_live, self._open_device = tell, is_live, open_device
        self._packets: deque[bytes] = deque(maxlen=_MOST_PACKETS)
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._said: Sound | None = None
        self._writing_since: float | None = None
        threading.Thread(target=self._live, name="listener", daemon=True).start()

    def close(self) -> None:
        """Fall silent and end. What hangs keeps its thread, and nothing else."""
        self._closing.set()
        self._woken.set()

    def _live(self) -> None:
        source: SoundSource | None = None
        output: SoundOutput | None = None
        try:
            source = SoundSource(self._kind, self._url)
            decoder = SoundDecoder(source.facts)
            output = self._open_device(self._closing)
            self._say(Sound.AWAITED)
            threading.Thread(target=self._fetch, args=(source,), name="sound", daemon=True).start()
            source = None
            self._play(decoder, output)
        except NoSoundError as error:
            self._say(error.sound)
        except Exception as error:  # noqa: BLE001 - the thread's end: who listens must not wait for nothing
            # The text of an unforeseen error may hold what a camera sent: its type must do.
            _log.error("listening broke: %s", type(error).__name__)
            self._say(Sound.UNSUPPORTED)
        finally:
            self._closing.set()
            if source is not None:
                source.close()
            if output is not None:
                output.close()

    def _say(self, sound: Sound) -> None:
        if not self._closing.is_set() and sound is not self._said:
            self._said = sound
            self._tell(sound)

    def _fetch(self, source: SoundSource) -> None:
        """Fetch until closed; a camera that ends its sound is asked again."""
        facts = source.facts
        while True:
            try:
                self._take(source)
            finally:
                source.close()
            while True:
                if self._closing.wait(_AGAIN_S):
                    return
                try:
                    source = SoundSource(self._kind, self._url)
                except NoSoundError:
                    continue
                break
            if source.facts != facts:
                # The decoder is for another sound: who listens begins anew.
                source.close()
                self._say(Sound.UNREACHABLE)
                return

    def _take(self, source: SoundSource) -> None:
        for packet in source.packets():
            while self._kind is StreamKind.HLS and len(self._packets) >= _MOST_PACKETS // 2:
                self._look_at_output()
                if self._closing.wait(_SLICE_S):
                    break
            if self._closing.is_set():
                return
            self._look_at_output()
            if self._is_live():
                self._packets.append(packet)
                self._woken.set()

    def _look_at_output(self) -> None:
        since = self._writing_since
        if since is not None and time.monotonic() - since > _HUNG_S:
            self._say(Sound.NO_ANSWER)

    def _play(self, decoder: SoundDecoder, output: SoundOutput) -> None:
        lasts_until = 0.0
        while not self._closing.is_set():
            if not self._woken.wait(_QUIET_S):
                self._say(Sound.AWAITED)
                continue
            self._woken.clear()
            samples = self._samples(decoder)
            if not samples:
                continue
            if lasts_until < (now := time.monotonic()):
                samples, lasts_until = bytes(_length(_CUSHION_S)) + samples, now
            lasts_until += len(samples) / _BYTES_A_SECOND
            self._write(output, samples)
            self._say(Sound.PLAYING)

    def _samples(self, decoder: SoundDecoder) -> bytes:
        """Return what is to be played next: of live sound that has piled up only the newest."""
        newest, all_of_it = b"", []
        # What comes while this is decoded has its turn next.
        for _ in range(len(self._packets)):
            newest = decoder.samples(self._packets.popleft())
            all_of_it.append(newest)
        samples = b"".join(all_of_it)
        most, kept = max(_length(_MOST_S), len(newest)), max(_length(_KEPT_S), len(newest))
        return samples if self._kind is StreamKind.HLS or len(samples) <= most else samples[-kept:]

    def _write(self, output: SoundOutput, samples: bytes) -> None:
        step = _length(_SLICE_S)
        for at in range(0, len(samples), step):
            if self._closing.is_set():
                return
            self._writing_since = time.monotonic()
            output.write(_scaled(samples[at : at + step], self.volume))
            self._writing_since = None


def _length(seconds: float) -> int:
    """Return the bytes of whole samples that last so long."""
    return round(seconds * RATE) * FRAME_BYTES


def _scaled(samples: bytes, volume: int) -> bytes:
    if volume >= 100:
        return samples
    # The ear hears ratios: a quarter of the way up the scale is a sixteenth of the height.
    gain = (max(0, volume) / 100) ** 2
    return (np.frombuffer(samples, np.int16) * gain).astype(np.int16).tobytes()
