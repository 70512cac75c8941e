"""Makes a picture file of one moment of a tape, at the camera's own size, with its origin in the metadata."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.stream import Stream
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.domain.errors import OperatorError
from app.sources.video.new_file import write_new
from app.sources.video.privacy_masks import Masks, patches
from app.sources.video.transport import Packet, SourceFacts
from app.sources.video.watermark import marked

_BLANK = 93
"""Red, green and blue of what a mask shows: the grey that it is on the wall."""


def write_still(
    path: Path,
    facts: SourceFacts,
    packets: Sequence[Packet],
    masks: Masks,
    title: str,
    seen: datetime,
    watermark: str = "",
) -> None:
    """Decode the packets and write the last picture as PNG; the file appears whole or not at all.

    The metadata hold ``Title``, ``Creation Time`` (UTC, ISO 8601) and ``SHA-256 of pixels``: of the rows of
    red, green and blue bytes, from the top left on, so that it holds whatever a program does to the rest.

    Args:
        path: of the file; one that exists is not replaced.
        facts: of the stream.
        packets: from a key picture on, in the order in which they came, to the one that is wanted.
        masks: what must not be seen in it.
        title: for people: the camera.
        seen: when the picture arrived.
        watermark: what lies over a private camera's picture, beside that time; empty for none.

    Raises:
        OperatorError: there is no such picture, or the place cannot be written to; in an operator's words.
    """
    pixels = _last_picture(facts, packets)
    if pixels is None:
        raise OperatorError("There is no picture to save")
    size = (pixels.shape[1], pixels.shape[0])
    for patch in patches(masks, size, size):
        pixels[patch.top : patch.bottom, patch.left : patch.right] = _BLANK
    image = Image.fromarray(pixels)
    if watermark:
        image = marked(image, f"{watermark}  {seen.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    said = PngInfo()
    said.add_itxt("Title", title)
    said.add_text("Creation Time", seen.astimezone(UTC).isoformat(timespec="milliseconds"))
    said.add_text("SHA-256 of pixels", hashlib.sha256(image.tobytes()).hexdigest())
    said.add_text("Software", "Watchfloor")
    data = io.BytesIO()
    image.save(data, "PNG", pnginfo=said)
    write_new(path, lambda part: part.write_bytes(data.getvalue()))


def _last_picture(facts: SourceFacts, packets: Sequence[Packet]) -> npt.NDArray[np.uint8] | None:
    codec = av.CodecContext.create(facts.codec, "r")
    assert isinstance(codec, av.VideoCodecContext)
    newest: av.VideoFrame | None = None
    wanted = _pts(packets[-1]) if packets else None
    # What builds on a damaged packet fails too; the pictures before it are still true.
    with contextlib.suppress(av.error.FFmpegError):
        for coded in [*map(_coded, packets), None]:
            for picture in codec.decode(coded):
                newest = picture
                # Where pictures are shown out of order, others come out behind the one that was seen.
                if picture.pts == wanted:
                    return picture.to_ndarray(format="rgb24").astype(np.uint8)
    return None if newest is None else newest.to_ndarray(format="rgb24").astype(np.uint8)


def _pts(packet: Packet) -> int:
    return round(packet.shown_s * 1e6)


def _coded(packet: Packet) -> av.Packet[Stream]:
    coded = av.Packet(packet.data)
    coded.pts = _pts(packet)
    return coded
