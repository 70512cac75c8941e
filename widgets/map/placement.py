"""Where things go on the map so that they do not cover each other: names, and the marked cameras."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CHARACTER_PX = 7.6
"""Width of a semi-bold character at 13 px, on the wide side."""
_RINGS = (
    (0.0, 0.0),
    *(
        (ring * math.sin(math.tau * i / 16), -ring * math.cos(math.tau * i / 16))
        for ring in range(10, 171, 10)
        for i in range(16)
    ),
)
_LINE_PX = 18.0
_BELOW_PX = 18.0
_SIZES = {
    "camera": (-16.0, -16.0, 16.0, 16.0),
    "cameras": (-24.0, -17.0, 24.0, 17.0),
    "alert": (-48.0, -50.0, 48.0, 16.0),
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


def spread(
    points: Iterable[tuple[float, float]], taken: Sequence[Box], reach: float
) -> list[tuple[float, float]]:
    """Return for each point by how many pixels to move it so that its marker covers no other and no box.

    Each takes the free place nearest to its own, on rings around it; where all rings are full it stays.

    Args:
        points: the markers' places in world pixels, the one to move least first.
        taken: boxes that must stay visible.
        reach: half a marker's side in pixels.
    """
    boxes = list(taken)
    steps: list[tuple[float, float]] = []
    for x, y in points:
        free = (step for step in _RINGS if not _meets_any(_around(x + step[0], y + step[1], reach), boxes))
        step = next(free, (0.0, 0.0))
        steps.append(step)
        boxes.append(_around(x + step[0], y + step[1], reach))
    return steps


def _around(x: float, y: float, reach: float) -> Box:
    return Box(x - reach, y - reach, x + reach, y + reach)


def _meets_any(box: Box, others: Iterable[Box]) -> bool:
    return any(box.meets(other) for other in others)


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
        if text and not _meets_any(box, boxes):
            placed[key] = text
            boxes.append(box)
    return placed
