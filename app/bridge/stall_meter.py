"""Measures how late the UI thread runs: the operator's own measure of "it hangs"."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer

from app.domain.ports import Clock
from app.domain.quantile import quantile

INTERVAL_MS = 40
"""A sample is what an event of that moment waited. A finer timer takes more of them, not truer ones, and
each wake-up costs as much as a tile's paint."""
KEPT = 15_000


class StallMeter(QObject):
    """A timer of 40 ms whose lateness is kept for the last ten minutes."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._late_ms: deque[float] = deque(maxlen=KEPT)
        self._due = 0.0
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Begin, forgetting what was measured before."""
        self._late_ms.clear()
        self._due = self._clock.monotonic() + INTERVAL_MS / 1000
        self._timer.start()

    def stop(self) -> None:
        """Stop measuring; the figures stay."""
        self._timer.stop()

    def lateness_ms(self, share: float, newest: int = KEPT) -> float:
        """Return that quantile (0 to 1) of the lateness in ms over the ``newest`` samples, 0 without any."""
        samples = list(self._late_ms)[-newest:]
        return quantile(samples, share)

    def _on_timeout(self) -> None:
        now = self._clock.monotonic()
        self._late_ms.append(max(0.0, now - self._due) * 1000)
        self._due = now + INTERVAL_MS / 1000
