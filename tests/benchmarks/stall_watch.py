"""A fine stall meter for benchmarks: how late a 5 ms timer of the UI thread is, beat by beat.

The console's own meter beats every 40 ms, which is cheap and enough for an operator. Some 200 beats a second
are a load of their own, so this one runs only while a benchmark has asked for it.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 5


class StallWatch(QObject):
    """Keeps every beat's lateness since it was last taken."""

    def __init__(self) -> None:
        super().__init__()
        self._late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def take(self) -> list[float]:
        """Return the lateness of the beats since the last call in ms; the first call begins to measure."""
        taken, self._late_ms = self._late_ms, []
        self._due = time.monotonic() + INTERVAL_MS / 1000
        self._timer.start()
        return taken

    def _on_timeout(self) -> None:
        now = time.monotonic()
        self._late_ms.append(max(0.0, now - self._due) * 1000)
        self._due = now + INTERVAL_MS / 1000
