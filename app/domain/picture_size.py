"""How large a picture is wanted: the wall says it, the decoder obeys."""

from __future__ import annotations

from typing import NamedTuple


class PictureSize(NamedTuple):
    """Width and height in device pixels. Compare by `area` to find the largest of several."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height


HIDDEN = PictureSize(0, 0)
"""Of a picture that nobody can see just now and that will be wanted again soon: nothing need be decoded."""
