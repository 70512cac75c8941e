"""libVLC as the decoder: packets in, pictures out into the ring's slots.

The only file that imports `vlc`, and not before a decoder is made: the binding fails to import where
libVLC is missing, and that must be a sentence on the screen, not a traceback.

Packets enter by libVLC's memory input ("imem") and pictures leave by its stream output into memory
("smem"): each comes once, at once, with its date. A pipe would need a container, a demuxer and a prefetching
thread; the video output adds its caching, shows the old picture again when there is no new one, and keeps
two more threads awake.
"""

from __future__ import annotations

import ctypes
import queue
import sys
from typing import Any

from app.domain.stream_state import Fault
from app.sources.video.arrivals import ArrivalBook
from app.sources.video.decoder import Decoding
from app.sources.video.privacy_masks import Masks, masked
from app.sources.video.ring import RingWriter
from app.sources.video.scaling import i420_bytes, i420_planes, scaler_for
from app.sources.video.transport import Packet, SourceFacts, TransportError

_OPTIONS = (
    "--quiet",
    "--no-audio",
    "--no-osd",
    "--no-spu",
    "--no-xlib",
    "--no-lua",
    "--no-interact",
    "--no-sub-autodetect-file",
    "--no-auto-preparse",
    "--no-metadata-network-access",
    "--no-stats",
    "--avcodec-threads=1",
    "--no-avcodec-hurry-up",
    "--deinterlace=0",
    "--clock-jitter=0",
)
_FOURCCS = {
    "h264": "h264",
    "hevc": "hevc",
    "mpeg4": "mp4v",
    "mpeg2video": "mpgv",
    "mpeg1video": "mpgv",
    "mjpeg": "MJPG",
    "vp8": "VP80",
    "vp9": "VP90",
    "av1": "av01",
}
_ENDINGS = {"MJPG": b"\0", "VP80": b"\0", "mp4v": b""}
"""What follows each picture where it has no end of its own: libVLC holds the last packet back until another
one comes. A byte that is no picture does; MPEG-4 needs the same packet again (empty here)."""
_END_S = 0.001
_PLUGINS = ("avcodec", "imem", "h264", "hevc", "swscale", "stream_out_transcode", "smem")
_EARLY_S = 2.0
"""libVLC gathers 0.3 s of dates before it decodes: so much before the first packet it gets a copy of it."""
_STEPS_A_SECOND = 1000
"""libVLC's raw "encoder" rounds dates to this, and drops one of two pictures with the same date."""
_SLACK = 64
"""Bytes behind the picture that vector instructions may read."""

_Fetch = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_char_p,
    ctypes.POINTER(ctypes.c_int64),
    ctypes.POINTER(ctypes.c_int64),
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_char_p),
)
_Prepare = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t)
_Deliver = ctypes.CFUNCTYPE(
    None,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_size_t,
    ctypes.c_int64,
)


_libc = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
_NOTHING = ctypes.cast(_libc.free, ctypes.c_void_p).value
"""What libVLC calls to give a packet back, with a first argument of NULL: freeing that does nothing."""


class VlcDecoder:
    """One libVLC instance, shared by all streams of a worker."""

    in_hardware = False
    """As the worker counts it: what a single instance may use, `HardwareFirst` knows."""

    def __init__(self, *, hardware: bool = False) -> None:
        """Start libVLC, which may decode in hardware if told so.

        Raises:
            ImportError, OSError, RuntimeError: libVLC is missing or does not start; see `probe_libvlc`.
        """
        import vlc  # noqa: PLC0415 - see the module's first lines

        self.vlc = vlc
        self.instance = vlc.Instance([*_OPTIONS, f"--avcodec-hw={'any' if hardware else 'none'}"])
        self.words = "In software, by libVLC"
        if self.instance is None:
            raise RuntimeError("libVLC does not start")

    def missing_plugins(self) -> list[str]:
        """Return the names of plugins that pictures cannot do without and that are not installed."""
        return [name for name in _PLUGINS if not self.has_plugin(name)]

    def has_plugin(self, name: str) -> bool:
        """Say whether a plugin of that name is installed, as far as libVLC tells."""
        exists = getattr(self.vlc.dll, "module_exists", None)
        if exists is None:
            return True
        exists.argtypes, exists.restype = [ctypes.c_char_p], ctypes.c_bool
        return bool(exists(name.encode()))

    def fall_back(self, _decoding: Decoding) -> bool:
        """There is nothing to fall back to."""
        return False

    def start(self, ring: RingWriter, facts: SourceFacts, masks: Masks) -> VlcDecoding:
        """Start a player that decodes into ``ring``; see `Decoder`."""
        fourcc = _FOURCCS.get(facts.codec)
        if fourcc is None:
            raise TransportError(Fault.CODEC_UNSUPPORTED)
        return VlcDecoding(self, ring, fourcc, facts, masks)


