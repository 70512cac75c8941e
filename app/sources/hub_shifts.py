"""Shifts over the hub's REST interface: implements the `ShiftGateway` port."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from app.domain.errors import OperatorError
from app.domain.scope import Scope
from app.domain.shift import Shift
from app.sources.hub_rest import HubRest
from app.wire.shifts import ScopeMessage, ShiftEndIn, ShiftIn, Shifts


class HubShifts:
    """Plans shifts in the name of who is signed in."""

    def __init__(self, rest: HubRest) -> None:
        self._rest = rest

    async def shifts(self) -> tuple[Shift, ...]:
        """Return the shifts that have not ended, by their beginning."""
        told = self._rest.read(Shifts, await self._rest.call("GET", "shifts"))
        return tuple(
            Shift(m.id, m.account, m.begins_at, m.ends_at, m.scope.scope(), m.cancelled) for m in told.shifts
        )

    async def plan(self, account: str, begins_at: datetime, ends_at: datetime, scope: Scope) -> None:
        """Plan a shift of an account.

        Raises:
            OperatorError: it makes no sense, or the hub refuses it.
        """
        try:
            body = ShiftIn(
                account=account, begins_at=begins_at, ends_at=ends_at, scope=ScopeMessage.of(scope)
            )
        except ValidationError as error:
            told = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise OperatorError(told.removeprefix("Value error, ").capitalize() + ".") from error
        await self._rest.call("POST", "shifts", body)

    async def set_end(self, shift_id: str, ends_at: datetime) -> None:
        """Let a shift end at another time."""
        await self._rest.call("PATCH", f"shifts/{shift_id}", ShiftEndIn(ends_at=ends_at))

    async def cancel(self, shift_id: str) -> None:
        """Take a shift back; a session under it ends at once."""
        await self._rest.call("DELETE", f"shifts/{shift_id}")
