"""Bounds how many live sockets one session has: each costs the hub every event."""

from __future__ import annotations

from collections import Counter

from app.hub.refusals import TooOftenError
from app.hub.sessions import Session

MOST_SOCKETS = 8
"""A desk needs one, and some more while the loss of those before is not noticed yet."""


class LivePlaces:
    """The places of every session."""

    def __init__(self) -> None:
        self._taken: Counter[Session] = Counter()

    def take(self, session: Session) -> None:
        """Take a place; `give_back` it.

        Raises:
            TooOftenError: the session has none left.
        """
        if self._taken[session] >= MOST_SOCKETS:
            raise TooOftenError(
                f"This session follows the hub's events {MOST_SOCKETS} times already.",
                "Close one of its consoles first.",
                retry_after_s=10,
            )
        self._taken[session] += 1

    def give_back(self, session: Session) -> None:
        """Give a place back."""
        self._taken[session] -= 1
        if not self._taken[session]:
            # Nothing is kept of a session that has gone.
            del self._taken[session]
