"""A clock drawn into pictures as black and white blocks, and read back from a screen.

Two rows of 32 blocks across the middle of the picture: the upper row holds the milliseconds of a monotonic
clock in 32 bits, the highest first, white for one; the lower row the same with every bit turned round. A row
of pixels that mixes two pictures, or another picture altogether, does not fit both.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

BITS = 32
Picture = npt.NDArray[np.uint8]

_DARK, _BRIGHT = 24, 230
_CONTRAST = 60.0
"""Between a bright and a dark block after encoding and scaling; less is no code."""
_INNER = (0.3, 0.7)
"""The part of a block that is looked at: its edges are blurred by scaling."""


def draw(picture: Picture, ms: int) -> None:
    """Draw the clock into a grey picture (rows × columns); two rows, a quarter of its height, in the middle.

    The picture's width must be a multiple of 32.
    """
    height, width = picture.shape
    bits = np.array([(ms >> (BITS - 1 - n)) & 1 for n in range(BITS)], dtype=bool)
    upper = np.repeat(np.where(bits, _BRIGHT, _DARK).astype(np.uint8), width // BITS)
    row = height // 8
    middle = height // 2
    picture[middle - row : middle] = upper
    picture[middle : middle + row] = np.where(upper == _BRIGHT, _DARK, _BRIGHT)


def rows(height: int) -> tuple[int, int]:
    """Return the rows of pixels, in a picture of that height, where the two rows of blocks are read."""
    return height // 2 - height // 16, height // 2 + height // 16


def read(upper: Picture, lower: Picture) -> int | None:
    """Return the milliseconds from a row of grey pixels of each row of blocks, None where there are none."""
    ones, zeros = _levels(upper), _levels(lower)
    bits = ones > zeros
    if np.any(np.abs(ones - zeros) < _CONTRAST):
        return None
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _levels(row: Picture) -> npt.NDArray[np.float64]:
    """Return the mean brightness of the inner part of each block."""
    levels: npt.NDArray[np.float64] = row[_inner_columns(len(row))].mean(axis=1)
    return levels


@cache
def _inner_columns(width: int) -> npt.NDArray[np.intp]:
    """Return the columns to look at, a row of them for each block."""
    block = width / BITS
    first = np.round((np.arange(BITS) + _INNER[0]) * block).astype(np.intp)
    return first[:, None] + np.arange(max(1, int((_INNER[1] - _INNER[0]) * block)))
