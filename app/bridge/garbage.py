"""Keeps Python's cyclic collector on the user interface's thread.

Python collects in whichever thread happens to allocate. A Qt object that a cycle held would then be
destroyed in a reader's or an import's thread while Qt still has events for it: the process ends by a
segmentation fault, rarely and far from the cause.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


def collect_due() -> None:
    """Collect the oldest generation that is due by Python's own thresholds; call it on Qt's thread only."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


class GarbageOnThisThread(QObject):
    """Collects once a second on the thread that made it, and nowhere else while it runs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(collect_due)

    def start(self) -> None:
        """Take the collector over. What exists by now is left out of every later search."""
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
