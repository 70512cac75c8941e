"""A camera's sound over a connection of its own, for as long as somebody listens.

The pictures' connection knows nothing of it: asked for together, a microphone changes how FFmpeg dates
pictures, what it looks at before the first one, and which answers of a camera end the whole. Nobody who only
looks pays for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import av
import av.logging
from av.stream import Discard

from app.domain.camera import StreamKind
from app.domain.sound import Sound
from app.domain.stream_state import Fault
from app.sources.video.address import check_address
from app.sources.video.av_faults import fault_of
from app.sources.video.no_sound import NoSoundError
from app.sources.video.transport import TransportError

# FFmpeg's log lines hold addresses with passwords.
av.logging.set_level(av.logging.PANIC)

_OPEN_TIMEOUT_S = 4.0
_SILENCE_S = {StreamKind.RTSP: 4.0, StreamKind.HLS: 12.0}
_SCHEMES = {StreamKind.RTSP: {"rtsp": 554, "rtsps": 322}, StreamKind.HLS: {"http": 80, "https": 443}}
_OPTIONS: dict[StreamKind, dict[str, str]] = {
    StreamKind.RTSP: {
        "rtsp_transport": "udp+tcp",
        "rtsp_flags": "prefer_tcp",
        "allowed_media_types": "audio",
        "max_delay": "200000",
        "timeout": str(int(_SILENCE_S[StreamKind.RTSP] * 1e6)),
        "analyzeduration": "500000",
    },
    StreamKind.HLS: {
        "live_start_index": "-2",
        "allowed_extensions": "ALL",
        "protocol_whitelist": "http,https,tcp,tls,crypto,httpproxy",
        "analyzeduration": "1000000",
    },
}
_NONE = {Fault.NOT_FOUND, Fault.NOT_VIDEO, Fault.ENDED}
"""How a camera answers that has no sound to give. A refused connection is another thing."""


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What an open camera says of its sound. ``header`` is what the decoder needs besides the packets."""

    codec: str
    rate: int
    channels: int
    header: bytes


class SoundSource:
    """One camera's sound. Opening and reading block for as long as the network does, with a limit."""

    def __init__(self, kind: StreamKind, url: str) -> None:
        """Open it.

        Raises:
            NoSoundError: there is none, or it does not come.
        """
        if kind not in _OPTIONS:
            raise NoSoundError(Sound.NONE_SENT)
        try:
            check_address(url, _SCHEMES[kind])
            self._input = av.open(
                url,
                format=str(kind),
                options=dict(_OPTIONS[kind]),
                timeout=(_OPEN_TIMEOUT_S, _SILENCE_S[kind]),
            )
        except TransportError:
            raise NoSoundError(Sound.UNREACHABLE) from None
        except av.error.HTTPOtherClientError:
            # Of a camera without sound nothing was set up, and nothing can be played.
            raise NoSoundError(Sound.NONE_SENT) from None
        except (av.error.FFmpegError, OSError, ValueError) as error:
            fault = fault_of(error, running=False)
            raise NoSoundError(Sound.NONE_SENT if fault in _NONE else Sound.UNREACHABLE) from None
        try:
            self._stream = self._audio()
            for other in self._input.streams:
                if other is not self._stream:
                    other.discard = Discard.all
            codec = self._stream.codec_context
            header = bytes(codec.extradata or b"")
            self.facts = SoundFacts(codec.name, codec.sample_rate or 0, codec.channels or 0, header)
        except BaseException:
            self._input.close()
            raise

    def _audio(self) -> av.AudioStream:
        if not self._input.streams.audio:
            raise NoSoundError(Sound.NONE_SENT)
        for stream in self._input.streams.audio:
            # PyAV gives none where FFmpeg knows no decoder.
            if stream.codec_context is not None:
                return stream
        raise NoSoundError(Sound.UNSUPPORTED)

    def packets(self) -> Iterator[bytes]:
        """Yield coded packets until the camera ends, or says nothing for its time."""
        try:
            for packet in self._input.demux(self._stream):
                if packet.size:
                    yield bytes(packet)
        except (av.error.FFmpegError, OSError):
            # It ended; who listens opens it again.
            return

    def close(self) -> None:
        """Close the connection."""
        self._input.close()
