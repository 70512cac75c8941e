"""Planning shifts, as the console asks the hub for it. The sources implement it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.scope import Scope
from app.domain.shift import Shift


class ShiftGateway(Protocol):
    """Shifts in the hub.

    Every coroutine raises `SourceError` when the hub does not answer, `OperatorError` when it refuses.
    """

    async def shifts(self) -> tuple[Shift, ...]:
        """Return the shifts that have not ended, by their beginning."""
        ...

    async def plan(self, account: str, begins_at: datetime, ends_at: datetime, scope: Scope) -> None:
        """Plan a shift of an account."""
        ...

    async def set_end(self, shift_id: str, ends_at: datetime) -> None:
        """Let a shift end at another time."""
        ...

    async def cancel(self, shift_id: str) -> None:
        """Take a shift back; a session under it ends at once."""
        ...
