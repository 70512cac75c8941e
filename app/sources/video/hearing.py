"""When a worker that says nothing counts as hung, and when the computer is merely busy.

A worker tells four times a second that it lives. Waiting long for that keeps a frozen picture on the wall;
waiting briefly kills healthy workers on a busy computer. Three things keep the short wait from doing so:
silence counts only while the console itself was awake to listen; another worker must have been heard
meanwhile, else it is the computer that is slow; and a worker whose pictures still come, or at rest packets,
gets the long wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may say nothing, in seconds."""

    brief_s: float = 0.8
    """No word and no picture, while another worker talks."""
    long_s: float = 5.0
    """No word, whatever else."""
    start_s: float = 20.0
    """No word ever: it is being started."""


class Hearing:
    """How long one worker has been silent while somebody listened."""

    def __init__(self) -> None:
        self.silent_s = 0.0
        self._heard_at = 0.0

    def listen(self, heard_at: float, awake_s: float) -> None:
        """Take notice of when the worker was last heard; the console has listened for ``awake_s`` more."""
        if heard_at > self._heard_at:
            self._heard_at = heard_at
            self.silent_s = 0.0
        else:
            self.silent_s += awake_s

    def hung(self, patience: Patience, *, ready: bool, sign_age_s: float, others: Iterable[Hearing]) -> bool:
        """Say whether the worker has been silent for too long.

        Args:
            patience: the limits.
            ready: it has been heard before.
            sign_age_s: age of the newest picture of any of its streams, of one at rest the newest packet's.
            others: of the other workers that are ready.
        """
        if not ready:
            return self.silent_s > patience.start_s
        if self.silent_s > patience.long_s:
            return True
        if self.silent_s < patience.brief_s or sign_age_s < patience.brief_s:
            return False
        return any(other.silent_s < patience.brief_s * 0.75 for other in others)
