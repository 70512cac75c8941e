"""Reads the drawn clock back from the X screen, as an eye would: what is seen is what was painted.

Reads one JSON line, ``{"video": [x, y, width, height], "seconds": N}``, where the picture with the clock is
on the screen; writes ``{"seen": [[ms, at_ms], ...]}``: each clock that came into sight, and when it was first
seen, on the same clock. Only two rows of pixels are fetched at each look, so that looking disturbs nobody.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from PySide6.QtGui import QGuiApplication, QImage, QScreen

from tests.benchmarks.clock_code import Picture, read, rows

LOOK_S = 0.005
"""Between two looks: a picture is seen late by half of this, whoever painted it."""


class ClockOnScreen:
    """The place on the screen where the clock is."""

    def __init__(self, screen: QScreen, video: list[int]) -> None:
        self._screen = screen
        self._left, self._top, self._width, height = video
        self._rows = rows(height)

    def look(self) -> int | None:
        """Return the milliseconds that are on the screen now, None while two pictures are mixed."""
        upper, lower = (self._row(self._top + row) for row in self._rows)
        return read(upper, lower)

    def _row(self, y: int) -> Picture:
        grabbed = self._screen.grabWindow(0, self._left, y, self._width, 1).toImage()
        grey = grabbed.convertToFormat(QImage.Format.Format_Grayscale8)
        # A copy: the image's memory goes with it.
        return np.frombuffer(grey.constBits(), np.uint8)[: self._width].copy()


def watch(clock: ClockOnScreen, seconds: float) -> list[tuple[int, float]]:
    """Return every time that came into sight and when it did, both in ms of the monotonic clock."""
    seen: list[tuple[int, float]] = []
    ending = time.monotonic() + seconds
    while (now := time.monotonic()) < ending:
        ms = clock.look()
        if ms is not None and (not seen or seen[-1][0] != ms):
            seen.append((ms, round(1000 * time.monotonic(), 2)))
        time.sleep(max(0.0, now + LOOK_S - time.monotonic()))
    return seen


def read_screen() -> None:
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    application = QGuiApplication(sys.argv[:1])
    clock = ClockOnScreen(application.primaryScreen(), order["video"])
    print(json.dumps({"seen": watch(clock, order["seconds"])}), flush=True)


if __name__ == "__main__":
    read_screen()
