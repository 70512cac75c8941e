"""Packs JPEG pictures the way libVLC's MJPEG demuxer reads them."""

from __future__ import annotations

from app.sources.video.transport import Sink

_BOUNDARY = b"picture"
_PAD_BYTES = 16 * 1024


class MultipartWriter:
    """Writes a multipart stream in which no picture waits for the next one.

    The demuxer looks for the next part's boundary, and asks the pipe for more bytes at a time than one small
    picture has: a header line of padding behind each boundary satisfies it.
    """

    def __init__(self, sink: Sink) -> None:
        """Write to ``sink``; the first boundary goes out at once."""
        self._sink = sink
        self._largest = 0
        sink.write(b"--" + _BOUNDARY + b"\r\n")

    def write(self, picture: bytes) -> None:
        """Write one JPEG file."""
        self._largest = max(self._largest, len(picture))
        self._sink.write(
            b"Content-Type: image/jpeg\r\n\r\n"
            + picture
            + b"\r\n--"
            + _BOUNDARY
            + b"\r\nX-Pad: "
            + b"-" * (self._largest + _PAD_BYTES)
            + b"\r\n"
        )
