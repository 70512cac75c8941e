"""The demo's people: one account for each role, made and entered through the hub's own doors."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from app.domain.clock import SystemClock
from app.domain.door import Credentials, HubDoor
from app.domain.errors import OperatorError
from app.sources.hub_rest import HubRest
from app.wire.accounts import AccountIn, HandoverOut
from app.wire.consent import ConsentIn, WindowIn
from app.wire.shifts import ScopeMessage, ShiftIn, Shifts

PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "Operator": "Olive Operator",
        "Supervisor": "Sol Supervisor",
        "Volunteer": "Vera Volunteer",
        "Auditor": "Aud Auditor",
        "Administrator": "Ada Administrator",
    }
)
"""A person of each role's title."""
PUBLISHED = ("crossing", "park", "transit")
"""The camera groups of the volunteer's shift."""
SHIFT = timedelta(hours=4)
_SINCE = "2026-01-01T00:00:00Z"


class DemoRoles:
    """Makes the accounts, and signs in as one of them in one action."""

    def __init__(self, admin: HubRest, door: HubDoor) -> None:
        self._admin = admin
        self._door = door
        self._clock = SystemClock()
        self._turn = asyncio.Lock()
        self._handed: dict[str, str] = {}
        self.password = "Larch-" + secrets.token_hex(3)
        """Of every one of them, for this run; it unlocks the desk too."""

    async def enter(self, title: str) -> None:
        """Sign in as the person of a role, in place of who is there."""
        async with self._turn:
            await self._enter(title)

    async def switch(self, title: str) -> None:
        """Sign out whoever is there, and sign in as the person of a role."""
        async with self._turn:
            await self._door.sign_out()
            await self._enter(title)

    async def _enter(self, title: str) -> None:
        name = PEOPLE[title]
        if name not in self._handed:
            await self._make(title)
        handed, self._handed[name] = self._handed[name], ""
        if handed:
            await self._door.sign_in(Credentials(name, handed, new_password=self.password))
        else:
            await self._door.sign_in(Credentials(name, self.password))

    async def _make(self, title: str) -> None:
        name = PEOPLE[title]
        try:
            answer = await self._admin.call("POST", "accounts", AccountIn(name=name, roles=[title.lower()]))
        except OperatorError:
            # It is there from an earlier run, whose password nobody knows any more.
            answer = await self._admin.call("POST", f"accounts/{name}/reset")
        self._handed[name] = self._admin.read(HandoverOut, answer).password
        if title == "Volunteer":
            await self._plan_shift(name)

    async def _plan_shift(self, name: str) -> None:
        planned = self._admin.read(Shifts, await self._admin.call("GET", "shifts"))
        for shift in planned.shifts:
            if not shift.cancelled:
                await self._admin.call("DELETE", f"shifts/{shift.id}")
        now = self._clock.utc()
        scope = ScopeMessage(camera_groups=list(PUBLISHED))
        shift_in = ShiftIn(account=name, begins_at=now, ends_at=now + SHIFT, scope=scope)
        await self._admin.call("POST", "shifts", shift_in)

    async def record_consents(self) -> None:
        """Record what the owners of the demo's private cameras agreed to: each scope once."""
        origin = {"given_by": "The owner of the demo's camera", "obtained": "form", "valid_from": _SINCE}
        every_evening = [WindowIn(weekday=day, begin="18:00", end="24:00") for day in range(7)]
        for camera, terms in (
            ("cam-12", {"level": 2, "scope": "incident", "radius_m": 800, "minutes": 120}),
            ("cam-17", {"level": 2, "scope": "hours", "windows": every_evening}),
            ("cam-20", {"level": 1}),
            ("cam-24", {"level": 2, "scope": "always"}),
        ):
            consent = ConsentIn.model_validate(origin | terms)
            await self._admin.call("PUT", f"cameras/{camera}/consent", consent)
