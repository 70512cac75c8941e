"""The mark on a saved picture of a private camera."""

from __future__ import annotations

import numpy as np
from PIL import Image

from app.sources.video.watermark import marked


def test_every_part_of_the_picture_is_marked_and_can_still_be_seen() -> None:
    plain = Image.new("RGB", (640, 360), (90, 120, 60))
    changed = np.asarray(marked(plain, "Vera  2026-11-26 20:04 UTC")).astype(int) - np.asarray(plain)
    assert changed.shape == (360, 640, 3)
    for top in range(0, 360, 120):
        for left in range(0, 640, 160):
            part = np.abs(changed[top : top + 120, left : left + 160])
            assert part.max() > 15
            assert part.mean() < 25
