"""FFmpeg, which comes with PyAV, as the decoder: half libVLC's cost, without hardware decoding.

The same codecs that libVLC calls, without its threads, its copies and its encoder for raw pictures.
"""

from __future__ import annotations

import contextlib
import queue
import threading

import av

from app.domain.stream_state import Fault
from app.sources.video.arrivals import ArrivalBook
from app.sources.video.decoder import Decoding
from app.sources.video.privacy_masks import Masks, masked
from app.sources.video.ring import RingWriter
from app.sources.video.scaling import scaler_for
from app.sources.video.transport import Packet, SourceFacts, TransportError

_TICKS = 1_000_000
_FORMATS = {"yuv420p", "yuvj420p"}


class FfmpegDecoder:
    """Starts decodings; keeps nothing itself."""

    words = "In software, by FFmpeg"
    in_hardware = False

    def start(self, ring: RingWriter, facts: SourceFacts, masks: Masks) -> FfmpegDecoding:
        """Decode into ``ring``; see `Decoder`."""
        try:
            codec = av.CodecContext.create(facts.codec, "r")
        except (av.error.FFmpegError, ValueError):
            raise TransportError(Fault.CODEC_UNSUPPORTED) from None
        if not isinstance(codec, av.VideoCodecContext):
            raise TransportError(Fault.CODEC_UNSUPPORTED)
        return FfmpegDecoding(codec, ring, facts, masks)

    def fall_back(self, _decoding: Decoding) -> bool:
        """There is nothing to fall back to."""
        return False


class FfmpegDecoding:
    """One stream. A thread of its own decodes, so that packets are dated when they arrive."""

    def __init__(
        self, codec: av.VideoCodecContext, ring: RingWriter, facts: SourceFacts, masks: Masks
    ) -> None:
        self._codec = codec
        codec.thread_count = 1
        self._ring = ring
        self._size = (facts.width, facts.height)
        self._plain = scaler_for(facts.colours)
        self._scaler = masked(self._plain, masks)
        self._size_changed = False
        self._stopped = False
        self._packets: queue.SimpleQueue[Packet | None] = queue.SimpleQueue()
        self._arrivals = ArrivalBook(facts.fps, self._packets.empty)
        self._thread = threading.Thread(target=self._decode, daemon=True)
        self._thread.start()

    def put(self, packet: Packet) -> bool:
        """Decode a packet, unless the decoder is behind; see `Decoding`."""
        on_time = self._arrivals.expect(packet)
        if on_time:
            self._packets.put(packet)
        return on_time

    def use_ring(self, ring: RingWriter) -> None:
        """Write into that ring from the next picture on."""
        self._ring = ring

    def use_masks(self, masks: Masks) -> None:
        """Blank these from the next picture on; see `Decoding`."""
        self._scaler = masked(self._plain, masks)

    def _decode(self) -> None:
        while (packet := self._packets.get()) is not None and not self._stopped:
            coded = av.Packet(packet.data)
            coded.pts = round(packet.shown_s * _TICKS)
            # A damaged packet costs its picture; that none come any more, the session notices.
            with contextlib.suppress(av.error.FFmpegError):
                for picture in self._codec.decode(coded):
                    self._show(picture)

    def _show(self, picture: av.VideoFrame) -> None:
        if (picture.width, picture.height) != self._size:
            self._size_changed = True
            return
        arrival = None if picture.pts is None else self._arrivals.date(picture.pts / _TICKS)
        if arrival is None:
            return
        if picture.format.name not in _FORMATS:
            picture = picture.reformat(format="yuv420p")
        y, u, v = picture.planes
        planes = (y.buffer_ptr, y.line_size, u.buffer_ptr, u.line_size, v.buffer_ptr, v.line_size)
        # The ring first: one that came after new masks must not get a picture with the old ones.
        ring = self._ring
        self._scaler.convert(planes, *self._size, ring.begin(), ring.stride, ring.width, ring.height)
        ring.publish(*arrival)

    def poll(self, _now: float) -> None:
        """Nothing to look after: the session notices pictures that do not come."""

    def needs_restart(self) -> bool:
        """Say whether pictures have another size than at first."""
        return self._size_changed

    def stop(self) -> None:
        """End the thread; packets that still wait are left."""
        self._stopped = True
        self._packets.put(None)
        self._thread.join()
