"""libVLC as the decoder: bytes in through a pipe, pictures out into the ring's slots.

The only file that imports `vlc`, and not before a decoder is made: the binding fails to import where
libVLC is missing, and that must be a sentence on the screen, not a traceback.

libVLC is never called from its own callbacks (it holds its locks there), and its player state and its
display callback are no sign of life: with a frozen source it shows the same picture 13 times a second.
"""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any

from app.domain.stream_state import Fault
from app.sources.video.backlog import Backlog
from app.sources.video.pipe import DecoderPipe
from app.sources.video.ring import RingWriter
from app.sources.video.transport import Container, SourceFacts, TransportError

FILE_CACHING_MS = 80
"""Below 60 ms playback breaks down; each millisecond more is delay."""

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
    "--no-video-title-show",
    "--no-snapshot-preview",
    "--avcodec-hw=none",
    "--avcodec-threads=1",
    "--deinterlace=0",
    "--clock-jitter=0",
    # What is late is shown at once: see `backlog` for what keeps that honest.
    "--no-drop-late-frames",
    "--no-skip-frames",
    "--stats",
)
_DEMUXERS = {
    Container.MPEG_TS: "ts",
    Container.MATROSKA: "avformat",
    Container.MULTIPART_JPEG: "mjpeg",
}
_PLUGINS = ("avcodec", "ts", "mjpeg", "avformat", "filesystem", "h264", "hevc", "swscale", "vmem")
_REPEAT_AFTER_S = 0.050
"""libVLC shows a picture again about 80 ms after the last one, sooner on a busy machine, never this soon."""
_STATS_LAG_S = 0.6

_Lock = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_Display = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_UintPointer = ctypes.POINTER(ctypes.c_uint)
# python-vlc types the chroma as a string, which cannot be written to.
_Format = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_char * 4),
    _UintPointer,
    _UintPointer,
    _UintPointer,
    _UintPointer,
)


class VlcDecoder:
    """One libVLC instance, shared by all streams of a worker."""

    def __init__(self) -> None:
        """Start libVLC.

        Raises:
            ImportError, OSError, RuntimeError: libVLC is missing or does not start; see `probe_libvlc`.
        """
        import vlc  # noqa: PLC0415 - see the module's first lines

        self.vlc = vlc
        self.instance = vlc.Instance(list(_OPTIONS))
        if self.instance is None:
            raise RuntimeError("libVLC does not start")
        set_callbacks = vlc.dll.libvlc_video_set_callbacks
        set_callbacks.argtypes = [ctypes.c_void_p, _Lock, ctypes.c_void_p, _Display, ctypes.c_void_p]
        set_callbacks.restype = None
        set_format = vlc.dll.libvlc_video_set_format_callbacks
        set_format.argtypes = [ctypes.c_void_p, _Format, ctypes.c_void_p]
        set_format.restype = None
        self.set_callbacks, self.set_format = set_callbacks, set_format

    def missing_plugins(self) -> list[str]:
        """Return the names of plugins that pictures cannot do without and that are not installed."""
        exists = getattr(self.vlc.dll, "module_exists", None)
        if exists is None:
            return []
        exists.argtypes, exists.restype = [ctypes.c_char_p], ctypes.c_bool
        return [name for name in _PLUGINS if not exists(name.encode())]

    def start(self, ring: RingWriter, facts: SourceFacts) -> VlcDecoding:
        """Start a player that decodes into ``ring``; see `Decoder`."""
        demuxer = _DEMUXERS.get(facts.container)
        if demuxer is None:
            raise TransportError(Fault.CODEC_UNSUPPORTED)
        return VlcDecoding(self, ring, demuxer, facts.fps)


