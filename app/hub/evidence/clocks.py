"""How far the hub's clock is from a desk's, as far as one question and its answer can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_S = 10.0
"""An answer that took longer says too little of the clocks."""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The hub's clock less the desk's, and how wrong that may be; None with the reason where unknown."""

    seconds: float | None
    uncertainty_s: float
    why: str = ""

    @property
    def added(self) -> timedelta:
        """What turns the desk's time into the hub's; nothing where that is not known."""
        return timedelta(seconds=self.seconds or 0.0)


def offset_of(hub_at: datetime, asked_at: datetime, took_s: float) -> ClockOffset:
    """Return the offset that one question shows.

    The hub read its clock at some moment between the question and its answer, so it is off by no more than
    half of the time between the two (Cristian, Probabilistic clock synchronization, 1989).

    Args:
        hub_at: the hub's clock, read between question and answer.
        asked_at: the desk's clock at the question.
        took_s: until the answer, by a clock that is never set.
    """
    if took_s > MOST_S:
        return ClockOffset(
            None, MOST_S / 2, f"the hub's answer took {took_s:.1f} s: that is too long to measure by"
        )
    middle = (hub_at - asked_at).total_seconds() - took_s / 2
    return ClockOffset(round(middle, 3), round(took_s / 2 + 0.0005, 3))
