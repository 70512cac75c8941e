"""Lines of latitude and longitude for a map without a ground: something to see the motion against."""

from __future__ import annotations

import math
from typing import Any

from widgets.map.content import Window

_STEPS_DEG = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
_SPACING_PX = 170.0


def step_deg(span_deg: float, size_px: float) -> float:
    """Return the smallest round step that keeps lines about 170 pixels apart."""
    wanted = span_deg * _SPACING_PX / max(1.0, size_px)
    return min((step for step in _STEPS_DEG if step >= wanted), default=_STEPS_DEG[0])


def degrees(value: float, step: float, positive: str, negative: str) -> str:
    """Return a coordinate in words, with as many decimals as the step needs."""
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
    return f"{abs(value):.{decimals}f}° {positive if value >= 0 else negative}"


def lines(window: Window) -> list[dict[str, Any]]:
    """Return each line's ends and label (text, and where it stands) for one window."""
    b = window.bounds
    step = step_deg(b.east - b.west, window.width_px)
    found: list[dict[str, Any]] = []
    for i in range(math.ceil(b.west / step), math.floor(b.east / step) + 1):
        lon = i * step
        ends = [[b.south, lon], [b.north, lon]]
        found.append({"points": ends, "label": degrees(lon, step, "E", "W"), "label_at": [b.north, lon]})
    for i in range(math.ceil(b.south / step), math.floor(b.north / step) + 1):
        lat = i * step
        ends = [[lat, b.west], [lat, b.east]]
        found.append({"points": ends, "label": degrees(lat, step, "N", "S"), "label_at": [lat, b.west]})
    return found
