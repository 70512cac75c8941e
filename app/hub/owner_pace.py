"""How often an owner may ask: each time is a record, and a record is a synced write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from app.hub.refusals import TooOftenError

MOST = 60
MINUTE = timedelta(minutes=1)


class OwnerPace:
    """Counts what each owner asked for in the last minute."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._asked: dict[str, deque[datetime]] = {}

    def pass_or_wait(self, owner_id: str) -> None:
        """Count one more.

        Raises:
            TooOftenError: sixty in the last minute.
        """
        now = self._now()
        asked = self._asked.setdefault(owner_id, deque())
        # A clock that was set back is no reason to wait for it.
        while asked and not timedelta() <= now - asked[0] < MINUTE:
            asked.popleft()
        if len(asked) >= MOST:
            left = asked[0] + MINUTE - now
            raise TooOftenError(
                "This link was used too often in the last minute.",
                "Wait a minute and try again.",
                retry_after_s=max(1, round(left.total_seconds())),
            )
        asked.append(now)
