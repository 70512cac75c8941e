"""The system's clock; tests hand in their own."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the `Clock` port.

    ``time.monotonic`` counts from the machine's start on Linux, macOS and Windows, so a decoder's times
    can be compared with the console's; setting the wall clock does not move it.
    """

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def utc(self) -> datetime:
        """Return the wall-clock time in UTC."""
        return datetime.now(UTC)
