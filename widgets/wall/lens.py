"""Which part of a camera's picture a tile shows, as plain numbers: zoom, pan, aspect mode and rotation.

Places and lengths are parts of the picture as it is seen, after its rotation: (0, 0) is its top left
corner, (1, 1) its bottom right one. Places under the pointer are parts of the rectangle it is painted into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.picture_size import PictureSize
from app.domain.tile_view import AspectMode, TileView

SLACK = 0.015
"""Part of its length by which a picture may be stretched to fill its tile."""
MOST = 8.0
"""Beyond it even a 4K camera shows single pixels."""
STEP = 2 ** (1 / 3)
"""Three steps double, nine lead to `MOST`."""
LARGEST_PX = 4096
"""Longest side of a picture of which only a part is shown: what a 4K camera has."""
_ONE = 1.01
"""Zooming out below it ends at the whole picture, whatever was rounded on the way."""


class Part(NamedTuple):
    """A rectangle of the picture."""

    left: float
    top: float
    width: float
    height: float


class Reach(NamedTuple):
    """How much of the picture's width and height is seen without a zoom: all, or less where it is cut."""

    width: float
    height: float


class Window(NamedTuple):
    """What is painted: a part of the decoder's picture as it lies in memory, turned clockwise."""

    part: Part
    turn_deg: int


WHOLE = Part(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Zoom:
    """How near a tile looks, and the middle of what it sees."""

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def on(self) -> bool:
        """Say whether less than usual is seen."""
        return self.factor > 1.0

    def seen(self, reach: Reach) -> Part:
        """Return the part of the picture that is seen; it lies inside the picture."""
        width, height = reach.width / self.factor, reach.height / self.factor
        return Part(_inside(self.x - width / 2, width), _inside(self.y - height / 2, height), width, height)

    def at(self, factor: float, x: float, y: float, reach: Reach) -> Zoom:
        """Return this zoom changed to ``factor``; what is painted at (``x``, ``y``) stays there.

        The picture's edges come first: zooming out beside one moves the picture.
        """
        if factor <= 1.0 or self.factor > factor < _ONE:
            return NO_ZOOM
        before, factor = self.seen(reach), min(factor, MOST)
        width, height = reach.width / factor, reach.height / factor
        return _centred(
            factor,
            before.left + x * (before.width - width),
            before.top + y * (before.height - height),
            reach,
        )

    def pulled(self, across: float, down: float, reach: Reach) -> Zoom:
        """Return this zoom with the picture pulled by parts of its painted size, no further than its edge."""
        if not self.on:
            return self
        part = self.seen(reach)
        return _centred(self.factor, part.left - across * part.width, part.top - down * part.height, reach)


NO_ZOOM = Zoom()


def _inside(start: float, length: float) -> float:
    return min(max(start, 0.0), max(0.0, 1.0 - length))


def _centred(factor: float, left: float, top: float, reach: Reach) -> Zoom:
    width, height = reach.width / factor, reach.height / factor
    return Zoom(factor, _inside(left, width) + width / 2, _inside(top, height) + height / 2)


def seen_aspect(aspect: float, view: TileView) -> float:
    """Return width over height of the picture as it is seen."""
    return 1 / aspect if view.on_its_side and aspect > 0 else aspect


def reach(aspect: float, view: TileView, width: int, height: int) -> Reach:
    """Return how much of a picture of that aspect, as seen, a place of ``width`` × ``height`` shows."""
    if view.mode is not AspectMode.FILL or aspect <= 0 or width <= 0 or height <= 0:
        return Reach(1.0, 1.0)
    shape = width / height
    if abs(aspect - shape) <= shape * SLACK:
        return Reach(1.0, 1.0)
    return Reach(shape / aspect, 1.0) if aspect > shape else Reach(1.0, aspect / shape)


def window(part: Part, view: TileView) -> Window | None:
    """Return what to paint for the part that is seen, None for the whole picture, upright."""
    if view.turn_deg == 0 and part == WHOLE:
        return None
    left, top, width, height = part
    right, bottom = 1.0 - left - width, 1.0 - top - height
    match view.turn_deg:
        case 90:
            part = Part(top, right, height, width)
        case 180:
            part = Part(right, bottom, width, height)
        case 270:
            part = Part(bottom, left, height, width)
    return Window(part, view.turn_deg)


def wanted_size(width: int, height: int, seen: Reach, zoom: Zoom, view: TileView) -> PictureSize:
    """Return the size of the decoder's picture for a place of ``width`` × ``height`` device pixels.

    The part that is seen gets a pixel for each of the place's, up to `LARGEST_PX` for the whole picture.
    """
    across, down = width / seen.width * zoom.factor, height / seen.height * zoom.factor
    # A screen may itself be larger than that.
    scale = min(1.0, max(LARGEST_PX, width, height) / max(across, down, 1.0))
    across, down = across * scale, down * scale
    if view.on_its_side:
        across, down = down, across
    return PictureSize(round(across), round(down), zoom.on)
