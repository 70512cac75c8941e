"""Which formula turns a stream's Y, U and V into colours."""

from __future__ import annotations

from dataclasses import dataclass

_HD_LINES = 720
_BT709 = {1}
_BT601 = {4, 5, 6}


@dataclass(frozen=True, slots=True)
class Colours:
    """ITU-R BT.709 or BT.601, full or video range."""

    bt709: bool
    full_range: bool

    @staticmethod
    def of(height: int, matrix: int | None, full_range: bool) -> Colours:
        """Return the colours of pictures ``height`` lines high; ``matrix`` as in ISO/IEC 23091-2, 2: unknown.

        Where the stream does not say, high definition is BT.709, as ITU-R BT.709 has it.
        """
        if matrix in _BT601:
            return Colours(bt709=False, full_range=full_range)
        return Colours(matrix in _BT709 or height >= _HD_LINES, full_range)

    @staticmethod
    def of_jpeg() -> Colours:
        """Return a JPEG file's colours: ITU-T T.871."""
        return Colours(bt709=False, full_range=True)


VIDEO_SD = Colours(bt709=False, full_range=False)
"""What most small streams have."""
