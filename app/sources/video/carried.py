"""RTSP and HLS by FFmpeg: opens the camera and hands its packets over, never decoding, for libVLC to decode.

libVLC as Linux distributions build it cannot open RTSP. Here one path serves all systems, and every
failure has a name.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import av
import av.logging
from av.bitstream import BitStreamFilterContext

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault
from app.sources.video.address import check_address
from app.sources.video.av_faults import fault_of
from app.sources.video.colours import Colours
from app.sources.video.lateness import Lateness
from app.sources.video.parameter_sets import parameter_sets, picture_end
from app.sources.video.stamps import Pace, Stamps
from app.sources.video.transport import (
    Packet,
    Sink,
    SizeChanged,
    SourceFacts,
    TransportError,
)

# FFmpeg's log lines hold addresses with passwords.
av.logging.set_level(av.logging.PANIC)

_OPEN_TIMEOUT_S = 6.0
_SILENCE_S = {StreamKind.RTSP: 4.0, StreamKind.HLS: 8.0}
"""A camera that says nothing for this long, or for some of its own intervals, is asked anew.

A connection that a router has forgotten looks like a camera that is silent, and only asking anew mends it.
HLS is silent between two segments.
"""
_SILENCE_INTERVALS = 4
_PARSED = {"h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video"}
"""FFmpeg gives these pictures out when the next one begins: they came when the one before was given out."""
_TICK = Fraction(1, 90_000)
_FULL_RANGE = 2
_HEADED = {"h264", "hevc", "mpeg4"}
_MARKED = {"h264", "hevc", "mjpeg"}
"""A change of size shows in the parameter sets; of other codecs each key picture is looked at."""
_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
_CODECS = {"h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg", "vp8", "vp9", "av1"}
_OPTIONS: dict[StreamKind, dict[str, str]] = {
    StreamKind.RTSP: {
        # One negotiation: TCP first, UDP where the camera refuses TCP.
        "rtsp_transport": "udp+tcp",
        "rtsp_flags": "prefer_tcp",
        "allowed_media_types": "video",
        "buffer_size": "1048576",
        "reorder_queue_size": "64",
        "max_delay": "200000",
        # The frame rate comes from the stream's own headers: measuring it costs over a second.
        "fpsprobesize": "0",
    },
    StreamKind.HLS: {
        "live_start_index": "-2",
        "max_reload": "8",
        "m3u8_hold_counters": "8",
        "http_persistent": "1",
        "allowed_extensions": "ALL",
        "protocol_whitelist": "http,https,tcp,tls,crypto,httpproxy",
    },
}
_PROBES = ((0.1, 32), (3.0, 1_000_000))
"""How long to look for the picture's size, in seconds and in bytes of RTSP. Most cameras tell it before their
first picture, and each further one that is looked at would delay that one; some tell it with their next key
picture.
"""
_SCHEMES = {StreamKind.RTSP: {"rtsp": 554, "rtsps": 322}, StreamKind.HLS: {"http": 80, "https": 443}}


class CarriedTransport:
    """One camera that FFmpeg carries."""

    def __init__(self, kind: StreamKind, url: str, fps: float | None) -> None:
        """Open the camera; takes as long as the camera does, at most some `_OPEN_TIMEOUT_S`.

        Raises:
            TransportError: it cannot be opened.
        """
        check_address(url, _SCHEMES[kind])
        self._paced = kind is StreamKind.HLS
        self._silence_s = max(_SILENCE_S[kind], _SILENCE_INTERVALS / fps if fps else 0.0)
        for probe_s, probe_bytes in _PROBES:
            self._input = _open(kind, url, probe_s, probe_bytes, self._silence_s)
            try:
                facts = self._describe(fps)
            except TransportError:
                self.close()
                raise
            if facts.width and facts.height:
                self.facts = facts
                self._lateness = Lateness(facts.fps)
                return
            self.close()
        raise TransportError(Fault.NOT_VIDEO)

    def _describe(self, fps: float | None) -> SourceFacts:
        if not self._input.streams.video:
            raise TransportError(Fault.NOT_VIDEO)
        self._video = video = self._input.streams.video[0]
        codec = video.codec_context
        header = codec.extradata or b""
        if codec.name == "mjpeg":
            self._sets = repr((codec.width, codec.height)).encode()
        else:
            self._sets = b"" if header.startswith(b"\1") else parameter_sets(codec.name, header)
        self._held: av.Packet[av.VideoStream] | None = None
        if codec.name not in _CODECS:
            raise TransportError(Fault.CODEC_UNSUPPORTED)
        rate = video.average_rate or video.guessed_rate
        return SourceFacts(
            width=codec.width,
            height=codec.height,
            # A rate beyond reason is the clock's, not the camera's.
            fps=float(rate) if rate and 0 < rate <= 120 else fps,
            codec=codec.name,
            aspect=_aspect(codec.width, codec.height, codec.sample_aspect_ratio),
            colours=_colours(codec.height, codec.pix_fmt, codec.colorspace, codec.color_range),
        )

    def carry(self, sink: Sink, stopping: threading.Event) -> None:
        """Carry packets until ``stopping``; see `Transport`."""
        stamps = Stamps()
        tick = float(self._video.time_base or _TICK)
        ending = picture_end(self.facts.codec)
        damaged = False
        for packet, arrived_at in self._packets(stopping):
            behind_s = self._behind_s(packet, arrived_at)
            data = bytes(packet)
            if packet.is_keyframe:
                data = self._with_header(data)
                damaged = not self._checked(data, packet)
            if damaged:
                # libVLC must not see a size that is none, nor what builds on such a picture.
                continue
            decoded = stamps.next(arrived_at)
            # Pictures that are shown out of order lie some ticks behind their turn.
            late = 0 if packet.pts is None or packet.dts is None else max(0, packet.pts - packet.dts)
            shown, key = decoded + late * tick, packet.is_keyframe
            sink.put(Packet(data + ending, arrived_at, decoded, shown, key, behind_s=behind_s))

    def _behind_s(self, packet: av.Packet[av.VideoStream], arrived_at: float) -> float:
        """Return how late a packet is by the camera's own clock.

        A segment's packets were all there before their time, and how old it was when it was published it does
        not tell: segments are not judged.
        """
        if self._paced:
            return 0.0
        dated = packet.pts if packet.pts is not None else packet.dts
        tick = self._video.time_base or _TICK
        return self._lateness.behind_s(None if dated is None else float(dated * tick), arrived_at)

    def _with_header(self, data: bytes) -> bytes:
        """Return a key picture with what it takes to decode it, which some cameras tell only once."""
        codec, header = self.facts.codec, self._video.codec_context.extradata
        if not header or header.startswith(b"\1") or codec not in _HEADED:
            return data
        return data if parameter_sets(codec, data) else header + data

    def _checked(self, data: bytes, packet: av.Packet[av.VideoStream]) -> bool:
        """Compare a key picture's parameters with those before it; False: it is damaged.

        Raises:
            SizeChanged: the pictures from this one on are others than `facts` says.
        """
        sets = parameter_sets(self.facts.codec, data)
        if self.facts.codec in _MARKED and (not sets or not self._sets or sets == self._sets):
            self._sets = sets or self._sets
            return True
        facts = self._facts_in(data)
        if facts is None:
            return False
        self._sets = sets
        if facts != self.facts:
            self.facts, self._held = facts, packet
            raise SizeChanged
        return True

    def _facts_in(self, data: bytes) -> SourceFacts | None:
        """Decode a key picture to see what it is, None when it cannot be decoded."""
        codec = av.CodecContext.create(self.facts.codec, "r")
        assert isinstance(codec, av.VideoCodecContext)
        try:
            pictures = [*codec.decode(av.Packet(data)), *codec.decode(None)]
        except (av.error.FFmpegError, ValueError):
            pictures = []
        if not pictures:
            return None
        picture = pictures[0]
        return replace(
            self.facts,
            width=picture.width,
            height=picture.height,
            aspect=_aspect(picture.width, picture.height, codec.sample_aspect_ratio),
            colours=_colours(picture.height, picture.format.name, picture.colorspace, picture.color_range),
        )

    def _packets(self, stopping: threading.Event) -> Iterator[tuple[av.Packet[av.VideoStream], float]]:
        """Yield video packets from the first key picture on, each with the time when it arrived.

        Where the source has no pace, which is where it comes in segments, they get their own.
        """
        started = False
        parsed = self.facts.codec in _PARSED
        read_at = time.monotonic()
        pace = Pace()
        tick = float(self._video.time_base or _TICK)
        try:
            for packet in self._annexed():
                if stopping.is_set():
                    return
                waited_s, read_at = time.monotonic() - read_at, time.monotonic()
                started = started or packet.is_keyframe
                if not started or not packet.size:
                    continue
                if self._paced and packet.dts is not None:
                    stopping.wait(pace.wait_s(packet.dts * tick, time.monotonic()))
                # The last picture before a silence is given out after it.
                yield packet, time.monotonic() - (waited_s if parsed else 0.0)
                if parsed and waited_s > 0.98 * self._silence_s:
                    raise TransportError(Fault.TIMEOUT)
                read_at = time.monotonic()
        except (av.error.FFmpegError, OSError) as error:
            if time.monotonic() - read_at > 0.98 * self._silence_s:
                raise TransportError(Fault.TIMEOUT) from None
            raise TransportError(fault_of(error, running=started)) from None
        if not stopping.is_set():
            raise TransportError(Fault.ENDED)

    def _annexed(self) -> Iterator[av.Packet[av.VideoStream]]:
        """Yield packets as byte streams with start codes, which not all containers have."""
        if self._held is not None:
            held, self._held = self._held, None
            yield held
        codec = self._video.codec_context
        name = _ANNEX_B.get(codec.name)
        if name is None or not (codec.extradata or b"").startswith(b"\1"):
            yield from self._input.demux(self._video)
            return
        to_start_codes = BitStreamFilterContext(name, in_stream=self._video)
        for packet in self._input.demux(self._video):
            yield from to_start_codes.filter(packet)

    def close(self) -> None:
        """Close the connection to the camera."""
        self._input.close()


def _aspect(width: int, height: int, pixel: Fraction | None) -> float:
    return float(width * (pixel or 1) / max(1, height))


def _colours(height: int, pixel_format: str | None, matrix: int, colour_range: int) -> Colours:
    full_range = (pixel_format or "").startswith("yuvj") or int(colour_range) == _FULL_RANGE
    return Colours.of(height, int(matrix), full_range)


def _open(
    kind: StreamKind, url: str, probe_s: float, probe_bytes: int, silence_s: float
) -> av.container.InputContainer:
    options = {**_OPTIONS[kind], "analyzeduration": str(int(probe_s * 1e6))}
    if kind is StreamKind.RTSP:
        # For each answer; other protocols take it by another name, or not at all.
        options["timeout"] = str(int(silence_s * 1e6))
        options["probesize"] = str(probe_bytes)
    began = time.monotonic()
    try:
        return av.open(url, format=str(kind), options=options, timeout=(_OPEN_TIMEOUT_S, silence_s))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        # FFmpeg's RTSP tells an interrupted wait as invalid data.
        if time.monotonic() - began > 0.98 * min(_OPEN_TIMEOUT_S, silence_s):
            raise TransportError(Fault.TIMEOUT) from None
        raise TransportError(fault_of(error, running=False)) from None
