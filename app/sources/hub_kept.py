"""Follows what goes on at a locked desk whose wall stays lit: only the ends of its looks are told there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from pydantic import TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from app.domain.changes import Changes
from app.domain.events import DomainEvent, LooksKept
from app.sources.hub_http import SignInNeededError
from app.sources.hub_rest import HubRest
from app.wire.desks import Kept
from app.wire.hub import API, Events

AGAIN_S = 1.0
ENDED_CODE, LOCKED_CODE = 4401, 4423
_FRAME: TypeAdapter[Kept | Events] = TypeAdapter(Kept | Events)
_OVER = "The session is over: sign in again."

log = structlog.get_logger(__name__)


class KeptFeed:
    """Tells the store which leases go on while the desk is locked."""

    def __init__(self, rest: HubRest, apply: Callable[[DomainEvent], Changes]) -> None:
        self._rest = rest
        self._apply = apply
        self._left: set[str] = set()
        self._over = False
        """Whether no look goes on any more: none begins again before the desk is unlocked."""

    async def follow(self, left: asyncio.Event) -> None:
        """Follow while a wall of the locked session may stay lit; ``left`` is set once it is another's.

        A hub that is away is asked again and again: what is open goes dark with its leases' time.

        Raises:
            SignInNeededError: the session is over.
        """
        self._over = False
        while self._may(left) and not self._over:
            try:
                await self._once(left)
            except InvalidStatus as error:
                status = error.response.status_code
                if status == 401:
                    raise SignInNeededError(_OVER) from error
                if status in (403, 423):
                    self._tell(left, set())
            except ConnectionClosed as error:
                said = error.rcvd
                if said is not None and said.code == ENDED_CODE:
                    raise SignInNeededError(said.reason or _OVER) from error
                if said is not None and said.code == LOCKED_CODE:
                    self._tell(left, set())
            except ValidationError:
                # Not of the protocol: nothing is certain, so nothing goes on.
                log.warning("the hub broke the protocol of a locked desk")
                self._tell(left, set())
            except (WebSocketException, OSError) as error:
                log.info("the locked desk's connection is lost", error=type(error).__name__)
            if not self._over:
                await asyncio.sleep(AGAIN_S)

    def _may(self, left: asyncio.Event) -> bool:
        session = self._rest.session
        return (
            session is not None
            and session.locked
            and bool(session.exempt_walls)
            and not left.is_set()
            and not self._rest.admitted.is_set()
        )

    async def _once(self, left: asyncio.Event) -> None:
        where = f"ws{self._rest.url.removeprefix('http')}{API}/live/kept"
        async with connect(
            where,
            additional_headers=self._rest.authorization,
            open_timeout=10,
            ping_interval=5,
            ping_timeout=10,
            close_timeout=2,
            proxy=None,
            ssl=self._rest.tls,
        ) as socket:
            await self._hear(socket, left)

    async def _hear(self, socket: ClientConnection, left: asyncio.Event) -> None:
        while not left.is_set() and not self._over:
            frame = _FRAME.validate_json(await socket.recv())
            if isinstance(frame, Kept):
                self._tell(left, set(frame.leases))
            else:
                self._tell(left, self._left - {str(event.data.get("id")) for event in frame.events})

    def _tell(self, left: asyncio.Event, leases: set[str]) -> None:
        self._left, self._over = leases, not leases
        if self._may(left):
            self._apply(LooksKept(frozenset(leases)))
