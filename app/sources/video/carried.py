"""RTSP and HLS by FFmpeg: opens the camera and remuxes it, never decoding, for libVLC to read.

libVLC as Linux distributions build it cannot open RTSP. Here one path serves all systems, and every
failure has a name.
"""

from __future__ import annotations

import contextlib
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
from app.sources.video.jpeg import jpeg_size
from app.sources.video.multipart import MultipartWriter
from app.sources.video.parameter_sets import parameter_sets, picture_end
from app.sources.video.retiming import TICKS, ArrivalClock, Pace
from app.sources.video.transport import (
    Container,
    Expect,
    Sink,
    SizeChanged,
    SourceFacts,
    TransportError,
)

# FFmpeg's log lines hold addresses with passwords.
av.logging.set_level(av.logging.PANIC)

_OPEN_TIMEOUT_S = 6.0
_READ_TIMEOUT_S = 8.0
_TICK = Fraction(1, TICKS)
_FULL_RANGE = 2
_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
_CONTAINERS = {
    "h264": Container.MPEG_TS,
    "hevc": Container.MPEG_TS,
    "mpeg4": Container.MPEG_TS,
    "mpeg2video": Container.MPEG_TS,
    "mpeg1video": Container.MPEG_TS,
    "mjpeg": Container.MULTIPART_JPEG,
    "vp8": Container.MATROSKA,
    "vp9": Container.MATROSKA,
    "av1": Container.MATROSKA,
}
_MUXERS = {
    # The tables come twice a second, so that a decoder that joins late need not wait.
    Container.MPEG_TS: (
        "mpegts",
        {"flush_packets": "1", "pat_period": "0.5", "omit_video_pes_length": "0", "mpegts_copyts": "1"},
    ),
    Container.MATROSKA: ("matroska", {"flush_packets": "1", "live": "1", "cluster_time_limit": "1"}),
}
_OPTIONS: dict[StreamKind, dict[str, str]] = {
    StreamKind.RTSP: {
        # One negotiation: TCP first, UDP where the camera refuses TCP.
        "rtsp_transport": "udp+tcp",
        "rtsp_flags": "prefer_tcp",
        "allowed_media_types": "video",
        "timeout": str(int(_READ_TIMEOUT_S * 1e6)),
        "buffer_size": "1048576",
        "reorder_queue_size": "64",
        "max_delay": "200000",
        "probesize": "1000000",
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
_PROBES_S = (0.1, 4.0)
"""How long to look for the picture's size: most cameras tell it at once, some with their next key picture."""
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
        for probe_s in _PROBES_S:
            self._input = _open(kind, url, probe_s)
            try:
                facts = self._describe(fps)
            except TransportError:
                self.close()
                raise
            if facts.width and facts.height:
                self.facts = facts
                return
            self.close()
        raise TransportError(Fault.NOT_VIDEO)

    def _describe(self, fps: float | None) -> SourceFacts:
        if not self._input.streams.video:
            raise TransportError(Fault.NOT_VIDEO)
        self._video = video = self._input.streams.video[0]
        codec = video.codec_context
        self._sets = b""
        self._held: av.Packet[av.VideoStream] | None = None
        container = _CONTAINERS.get(codec.name)
        if container is None:
            raise TransportError(Fault.CODEC_UNSUPPORTED)
        rate = video.average_rate or video.guessed_rate
        return SourceFacts(
            width=codec.width,
            height=codec.height,
            # A rate beyond reason is the clock's, not the camera's.
            fps=float(rate) if rate and 0 < rate <= 120 else fps,
            codec=codec.name,
            aspect=_aspect(codec.width, codec.height, codec.sample_aspect_ratio),
            container=container,
            colours=_colours(codec.height, codec.pix_fmt, codec.colorspace, codec.color_range),
        )

    def carry(self, sink: Sink, expect: Expect, stopping: threading.Event) -> None:
        """Carry packets until ``stopping``; see `Transport`."""
        try:
            if self.facts.container is Container.MULTIPART_JPEG:
                self._carry_jpeg(MultipartWriter(sink), expect, stopping)
            else:
                self._carry_muxed(sink, expect, stopping)
        except (BrokenPipeError, TimeoutError):
            # The decoder is gone; whoever closed it knows why.
            if not stopping.is_set():
                raise TransportError(Fault.DECODER_LOST) from None

    def _carry_jpeg(self, writer: MultipartWriter, expect: Expect, stopping: threading.Event) -> None:
        for packet in self._packets(stopping):
            picture = bytes(packet)
            size = jpeg_size(picture)
            if size is None:
                continue
            if size != (self.facts.width, self.facts.height):
                self.facts = replace(self.facts, width=size[0], height=size[1], aspect=size[0] / size[1])
                raise SizeChanged
            if expect(None, True):
                writer.write(picture)

    def _carry_muxed(self, sink: Sink, expect: Expect, stopping: threading.Event) -> None:
        muxer, options = _MUXERS[self.facts.container]
        clock = ArrivalClock()
        output = av.open(_Writes(sink), "w", format=muxer, options=options, buffer_size=1 << 16)
        try:
            stream = output.add_stream_from_template(self._video)
            source_tick = float(self._video.time_base or _TICK)
            ending = picture_end(self.facts.codec)
            for packet in self._packets(stopping):
                data = bytes(packet)
                if self._other_sets(data):
                    facts = self._facts_in(packet)
                    if facts is None:
                        # Damaged on the way, and libVLC must not see a size that is none.
                        continue
                    if facts != self.facts:
                        self.facts, self._held = facts, packet
                        raise SizeChanged
                # A camera's first packet often has no date; B-pictures lie some ticks behind theirs.
                dts = packet.dts if packet.dts is not None else packet.pts
                dated = None if dts is None else dts * source_tick
                late = 0.0 if packet.pts is None or dts is None else (packet.pts - dts) * source_tick
                last = clock.stamp(dated, time.monotonic())
                shown = last + max(0, round(late * TICKS))
                if not expect(shown / TICKS, packet.is_keyframe):
                    continue
                whole = av.Packet(data + ending)
                whole.stream = stream
                whole.time_base = _TICK
                whole.pts, whole.dts = shown, last
                whole.is_keyframe = packet.is_keyframe
                output.mux_one(whole)
        finally:
            _abandon(output)

    def _other_sets(self, data: bytes) -> bool:
        """Say whether the packet begins a sequence with other parameters than the one before."""
        sets = parameter_sets(self.facts.codec, data)
        if not sets or sets == self._sets:
            return False
        known, self._sets = self._sets, sets
        return known != b""

    def _facts_in(self, packet: av.Packet[av.VideoStream]) -> SourceFacts | None:
        """Decode a key picture to see what it is, None when it cannot be decoded."""
        codec = av.CodecContext.create(self.facts.codec, "r")
        assert isinstance(codec, av.VideoCodecContext)
        try:
            pictures = [*codec.decode(packet), *codec.decode(None)]
        except (av.error.FFmpegError, ValueError):
            pictures = []
        if not pictures:
            self._sets = b""
            return None
        picture = pictures[0]
        return replace(
            self.facts,
            width=picture.width,
            height=picture.height,
            aspect=_aspect(picture.width, picture.height, codec.sample_aspect_ratio),
            colours=_colours(picture.height, picture.format.name, picture.colorspace, picture.color_range),
        )

    def _packets(self, stopping: threading.Event) -> Iterator[av.Packet[av.VideoStream]]:
        """Yield video packets from the first key picture on, at their own pace where the source has none."""
        started = False
        read_at = time.monotonic()
        pace = Pace()
        tick = float(self._video.time_base or _TICK)
        try:
            for packet in self._annexed():
                if stopping.is_set():
                    return
                started = started or packet.is_keyframe
                if not started or not packet.size:
                    continue
                if self._paced and packet.dts is not None:
                    stopping.wait(pace.wait_s(packet.dts * tick, time.monotonic()))
                yield packet
                read_at = time.monotonic()
        except (av.error.FFmpegError, OSError) as error:
            if time.monotonic() - read_at > 0.98 * _READ_TIMEOUT_S:
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


def _open(kind: StreamKind, url: str, probe_s: float) -> av.container.InputContainer:
    options = {**_OPTIONS[kind], "analyzeduration": str(int(probe_s * 1e6))}
    began = time.monotonic()
    try:
        return av.open(url, format=str(kind), options=options, timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        # FFmpeg's RTSP tells an interrupted wait as invalid data.
        if time.monotonic() - began > 0.98 * _OPEN_TIMEOUT_S:
            raise TransportError(Fault.TIMEOUT) from None
        raise TransportError(fault_of(error, running=False)) from None


class _Writes:
    """The little that FFmpeg needs of a file: its muxer only ever appends."""

    def __init__(self, sink: Sink) -> None:
        self.write = sink.write


def _abandon(output: av.container.OutputContainer) -> None:
    """Close a muxer whose reader may be gone: its trailer matters to nobody."""
    with contextlib.suppress(av.error.FFmpegError, BrokenPipeError, TimeoutError):
        output.close()