class VlcDecoding:
    """One player. libVLC's threads call back into it; the worker's own threads start, poll and stop it."""

    def __init__(
        self, decoder: VlcDecoder, ring: RingWriter, fourcc: str, facts: SourceFacts, masks: Masks
    ) -> None:
        self._ring = ring
        self._size = (facts.width, facts.height)
        # libVLC hands pictures of odd sizes over with a row or column more.
        padded = (facts.width + 1 & ~1, facts.height + 1 & ~1)
        self._bytes = i420_bytes(*padded)
        self._picture = ctypes.create_string_buffer(self._bytes + _SLACK)
        self._picture_at = ctypes.addressof(self._picture)
        self._planes = i420_planes(self._picture_at, *padded)
        self._end = _ENDINGS.get(fourcc)
        self._plain = scaler_for(facts.colours)
        self._scaler = masked(self._plain, masks)
        self._size_changed = False
        self._broken = False
        self._over = (decoder.vlc.State.Ended, decoder.vlc.State.Error)
        self._packets: queue.SimpleQueue[Packet | None] = queue.SimpleQueue()
        self._begun = False
        self._in_hand = b""
        self._arrivals = ArrivalBook(facts.fps, self._packets.empty)
        # libVLC keeps bare pointers: these objects must live as long as the player.
        self._callbacks = (_Fetch(self._on_fetch), _Prepare(self._on_prepare), _Deliver(self._on_deliver))
        fetch, prepare, deliver = (ctypes.cast(c, ctypes.c_void_p).value for c in self._callbacks)
        # Asked for the range that the stream has: libVLC converts between the two at ten times libyuv's cost.
        chroma = "J420" if facts.colours.full_range else "I420"
        self._media: Any = decoder.instance.media_new("imem://")
        for option in (
            "imem-cat=2",
            f"imem-codec={fourcc}",
            f"imem-get={fetch}",
            f"imem-release={_NOTHING}",
            f"sout=#transcode{{vcodec={chroma},fps={_STEPS_A_SECOND},acodec=none,scodec=none}}"
            f":smem{{video-prerender-callback={prepare},video-postrender-callback={deliver},no-time-sync}}",
        ):
            self._media.add_option(f":{option}")
        self._player: Any = decoder.instance.media_player_new()
        self._player.set_media(self._media)
        self._stopped = False
        if self._player.play() != 0:
            raise TransportError(Fault.DECODER_LOST)

    def put(self, packet: Packet) -> bool:
        """Decode a packet, unless the decoder is behind; see `Decoding`."""
        if not self._begun:
            self._begun = True
            self._hand_over(
                packet._replace(decoded_s=packet.decoded_s - _EARLY_S, shown_s=packet.shown_s - _EARLY_S)
            )
        return self._hand_over(packet)

    def _hand_over(self, packet: Packet) -> bool:
        if not self._arrivals.expect(packet):
            return False
        self._packets.put(packet)
        if self._end is not None:
            self._packets.put(
                packet._replace(
                    data=self._end or packet.data,
                    decoded_s=packet.decoded_s + _END_S,
                    shown_s=packet.shown_s + _END_S,
                )
            )
        return True

    def _on_fetch(
        self, _opaque: Any, _cookie: Any, decoded: Any, shown: Any, flags: Any, size: Any, place: Any
    ) -> int:
        packet = self._packets.get()
        if packet is None:
            return 1
        decoded[0], shown[0] = int(packet.decoded_s * 1e6), int(packet.shown_s * 1e6)
        flags[0] = 0
        # libVLC copies the bytes before it comes for the next ones; until then they must stay.
        self._in_hand = place[0] = packet.data
        size[0] = len(packet.data)
        return 0

    def use_ring(self, ring: RingWriter) -> None:
        """Write into that ring from the next picture on."""
        self._ring = ring

    def use_masks(self, masks: Masks) -> None:
        """Blank these from the next picture on; see `Decoding`."""
        self._scaler = masked(self._plain, masks)

    def _on_prepare(self, _opaque: Any, place: Any, size: int) -> None:
        if size > self._bytes:
            # Never seen from libVLC, which keeps to its first size; its write must land somewhere.
            self._size_changed = True
            self._picture = ctypes.create_string_buffer(size + _SLACK)
            self._picture_at = ctypes.addressof(self._picture)
        place[0] = self._picture_at

    def _on_deliver(
        self, _opaque: Any, _pixels: Any, _width: int, _height: int, _bits: int, size: int, pts: int
    ) -> None:
        # The width and height that libVLC tells are the coded, padded ones.
        if size != self._bytes or self._size_changed:
            self._size_changed = True
            return
        arrival = self._arrivals.date(pts / 1e6)
        if arrival is None:
            return
        # The ring first: one that came after new masks must not get a picture with the old ones.
        ring = self._ring
        self._scaler.convert(self._planes, *self._size, ring.begin(), ring.stride, ring.width, ring.height)
        ring.publish(*arrival)

    def poll(self, _now: float) -> None:
        """Look whether libVLC has given up."""
        self._broken = self._player.get_state() in self._over

    def needs_restart(self) -> bool:
        """Say whether pictures have another size than at first, or libVLC has given up; see `Decoding`."""
        return self._size_changed or self._broken

    def stop(self) -> None:
        """End the input, stop the player and free both; may block as long as libVLC does."""
        if self._stopped:
            return
        self._stopped = True
        self._packets.put(None)
        self._player.stop()
        self._player.release()
        self._media.release()
