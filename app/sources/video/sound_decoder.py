"""Coded sound in, samples as the sound output takes them out."""

from __future__ import annotations

import av

from app.domain.sound import Sound
from app.sources.video.no_sound import NoSoundError
from app.sources.video.sound_output import FRAME_BYTES, RATE
from app.sources.video.sound_source import SoundFacts

_HOPELESS = 50
"""So many packets without a single sample: this sound cannot be decoded."""


class SoundDecoder:
    """Decodes one camera's sound."""

    def __init__(self, facts: SoundFacts) -> None:
        """Open the codec.

        Raises:
            NoSoundError: FFmpeg has none for this sound.
        """
        try:
            codec = av.CodecContext.create(facts.codec, "r")
            if not isinstance(codec, av.AudioCodecContext):
                raise NoSoundError(Sound.UNSUPPORTED)
            if facts.header:
                codec.extradata = facts.header
            if facts.rate:
                codec.sample_rate = facts.rate
            if facts.channels:
                codec.layout = "mono" if facts.channels == 1 else f"{facts.channels}c"
            codec.open()
        except (av.error.FFmpegError, ValueError):
            raise NoSoundError(Sound.UNSUPPORTED) from None
        self._codec = codec
        self._shape: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None
        self._fruitless = 0

    def samples(self, packet: bytes) -> bytes:
        """Return what the packet holds, nothing where it is damaged.

        Raises:
            NoSoundError: nothing comes of any packet.
        """
        try:
            frames = self._codec.decode(av.Packet(packet))
        except (av.error.FFmpegError, ValueError):
            frames = []
        self._fruitless = 0 if frames else self._fruitless + 1
        if self._fruitless >= _HOPELESS:
            raise NoSoundError(Sound.UNSUPPORTED)
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
