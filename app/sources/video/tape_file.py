"""Writes a tape into a file: the camera's own pictures, untouched, from a key picture on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from app.domain.errors import OperatorError
from app.sources.video.new_file import write_new
from app.sources.video.parameter_sets import picture_end
from app.sources.video.transport import Packet, SourceFacts

_TICK = Fraction(1, 90_000)
_RAW_FORMATS = {"h264": "h264", "hevc": "hevc", "mpeg4": "m4v", "mpeg2video": "mpegvideo"}
"""FFmpeg's names of streams without a container: their first picture tells what a file's head must hold."""
_FIRST_S = 1.0
"""Pictures that are shown out of order may be dated before the first one."""


def write_tape(
    path: Path, facts: SourceFacts, packets: Sequence[Packet], title: str, began: datetime
) -> None:
    """Write the packets as a Matroska file, dated by their arrival; the file appears whole or not at all.

    Args:
        path: of the file; one that exists is not replaced.
        facts: of the stream.
        packets: from a key picture on, in the order in which they came.
        title: for people, in the file's metadata.
        began: when the first packet arrived; Matroska's own date tells it.

    Raises:
        OperatorError: there is nothing to write, or the place cannot be written to; in an operator's words.
    """
    if not packets:
        raise OperatorError("There is nothing on record yet")
    write_new(path, lambda part: _mux(part, facts, packets, title, began))


def _mux(part: Path, facts: SourceFacts, packets: Sequence[Packet], title: str, began: datetime) -> None:
    ending = picture_end(facts.codec)
    zero_s = packets[0].decoded_s - _FIRST_S
    with av.open(str(part), "w", format="matroska") as file:
        file.metadata["title"] = title
        file.metadata["creation_time"] = began.astimezone(UTC).isoformat()
        stream = _stream_in(file, facts, packets[0].data)
        for packet in packets:
            coded = av.Packet(packet.data.removesuffix(ending) if ending else packet.data)
            coded.stream = stream
            coded.time_base = _TICK
            coded.dts = round((packet.decoded_s - zero_s) / _TICK)
            coded.pts = round((packet.shown_s - zero_s) / _TICK)
            coded.is_keyframe = packet.key
            file.mux(coded)


def _stream_in(file: av.container.OutputContainer, facts: SourceFacts, first: bytes) -> VideoStream:
    raw = _RAW_FORMATS.get(facts.codec)
    if raw is None:
        stream = file.add_mux_stream(facts.codec, rate=None, width=facts.width, height=facts.height)
        assert isinstance(stream, VideoStream)
        return stream
    with av.open(io.BytesIO(first), format=raw) as alone:
        return file.add_stream_from_template(alone.streams.video[0])
