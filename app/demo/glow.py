"""Light added to a finished picture: halos of lamps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops

from app.demo.canvas import Colour


@lru_cache(maxsize=512)
def _halo(width: int, height: int, colour: Colour, strength: int) -> Image.Image:
    x = np.linspace(-1, 1, width)[None, :]
    y = np.linspace(-1, 1, height)[:, None]
    fall = np.clip(1 - np.sqrt(x**2 + y**2), 0, 1) ** 2.2 * strength / 100
    return Image.fromarray((fall[..., None] * np.array(colour)).astype(np.uint8))


def add_glow(
    frame: Image.Image, x: float, y: float, radius_px: float, colour: Colour, strength: float,
    *, flatten: float = 1.0,
) -> None:  # fmt: skip
    """Add a soft round light around a picture point; ``flatten`` squeezes its height."""
    # Sizes go in steps so that halos can be kept: a vehicle asks for nearly the same one 15 times a second.
    step = 2 if radius_px < 24 else 8
    rx = min(320, max(2, round(radius_px / step) * step))
    ry = max(2, round(rx * flatten))
    left, top = round(x) - rx, round(y) - ry
    box = (max(0, left), max(0, top), min(frame.width, left + 2 * rx), min(frame.height, top + 2 * ry))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    halo = _halo(2 * rx, 2 * ry, colour, round(strength * 100))
    part = halo.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    frame.paste(ImageChops.add(frame.crop(box), part), box[:2])
