"""A small perspective painter: a pinhole camera above flat ground, and polygons in metres.

World axes: x to the right, y away from the camera's foot, z up; metres. Pictures are drawn with Pillow.
Still things are drawn once at twice the size and shrunk, which smooths their edges; moving things are
drawn the same way, each in a patch of its own (see `Patch`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Colour: TypeAlias = tuple[int, int, int]
Points: TypeAlias = NDArray[np.float64]
NEAR_M = 0.6
SMOOTH = 2
"""Things are drawn this many times larger and shrunk."""


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour ``share`` (0…1) of the way from ``a`` to ``b``."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made darker (below 1) or lighter (above 1)."""
    return (
        min(255, round(colour[0] * factor)),
        min(255, round(colour[1] * factor)),
        min(255, round(colour[2] * factor)),
    )


@dataclass(frozen=True)
class View:
    """A fixed camera: where it stands, where it looks. Angles in degrees, ``pitch_deg`` downwards."""

    width: int = 1280
    height: int = 720
    mount_m: float = 7.0
    pitch_deg: float = 14.0
    yaw_deg: float = 0.0
    """Clockwise: positive looks to the right."""
    fov_deg: float = 66.0
    x: float = 0.0
    y: float = 0.0
    focal_px: float = field(init=False)
    """Focal length in pixels of the final picture."""
    turn: Points = field(init=False, repr=False, compare=False)
    """The camera's axes (right, up, forward) as rows of world coordinates."""
    _rows: list[list[float]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pitch, yaw = math.radians(self.pitch_deg), math.radians(self.yaw_deg)
        forward = np.array(
            [math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), -math.sin(pitch)]
        )
        right = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
        turn = np.stack([right, np.cross(right, forward), forward])
        object.__setattr__(self, "turn", turn)
        object.__setattr__(self, "_rows", turn.tolist())
        object.__setattr__(self, "focal_px", self.width / 2 / math.tan(math.radians(self.fov_deg) / 2))

    @property
    def horizon_px(self) -> float:
        """Row of the horizon, from the top."""
        return self.height / 2 - self.focal_px * math.tan(math.radians(self.pitch_deg))

    def seen(self, points: Points) -> Points:
        """Turn world points (n×3) into the camera's axes: right, up, forward."""
        out: Points = (points - np.array([self.x, self.y, self.mount_m])) @ self.turn.T
        return out

    def depth(self, x: float, y: float, z: float = 0.0) -> float:
        """Return how far ahead of the camera a point lies, in metres."""
        _, _, (a, b, c) = self._rows
        return a * (x - self.x) + b * (y - self.y) + c * (z - self.mount_m)

    def flat(self, seen: Points) -> Points:
        """Project points in the camera's axes (n×3, all ahead) onto the picture (n×2, pixels)."""
        scale = self.focal_px / seen[:, 2]
        return np.stack([self.width / 2 + seen[:, 0] * scale, self.height / 2 - seen[:, 1] * scale], axis=1)

    def project(self, points: Points) -> Points:
        """Project a world polygon (n×3) onto the picture, cut off where it comes behind the camera.

        The result may be empty.
        """
        seen = self.seen(points)
        if (seen[:, 2] < NEAR_M).any():
            seen = _cut_near(seen)
            if not len(seen):
                return np.zeros((0, 2))
        return self.flat(seen)

    def pixel(self, x: float, y: float, z: float = 0.0) -> tuple[float, float]:
        """Project one world point that lies ahead."""
        dx, dy, dz = x - self.x, y - self.y, z - self.mount_m
        right, up, ahead = (row[0] * dx + row[1] * dy + row[2] * dz for row in self._rows)
        scale = self.focal_px / ahead
        return self.width / 2 + right * scale, self.height / 2 - up * scale

    def px_per_m(self, x: float, y: float, z: float = 0.0) -> float:
        """Return how many pixels a metre spans at a point ahead of the camera."""
        return self.focal_px / max(NEAR_M, self.depth(x, y, z))


def _cut_near(seen: Points) -> Points:
    out: list[Points] = []
    for a, b in zip(seen, np.roll(seen, -1, axis=0), strict=True):
        if a[2] >= NEAR_M:
            out.append(a)
        if (a[2] >= NEAR_M) != (b[2] >= NEAR_M):
            out.append(a + (b - a) * ((NEAR_M - a[2]) / (b[2] - a[2])))
    return np.array(out) if out else np.zeros((0, 3))


