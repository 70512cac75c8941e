"""When to try a broken stream again: capped exponential backoff with jitter.

Jitter over each step's upper half ("equal jitter" in "Exponential Backoff And Jitter",
AWS Architecture Blog, 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.stream_state import Fault

_SLOW_FAULTS = frozenset({Fault.PASSWORD_REFUSED, Fault.DENIED_BY_HUB, Fault.BAD_ADDRESS, Fault.MASKS_UNFIT})
"""Faults that trying again soon cannot mend; some cameras lock an account that is tried too often."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Delays in seconds: ``first_s`` doubles at each failure up to ``cap_s``."""

    first_s: float = 0.5
    cap_s: float = 30.0
    slow_s: float = 30.0
    settled_s: float = 10.0
    """A stream that ran this long starts again at the first step."""

    def delay_s(self, failures: int, fault: Fault | None, random: Callable[[], float]) -> float:
        """Return the wait before the next try.

        Args:
            failures: tries that failed in a row, from 1.
            fault: why the last one failed.
            random: draws from [0, 1).
        """
        if fault in _SLOW_FAULTS:
            return self.slow_s * (0.75 + 0.5 * random())
        step = min(self.cap_s, self.first_s * 2.0 ** min(max(0, failures - 1), 16))
        return step * (0.5 + 0.5 * random())

    def failures_after(self, failures: int, ran_s: float) -> int:
        """Return the count of failures in a row after a run of ``ran_s`` seconds ended."""
        return 1 if ran_s >= self.settled_s else failures + 1