class VlcDecoding:
    """One player. libVLC's threads call back into it; the worker's own threads start, poll and stop it."""

    def __init__(self, decoder: VlcDecoder, ring: RingWriter, demuxer: str, fps: float | None) -> None:
        self._ring = ring
        self._coded: tuple[int, int] | None = None
        self._size_changed = False
        self._backlog = Backlog(fps)
        self._behind = False
        self._packets_before = ring.packets_read
        self._displays = 0
        self._shown_at = 0.0
        self._published_at = 0.0
        self._repeats = 0
        self._repeats_seen = 0
        self._decoded_seen = 0
        self._lost_seen = 0
        self._stats = decoder.vlc.MediaStats()
        reading, self.sink = DecoderPipe.open()
        try:
            self._media: Any = decoder.instance.media_new(f"fd://{reading}")
            self._media.add_option(f":file-caching={FILE_CACHING_MS}")
            self._media.add_option(f":demux={demuxer}")
            self._player: Any = decoder.instance.media_player_new()
            self._player.set_media(self._media)
            # libVLC keeps bare pointers: these objects must live as long as the player.
            self._callbacks = (_Lock(self._on_lock), _Display(self._on_display), _Format(self._on_format))
            decoder.set_callbacks(self._player, self._callbacks[0], None, self._callbacks[1], None)
            decoder.set_format(self._player, self._callbacks[2], None)
            if self._player.play() != 0:
                raise TransportError(Fault.DECODER_LOST)
        except BaseException:
            self.sink.close()
            os.close(reading)
            raise
        self._reading: int | None = reading

    def _on_format(self, _opaque: Any, chroma: Any, width: Any, height: Any, pitch: Any, lines: Any) -> int:
        """Ask for the ring's own size and RV32. Called several times, with the coded, padded size."""
        if chroma.contents.raw in (b"VAOP", b"VDV0"):
            return 0
        coded = (width[0], height[0])
        if self._coded is not None and coded != self._coded:
            self._size_changed = True
        self._coded = coded
        chroma.contents.raw = b"RV32"
        width[0], height[0] = self._ring.width, self._ring.height
        pitch[0], lines[0] = self._ring.stride, self._ring.height
        return 1

    def _on_lock(self, _opaque: Any, planes: Any) -> None:
        planes[0] = self._ring.begin()

    def _on_display(self, _opaque: Any, _picture: Any) -> None:
        now = time.monotonic()
        self._displays += 1
        doubtful = now - self._shown_at > _REPEAT_AFTER_S or self._ring.pictures_equal_packets()
        if doubtful and self._ring.same_as_newest():
            # Perhaps the old picture again, perhaps a new one of a still scene: `poll` finds out.
            self._repeats += 1
        else:
            self._ring.publish(now)
            self._published_at = now
        self._shown_at = now

    def poll(self, now: float) -> None:
        """Look for a backlog, and count a still scene's pictures.

        Only libVLC's statistics tell these from repetitions. They are renewed every 250 ms, so the picture
        is dated that much back: never too young. What they count within `_STATS_LAG_S` of a published
        picture may be that picture itself; their first figures lag more. Pictures that libVLC drops for
        coming late are decoded and lost, and do not count.
        """
        packets = self._ring.packets_read - self._packets_before
        self._behind = self._displays > 0 and self._backlog.grown(packets, self._displays)
        if not self._media.get_stats(self._stats):
            return
        decoded, lost, repeats = self._stats.decoded_video, self._stats.lost_pictures, self._repeats
        fresh = decoded > self._decoded_seen > 0 and lost == self._lost_seen and repeats > self._repeats_seen
        if fresh and now - self._published_at > _STATS_LAG_S:
            self._ring.count_still(now - 0.25)
        self._decoded_seen, self._lost_seen, self._repeats_seen = decoded, lost, repeats

    def needs_restart(self) -> bool:
        """Say whether libVLC asked for another size than at first, or is behind; see `Decoding`."""
        return self._size_changed or self._behind

    def stop(self) -> None:
        """Close the pipe, stop the player and free both; may block as long as libVLC does."""
        self.sink.close()
        if self._reading is None:
            return
        reading, self._reading = self._reading, None
        self._player.stop()
        self._player.release()
        self._media.release()
        os.close(reading)
