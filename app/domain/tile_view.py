"""How a tile shows its camera's picture: in its own shape or the tile's, and which way up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

TURNS_DEG = (0, 90, 180, 270)
"""The rotations on offer, clockwise; corridor cameras hang on their side."""


class AspectMode(StrEnum):
    """What becomes of a picture whose shape is not the tile's."""

    FIT = "fit"
    """The whole picture in its own shape, with bars."""
    FILL = "fill"
    """The tile is full and what reaches over it is cut off."""
    STRETCH = "stretch"
    """The whole picture in the tile's shape."""


@dataclass(frozen=True, slots=True)
class TileView:
    """A tile's choice; kept with the wall, moved with the camera, dropped with it."""

    mode: AspectMode = AspectMode.FIT
    turn_deg: int = 0
    """Clockwise, one of `TURNS_DEG`."""

    def __post_init__(self) -> None:
        if self.turn_deg not in TURNS_DEG:
            raise ValueError(f"a picture is not turned by {self.turn_deg}°")

    @property
    def on_its_side(self) -> bool:
        """Say whether the picture's width is its height on screen."""
        return self.turn_deg % 180 != 0

    def next_mode(self) -> TileView:
        """Return the view with the aspect mode after this one, the first after the last."""
        modes = list(AspectMode)
        return replace(self, mode=modes[(modes.index(self.mode) + 1) % len(modes)])

    def next_turn(self) -> TileView:
        """Return the view a quarter turn further, clockwise."""
        return replace(self, turn_deg=(self.turn_deg + 90) % 360)


PLAIN = TileView()
"""The whole picture, upright."""
