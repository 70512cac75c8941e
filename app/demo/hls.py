"""HLS as a live camera gives it: a playlist that slides with the clock, and MPEG-TS segments.

Segment ``n`` covers the seconds from ``n * segment_s`` to ``(n + 1) * segment_s`` after the station's
start; a segment is remuxed from its reel whenever somebody asks for it, with timestamps and continuity
counters that run on through the loop, so that a player sees one endless stream (RFC 8216; ISO 13818-1).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import cast

import av
import numpy as np

from app.demo.reel import Reel

WINDOW = 6
"""Segments in the playlist."""
START_SEGMENT = 100
"""Number of the segment that is running when the station starts: the first playlist is full already."""
TS_PACKET = 188


@dataclass(frozen=True, slots=True)
class Station:
    """The clock of the HLS cameras: ``started_at`` in seconds since the epoch, whole segments after it."""

    started_at: float
    segment_s: float = 1.0

    def running(self, now: float) -> int:
        """Return the number of the segment that is being filmed now; the ones before it are complete."""
        return START_SEGMENT + math.floor((now - self.started_at) / self.segment_s)

    def window(self, now: float) -> range:
        """Return the numbers of the segments on offer."""
        running = self.running(now)
        return range(running - WINDOW, running)

    def begins_at(self, segment: int) -> datetime:
        """Return the wall-clock time of a segment's first picture."""
        return datetime.fromtimestamp(self.started_at + (segment - START_SEGMENT) * self.segment_s, UTC)

    def playlist(self, now: float, suffix: str = "") -> str:
        """Return the media playlist at that time; ``suffix`` is added to every segment's address."""
        window = self.window(now)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{math.ceil(self.segment_s)}",
            f"#EXT-X-MEDIA-SEQUENCE:{window.start}",
        ]
        for segment in window:
            moment = self.begins_at(segment).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{moment}",
                f"#EXTINF:{self.segment_s:.3f},",
                f"segment-{segment}.ts{suffix}",
            ]
        return "\n".join(lines) + "\n"


class Segmenter:
    """Cuts a reel into endless MPEG-TS segments."""

    def __init__(self, reel: Reel, segment_s: float) -> None:
        """The reel must hold a whole number of segments, each beginning with a key picture.

        Raises:
            ValueError: it does not.
        """
        self._reel = reel
        self._pictures = round(reel.fps * segment_s)
        if len(reel.pictures) % self._pictures or self._pictures % reel.key_every:
            raise ValueError("a reel's length must be whole segments and a segment's whole key distances")
        self._per_loop = len(reel.pictures) // self._pictures
        self._counts: list[dict[int, int]] | None = None

    def segment(self, number: int) -> bytes:
        """Return that segment as MPEG-TS."""
        packets = self._packets(number)
        if self._counts is None:
            self._counts = [_payloads(self._packets(i)) for i in range(self._per_loop)]
        rounds, place = divmod(number, self._per_loop)
        identifiers = _identifiers(packets)
        for pid in np.unique(identifiers).tolist():
            loop = sum(count.get(pid, 0) for count in self._counts)
            start = rounds * loop + sum(count.get(pid, 0) for count in self._counts[:place])
            mine = (identifiers == pid) & ((packets[:, 3] & 0x10) != 0)
            counter = (start + np.arange(int(mine.sum()))) % 16
            packets[mine, 3] = (packets[mine, 3] & 0xF0) | counter.astype(np.uint8)
        return packets.tobytes()

    def _packets(self, number: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        out = io.BytesIO()
        options = {"muxdelay": "0", "muxpreload": "0", "pat_period": "10"}
        with av.open(out, "w", format="mpegts", options=options) as container:
            stream = container.add_stream("h264", rate=Fraction(self._reel.fps))
            context = stream.codec_context
            context.width, context.height = self._reel.width, self._reel.height
            context.pix_fmt = "yuv420p"
            time_base = Fraction(1, 90_000)
            step = Fraction(90_000) / Fraction(self._reel.fps)
            for i in range(number * self._pictures, (number + 1) * self._pictures):
                packet = av.Packet(self._reel.picture(i))
                packet.stream = stream
                packet.time_base = time_base
                packet.pts = packet.dts = round(i * step)
                packet.duration = round(step)
                packet.is_keyframe = self._reel.is_key(i)
                container.mux(packet)
        return np.frombuffer(out.getvalue(), np.uint8).reshape(-1, TS_PACKET).copy()


def _identifiers(
    packets: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    high = (packets[:, 1] & 0x1F).astype(np.uint16)
    return cast("np.ndarray[tuple[int], np.dtype[np.uint16]]", (high << 8) | packets[:, 2])


def _payloads(packets: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> dict[int, int]:
    with_payload = _identifiers(packets)[(packets[:, 3] & 0x10) != 0]
    pids, counts = np.unique(with_payload, return_counts=True)
    return dict(zip(pids.tolist(), counts.tolist(), strict=True))