def ground(points: Iterable[tuple[float, float]], z: float = 0.0) -> Points:
    """Lift ground points (x, y) to world points at height ``z``."""
    return np.array([(x, y, z) for x, y in points], dtype=np.float64)


class Patch:
    """A part of a picture being drawn upon at twice its size; `close` puts it back."""

    def __init__(self, image: Image.Image, box: tuple[int, int, int, int]) -> None:
        self._image = image
        self._box = box
        part = image.crop(box)
        self._large = part.resize((part.width * SMOOTH, part.height * SMOOTH), Image.Resampling.NEAREST)
        # Blending costs time even where nothing shines through.
        self._blending = ImageDraw.Draw(self._large, "RGBA")
        self._covering = ImageDraw.Draw(self._large)

    def _brush(self, colour: Sequence[int]) -> ImageDraw.ImageDraw:
        return self._blending if len(colour) == 4 and colour[3] < 255 else self._covering

    def cut(
        self, box: tuple[int, int, int, int] | None = None
    ) -> tuple[Image.Image, tuple[int, int, int, int]]:
        """Take what has been drawn (or that part) at its final size, and wipe the patch there.

        Returns the picture and its box; an empty one when nothing has been drawn.
        """
        if box is None:
            found = self._large.getbbox() or (0, 0, 0, 0)
            box = (found[0] // SMOOTH, found[1] // SMOOTH, -(-found[2] // SMOOTH), -(-found[3] // SMOOTH))
        large = (box[0] * SMOOTH, box[1] * SMOOTH, box[2] * SMOOTH, box[3] * SMOOTH)
        if large[2] <= large[0]:
            return Image.new(self._large.mode, (0, 0)), (0, 0, 0, 0)
        part = self._large.crop(large).reduce(SMOOTH)
        self._large.paste((0,) * len(self._large.getbands()), large)
        return part, box

    @staticmethod
    def around(image: Image.Image, flat: Points, margin: float = 2.0) -> Patch | None:
        """Open the patch that holds those picture points, None when all are outside."""
        left, top = np.floor(flat.min(axis=0) - margin)
        right, bottom = np.ceil(flat.max(axis=0) + margin)
        box = (
            max(0, int(left)),
            max(0, int(top)),
            min(image.width, int(right)),
            min(image.height, int(bottom)),
        )
        return Patch(image, box) if box[2] > box[0] and box[3] > box[1] else None

    def polygons(self, flat: Points, shapes: Iterable[tuple[Sequence[int], Sequence[int]]]) -> None:
        """Fill many polygons: each names its corners among the picture points, and its opaque colour."""
        spots = [(x, y) for x, y in ((flat - np.array(self._box[:2])) * SMOOTH).tolist()]
        for corners, colour in shapes:
            self._covering.polygon([spots[i] for i in corners], fill=tuple(colour))

    def polygon(self, flat: Points, colour: Sequence[int]) -> None:
        """Fill a polygon given in the picture's pixels."""
        if len(flat) >= 3:
            shifted = (flat - np.array(self._box[:2])) * SMOOTH
            self._brush(colour).polygon(shifted.ravel().tolist(), fill=tuple(colour))

    def line(self, flat: Points, colour: Sequence[int], width_px: float) -> None:
        """Draw a line through picture points."""
        shifted = (flat - np.array(self._box[:2])) * SMOOTH
        self._brush(colour).line(
            shifted.ravel().tolist(),
            fill=tuple(colour),
            width=max(1, round(width_px * SMOOTH)),
            joint="curve",
        )

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Sequence[int]) -> None:
        """Fill an upright ellipse around a picture point."""
        left, top = self._box[:2]
        cx, cy = (x - left) * SMOOTH, (y - top) * SMOOTH
        rx, ry = radius_x * SMOOTH, radius_y * SMOOTH
        self._brush(colour).ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=tuple(colour))

    def close(self) -> None:
        """Shrink the patch and put it back into the picture."""
        self._image.paste(self._large.reduce(SMOOTH), self._box[:2])
