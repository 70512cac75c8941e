"""Blanks privacy masks before a picture's pixels reach the memory that the console sees.

A masked stream's pictures are copied, blanked in the copy, and scaled from there: a decoder's picture is what
its next ones are built on and must not be written into, and no slot of a ring holds an unmasked pixel even
for a moment. A stream without masks has none of this.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor

from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import Fault
from app.sources.video.scaling import Planes, Scaler, copy_rows
from app.sources.video.transport import TransportError

Masks = tuple[PrivacyMask, ...]
Size = tuple[int, int]

BLANK = (96, 128, 128)
"""Y, U and V of what a mask shows: a flat grey, which neither day nor night looks like."""
_SLACK = 64
"""Bytes behind the copy that vector instructions may read."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels to blank: columns from ``left`` up to ``right``, rows from ``top`` down to ``bottom``, without
    these two. All are even, so that chroma pixels are whole, but at the edge of a picture of odd size.
    """

    left: int
    top: int
    right: int
    bottom: int


def patches(masks: Masks, size: Size, to: Size) -> tuple[Patch, ...]:
    """Return what must be blank in a picture so that nothing below a mask shows when it is scaled.

    Masks are rounded outwards to whole chroma pixels and widened by one more on each side, of the picture
    or of the scaled one, whichever is larger: filters mix neighbours. Masks that `check_masks` refuses hide
    the whole picture.

    Args:
        masks: in fractions of the picture.
        size: the picture's width and height in pixels.
        to: the scaled picture's.
    """
    if any(mask.fault() for mask in masks):
        return (Patch(0, 0, *size),)
    found = []
    for mask in masks:
        left, right = _span(mask.left, mask.width, size[0], to[0])
        top, bottom = _span(mask.top, mask.height, size[1], to[1])
        found.append(Patch(left, top, right, bottom))
    return tuple(found)


def _span(start: float, length: float, pixels: int, to_pixels: int) -> tuple[int, int]:
    margin = 2 * ceil(max(1.0, pixels / to_pixels))
    first = floor(start * pixels) - margin
    last = ceil((start + length) * pixels) + margin
    return max(0, first & ~1), min(pixels, last + 1 & ~1)


def check_masks(masks: Masks) -> None:
    """Look whether masks can be blanked, before any picture is shown without them.

    Raises:
        TransportError: one of them is no part of a picture.
    """
    if any(mask.fault() for mask in masks):
        raise TransportError(Fault.MASKS_UNFIT)


def masked(scaler: Scaler, masks: Masks) -> Scaler:
    """Return what scales pictures with their masks blanked: ``scaler`` itself where there are none."""
    return MaskedScaler(scaler, masks) if masks else scaler


class MaskedScaler:
    """Hands another scaler copies of the pictures with the masks blanked in them."""

    def __init__(self, scaler: Scaler, masks: Masks) -> None:
        self._scaler = scaler
        self._masks = masks
        self._shape: tuple[int, ...] = ()
        self._planes: Planes = (0, 0, 0, 0, 0, 0)
        self._lengths: tuple[Size, ...] = ()
        self._blanks: list[tuple[slice, bytes]] = []
        self._copy = memoryview(b"")

    def convert(
        self, source: Planes, width: int, height: int, target: int, stride: int, to_width: int, to_height: int
    ) -> None:
        """Scale and convert one picture without what is below the masks; see `Scaler`."""
        shape = (*source[1::2], width, height, to_width, to_height)
        if shape != self._shape:
            self._prepare(source[1::2], (width, height), (to_width, to_height))
            self._shape = shape
        for n, (length, rows) in enumerate(self._lengths):
            row = source[2 * n + 1]
            copy_rows(source[2 * n], row, self._planes[2 * n], row, length, rows)
        copy = self._copy
        for where, blank in self._blanks:
            copy[where] = blank
        self._scaler.convert(self._planes, width, height, target, stride, to_width, to_height)

    def _prepare(self, strides: tuple[int, ...], size: Size, to: Size) -> None:
        """Make room for a copy with the source's strides, and list the bytes to blank in it."""
        half = ((size[0] + 1) // 2, (size[1] + 1) // 2)
        self._lengths = (size, half, half)
        y, u, v = (stride * rows for stride, (_, rows) in zip(strides, self._lengths, strict=True))
        buffer = ctypes.create_string_buffer(y + u + v + _SLACK)
        at = ctypes.addressof(buffer)
        # The view keeps the buffer.
        self._copy = memoryview(buffer).cast("B")
        self._planes = (at, strides[0], at + y, strides[1], at + y + u, strides[2])
        found = patches(self._masks, size, to)
        halves = [_halved(patch) for patch in found]
        self._blanks = [
            *_rows(found, 0, strides[0], BLANK[0]),
            *_rows(halves, y, strides[1], BLANK[1]),
            *_rows(halves, y + u, strides[2], BLANK[2]),
        ]


def _halved(patch: Patch) -> Patch:
    return Patch(patch.left // 2, patch.top // 2, (patch.right + 1) // 2, (patch.bottom + 1) // 2)


def _rows(found: Iterable[Patch], begin: int, stride: int, value: int) -> Iterator[tuple[slice, bytes]]:
    for patch in found:
        length = patch.right - patch.left
        blank = bytes((value,)) * length
        for row in range(patch.top, patch.bottom):
            at = begin + row * stride + patch.left
            yield slice(at, at + length), blank
