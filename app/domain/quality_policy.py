"""Which of a camera's streams a tile needs, from the tile's own pixels."""

from __future__ import annotations

from app.domain.camera import Camera, Quality

UP_PX = 480
"""Tile height in device pixels from which the main stream is worth its cost."""
DOWN_PX = 420
"""Tile height below which the sub stream is enough again; the gap keeps a resize from flapping."""


def choose_quality(camera: Camera, height_px: int, current: Quality | None) -> Quality:
    """Return the quality for a tile ``height_px`` device pixels high, given what it shows now."""
    offered = {stream.quality for stream in camera.streams}
    if len(offered) == 1:
        return next(iter(offered))
    if current is Quality.MAIN:
        return Quality.SUB if height_px < DOWN_PX else Quality.MAIN
    return Quality.MAIN if height_px >= UP_PX else Quality.SUB
