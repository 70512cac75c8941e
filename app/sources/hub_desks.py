"""Enrolled desks over the hub's REST interface: implements `DeskGateway` and `LookRenewals`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import structlog

from app.domain.changes import Changes
from app.domain.enrolled_desk import MAIN_WALL, EnrolledDesk, KnownDesks, LitWall
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.events import DomainEvent, SessionChanged
from app.domain.ids import WallId
from app.sources.desk_keys import DeskKeys
from app.sources.hub_rest import HubRest
from app.wire.desks import DeskIn, DeskKeyIn, DeskMade, DeskMessage, Desks, ExemptIn, OwnDesk, Renewed

NO_VAULT = "This computer has no password vault, so this desk cannot be enrolled."
NO_VAULT_HINT = "Set up the system's keyring (Secret Service, Windows or macOS), then try again."

log = structlog.get_logger(__name__)


class HubDesks:
    """This desk and the others, in the name of who is signed in."""

    def __init__(self, rest: HubRest, keys: DeskKeys, apply: Callable[[DomainEvent], Changes]) -> None:
        self._rest = rest
        self._keys = keys
        self._apply = apply

    # Which desk this is

    async def find(self, *, enter: bool) -> None:
        """Learn which walls of this desk stay lit; with ``enter`` tell the hub first which desk this is.

        While that is not certain no wall does: the hub not answering is no failure here.
        """
        left = self._rest.left
        try:
            told = self._rest.read(OwnDesk, await self._rest.call("GET", "session/desk"))
            if enter and not told.id and told.any_enrolled:
                # Else the system's vault is not even opened: it takes its time, and may ask for a password.
                told = await self._enter(left)
        except (SourceError, OperatorError, ProtocolError) as error:
            log.info("the hub did not say which desk this is", error=type(error).__name__)
            told = OwnDesk()
        if not left.is_set():
            self._learn(told)

    async def _enter(self, left: asyncio.Event) -> OwnDesk:
        key = await self._keys.key(self._rest.url)
        if not key or left.is_set():
            return OwnDesk()
        answer = await self._rest.call("PUT", "session/desk", DeskKeyIn(key=key))
        told = self._rest.read(OwnDesk, answer)
        if not told.id and not left.is_set():
            # Withdrawn: to show it again would be a refusal on record each time.
            await self._keys.forget(self._rest.url)
        return told

    def _learn(self, told: OwnDesk) -> None:
        session = self._rest.session
        walls = frozenset(WallId(wall) for wall in told.exempt_walls) - {MAIN_WALL}
        if session is None or session.locked:
            # What was asked before the lock is not for after it.
            return
        self._rest.exempt_walls = walls
        if walls != session.exempt_walls:
            self._rest.session = replace(session, exempt_walls=walls)
            self._apply(SessionChanged(self._rest.session))

    async def renew_lease(self, lease_id: str) -> datetime:
        """Let a look at a wall that stays lit go on while the desk is locked; return until when."""
        return self._rest.read(Renewed, await self._rest.call("POST", f"leases/{lease_id}/renew")).expires_at

    # For the administrator

    async def known(self) -> KnownDesks:
        """Return every enrolled desk."""
        told = self._rest.read(Desks, await self._rest.call("GET", "desks"))
        own = self._rest.read(OwnDesk, await self._rest.call("GET", "session/desk"))
        return KnownDesks(tuple(_desk(desk) for desk in told.desks), own.id, await self._keys.usable())

    async def enrol(self, name: str) -> None:
        """Enrol this desk; refused where its key cannot be kept in the system's password vault."""
        if not await self._keys.usable():
            raise OperatorError(NO_VAULT, NO_VAULT_HINT)
        made = self._rest.read(DeskMade, await self._rest.call("POST", "desks", DeskIn(name=name)))
        if not await self._keys.keep(self._rest.url, made.key):
            await self.withdraw(made.id)
            raise OperatorError(NO_VAULT, NO_VAULT_HINT)

    async def withdraw(self, desk_id: str) -> None:
        """Withdraw a desk."""
        await self._rest.call("DELETE", f"desks/{quote(desk_id, safe='')}")

    async def keep_lit(self, desk_id: str, wall: WallId, reason: str) -> None:
        """Let a wall of a desk stay lit while the desk is locked."""
        await self._rest.call("PUT", _wall(desk_id, wall), ExemptIn(reason=reason))

    async def hide(self, desk_id: str, wall: WallId) -> None:
        """Let a lock hide a wall of a desk again."""
        await self._rest.call("DELETE", _wall(desk_id, wall))


def _wall(desk_id: str, wall: WallId) -> str:
    return f"desks/{quote(desk_id, safe='')}/exempt-walls/{quote(wall, safe='')}"


def _desk(told: DeskMessage) -> EnrolledDesk:
    return EnrolledDesk(
        told.id,
        told.name,
        told.enrolled_by,
        told.enrolled_at,
        tuple(LitWall(WallId(one.wall), one.reason, one.set_by, one.set_at) for one in told.exempt_walls),
    )
