"""JPEG files and multipart answers, byte by byte and without I/O."""

from __future__ import annotations

_SOI = b"\xff\xd8"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
LARGEST_BYTES = 32 * 1024 * 1024
"""No camera's picture is larger; what is, is refused before it fills the memory."""


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return a JPEG's width and height in pixels from its frame header, None when it is no JPEG.

    Markers as in ITU-T T.81, annex B.
    """
    if not data.startswith(_SOI):
        return None
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        elif marker in _FRAME_MARKERS:
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            width = int.from_bytes(data[at + 7 : at + 9], "big")
            return (width, height) if width and height else None
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary that a multipart Content-Type names, without its dashes; None when it is none."""
    kind, *parameters = content_type.split(";")
    if not kind.strip().lower().startswith("multipart/"):
        return None
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "boundary":
            # Some cameras put the dashes into the parameter, some only into the body.
            return value.strip().strip('"').lstrip("-").encode("latin-1", "replace") or None
    return None


class MultipartPictures:
    """Cuts the pictures out of a multipart stream. Feed it bytes as they come."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes and return the pictures that they complete.

        Raises:
            ValueError: a part is larger than any picture, or the stream has no parts.
        """
        self._buffer += data
        pictures = []
        while (picture := self._next()) is not None:
            pictures.append(picture)
        if len(self._buffer) > LARGEST_BYTES:
            raise ValueError("part too large")
        return [picture for picture in pictures if picture.startswith(_SOI)]

    def _next(self) -> bytes | None:
        buffer = self._buffer
        start = buffer.find(self._boundary)
        if start < 0:
            return None
        head = start + len(self._boundary)
        end = buffer.find(b"\n\r\n", head)
        width = 3
        plain = buffer.find(b"\n\n", head, end if end >= 0 else len(buffer))
        if plain >= 0:
            end, width = plain, 2
        if end < 0:
            return None
        body = end + width
        length = _content_length(bytes(buffer[head:end]))
        if length is not None:
            if len(buffer) < body + length:
                return None
            picture = bytes(buffer[body : body + length])
            del buffer[: body + length]
            return picture
        following = buffer.find(self._boundary, body)
        if following < 0:
            return None
        picture = bytes(buffer[body:following]).rstrip(b"-").rstrip(b"\r\n")
        del buffer[:following]
        return picture


def _content_length(headers: bytes) -> int | None:
    for line in headers.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None
