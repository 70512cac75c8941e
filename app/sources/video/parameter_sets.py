"""Finds what a change of size begins with: the sequence parameter sets of H.264 and H.265, a JPEG's header.

libVLC's stream output ends the whole process when a picture's size changes under it, so a change must be
seen before libVLC sees it.
"""

from __future__ import annotations

import re

from app.sources.video.jpeg import jpeg_size

_START = b"\0\0\1"
_SETS = {
    # nal_unit_type 7 at any nal_ref_idc: ITU-T H.264, table 7-1.
    "h264": re.compile(rb"\x00\x00\x01(?=[\x07\x27\x47\x67])"),
    # nal_unit_type 33, nuh_layer_id 0, nuh_temporal_id_plus1 1: ITU-T H.265, table 7-1.
    "hevc": re.compile(rb"\x00\x00\x01(?=\x42\x01)"),
}
_DELIMITERS = {"h264": _START + b"\x09\xf0", "hevc": _START + b"\x46\x01\x50"}


def parameter_sets(codec: str, data: bytes) -> bytes:
    """Return the packet's sequence parameter sets, one behind the other; empty where it has none.

    ``data`` is a byte stream with start codes (ITU-T H.264 and H.265, annex B).
    """
    if codec == "mjpeg":
        # A JPEG's frame header takes their place.
        return repr(jpeg_size(data)).encode()
    pattern = _SETS.get(codec)
    if pattern is None:
        return b""
    found = []
    for start in pattern.finditer(data):
        # Within a unit two zero bytes in a row are always followed by a three: annex B again.
        end = data.find(b"\0\0", start.end())
        while end != -1 and data[end + 2 : end + 3] == b"\3":
            end = data.find(b"\0\0", end + 3)
        found.append(data[start.end() : len(data) if end == -1 else end])
    return b"".join(found)


def picture_end(codec: str) -> bytes:
    """Return bytes that tell a parser that the picture before them is complete; empty where there are none.

    Two access unit delimiters: the first ends the picture, the second ends the first. Without them a parser
    knows that a picture has ended when the next one comes, one whole interval later.
    """
    delimiter = _DELIMITERS.get(codec, b"")
    return (b"\0" + delimiter) * 2 if delimiter else b""
