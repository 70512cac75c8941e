"""Which names can be written on the map without covering a marker or another name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CHARACTER_PX = 7.6
"""Width of a semi-bold character at 13 px, on the wide side."""
_LINE_PX = 18.0
_BELOW_PX = 18.0
_SIZES = {
    "camera": (-16.0, -16.0, 16.0, 16.0),
    "cameras": (-32.0, -16.0, 32.0, 16.0),
    "alert": (-48.0, -50.0, 48.0, 0.0),
    "alerts": (-62.0, -50.0, 62.0, 0.0),
    "incident": (-12.0, 0.0, 200.0, 62.0),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in world pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @staticmethod
    def of(kind: str, x: float, y: float) -> Box:
        """Return the room that a marker of that kind takes at a place."""
        left, top, right, bottom = _SIZES[kind]
        return Box(x + left, y + top, x + right, y + bottom)

    def meets(self, other: Box) -> bool:
        """Say whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def free_labels(requests: Iterable[tuple[str, float, float, str]], taken: Sequence[Box]) -> dict[str, str]:
    """Return the labels that fit below their markers, by key; earlier requests win.

    Args:
        requests: key, x, y (world pixels) and text, most important first.
        taken: the markers' own boxes.
    """
    boxes = list(taken)
    placed: dict[str, str] = {}
    for key, x, y, text in requests:
        half = len(text) * CHARACTER_PX / 2 + 4
        box = Box(x - half, y + _BELOW_PX, x + half, y + _BELOW_PX + _LINE_PX)
        if text and not any(box.meets(other) for other in boxes):
            placed[key] = text
            boxes.append(box)
    return placed
