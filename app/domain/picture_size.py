"""How large a picture is wanted: the wall says it, the decoder obeys."""

from __future__ import annotations

from typing import NamedTuple


class PictureSize(NamedTuple):
    """Width and height in device pixels. Compare by `area` to find the largest of several."""

    width: int
    height: int
    magnified: bool = False
    """Only a part of it is shown, scaled up: pixels that the camera does not have would show nothing more."""

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    def offered_by(self, source: PictureSize) -> PictureSize:
        """Return what is worth making of a camera's picture: a magnified one is not made larger."""
        if not self.magnified:
            return self
        return PictureSize(min(self.width, source.width), min(self.height, source.height))


HIDDEN = PictureSize(0, 0)
"""Of a picture that nobody can see just now and that will be wanted again soon: nothing need be decoded."""
