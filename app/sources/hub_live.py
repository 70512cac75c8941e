"""Follows the hub's live events over a WebSocket, for ever: signs in, loads the snapshot, resumes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import random

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from app.domain.changes import Changes
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.events import DomainEvent, LinkChanged, LinkState, SessionChanged
from app.domain.restart_policy import RestartPolicy
from app.domain.rights import Right
from app.sources.hub_address import HubAddress, HubLocator
from app.sources.hub_http import DeskLockedError, SignInNeededError
from app.sources.hub_kept import KeptFeed
from app.sources.hub_pulse import LivePulse
from app.sources.hub_rest import HubRest
from app.sources.hub_session import HubSession
from app.wire.hub import API

log = structlog.get_logger(__name__)

PORTION = 50
"""Events applied in one turn of the event loop, so that a storm never holds the UI."""

SETTLED_S = 5.0
UNKNOWN_SESSION = 401
LOCKED = 423
STAND_BY_S = 1.0
ENDED_CODE, LOCKED_CODE = 4401, 4423
_WORDS = {
    1012: "The hub is ending.",
    4408: "This console did not keep up with the hub's events; it goes on from where it was.",
}
"""Why the hub closed the connection, by the code that it closed it with."""


class _LeftError(Exception):
    """Whoever was spoken for has left the desk."""


class HubLive:
    """Feeds the console's store from the hub. `run` ends only when it is cancelled."""

    def __init__(
        self,
        locator: HubLocator,
        rest: HubRest,
        apply: Callable[[DomainEvent], Changes],
        on_new_hub: Callable[[], None],
        on_no_vault: Callable[[], None],
        *,
        by_itself: bool = True,
        policy: RestartPolicy = RestartPolicy(first_s=0.25, cap_s=5.0),
    ) -> None:
        """Follow a hub.

        ``by_itself``: sign in with the hub's one-time token; otherwise wait until somebody has.
        """
        self._locator = locator
        self._rest = rest
        self._apply = apply
        self._on_new_hub = on_new_hub
        self._on_no_vault = on_no_vault
        self._by_itself = by_itself
        self._policy = policy
        self.pulse = LivePulse()
        self._kept = KeptFeed(rest, apply)
        self._session: HubSession | None = None
        self._signed_in: HubAddress | None = None
        self._has_signed_in = False
        self._last_words = ""
        self._left = asyncio.Event()
        """Set once the session that is followed is left; another one begins with a snapshot."""

    async def run(self) -> None:
        """Connect, follow, and connect again after each loss.

        The wait between two tries is ours: the library's own iterator forgets its backoff after every
        connection that opens, so a hub that accepts and closes would be asked without pause.
        """
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                await self._once()
                words = "The hub closed the connection."
            except _LeftError:
                # Not for the hub's sake: the next one need not wait.
                failures = 0
                self._apply(LinkChanged(LinkState.CONNECTING))
                continue
            except SignInNeededError as error:
                words = error.message
                self._shut_out(words)
            except DeskLockedError as error:
                words = error.message
                self._lock()
            except ConnectionClosed as error:
                words = self._closed(error)
            except (SourceError, OperatorError) as error:
                words = error.message
            except ProtocolError as error:
                log.warning("the hub broke the protocol", error=str(error))
                # Resumed from the same number it would meet the same event for ever.
                self._session = None
                words = "The hub's events could not be read; loading them anew."
            except (WebSocketException, OSError) as error:
                if isinstance(error, InvalidStatus):
                    self._denied(error.response.status_code)
                log.info("live connection lost", error=type(error).__name__)
                words = "The connection to the hub is lost."
            self._apply(LinkChanged(LinkState.LOST, words))
            failures = 1 if loop.time() - started > SETTLED_S else failures + 1
            await asyncio.sleep(self._policy.delay_s(failures, None, random))

    async def _once(self) -> None:
        """Follow the hub for the session that there is now, until the link or the session ends.

        Whoever leaves is heard by nobody from then on, whether the hub has heard that they left or not.
        """
        await self._sign_in()
        left = self._left
        following = asyncio.ensure_future(self._attend(left))
        leaving = asyncio.ensure_future(left.wait())
        try:
            await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            following.cancel()
            leaving.cancel()
            await asyncio.wait({following, leaving})
        if left.is_set():
            if not following.cancelled():
                # Of a session that is over: what became of its link is nobody's any more.
                following.exception()
            self._signed_in = None
            raise _LeftError
        following.result()

    async def _attend(self, left: asyncio.Event) -> None:
        if self._rest.session is not None and not self._rest.session.may(Right.SEE_ROOM):
            await self._stand_by(left)
            return
        session = self._session
        if session is None or session.needs_snapshot or session.hub_id != self._rest.hub_id:
            snapshot = await self._rest.snapshot()
            if left.is_set():
                return
            self._apply(snapshot)
            if self._rest.secrets_in_memory:
                self._on_no_vault()
            session = self._session = HubSession(self._rest.hub_id, snapshot.sequence)
        where = f"ws{self._rest.url.removeprefix('http')}{API}/live"
        url = f"{where}?after={session.after}&hub_id={session.hub_id}"
        async with connect(
            url,
            additional_headers=self._rest.authorization,
            max_size=16 * 2**20,
            open_timeout=10,
            ping_interval=5,
            ping_timeout=10,
            close_timeout=2,
            proxy=None,
            ssl=self._rest.tls,
        ) as socket:
            feeling = asyncio.create_task(self.pulse.feel(socket), name="hub-pulse")
            try:
                await self._follow(socket, session, left)
            finally:
                feeling.cancel()
                await asyncio.wait({feeling})

    async def _follow(self, socket: ClientConnection, session: HubSession, left: asyncio.Event) -> None:
        async for frame in socket:
            for number, event in enumerate(session.receive(frame), start=1):
                if left.is_set():
                    return
                self._apply(event)
                if number % PORTION == 0:
                    await asyncio.sleep(0)
            if session.needs_snapshot or left.is_set():
                return
            self._apply(LinkChanged(LinkState.CONNECTED))

    async def _stand_by(self, left: asyncio.Event) -> None:
        """Tell that the hub is there, to who sees nothing of the room, until that is another one.

        Raises:
            SignInNeededError: the session is over.
            DeskLockedError: the desk is locked.
            SourceError: the hub does not answer.
        """
        while not left.is_set():
            await self._rest.call("GET", "session")
            if left.is_set():
                return
            self._apply(LinkChanged(LinkState.CONNECTED))
            await asyncio.sleep(STAND_BY_S)

    def _closed(self, error: ConnectionClosed) -> str:
        """Return why the hub closed the connection, in words."""
        said = error.rcvd
        if said is not None and said.code == ENDED_CODE:
            self._shut_out(said.reason)
        elif said is not None and said.code == LOCKED_CODE:
            self._lock()
        else:
            log.info("live connection lost", error=type(error).__name__)
            return _WORDS.get(said.code if said is not None else 0, "The connection to the hub is lost.")
        return said.reason

    def _denied(self, status: int) -> None:
        if status == UNKNOWN_SESSION:
            self._shut_out("The session is over: sign in again.")
        elif status == LOCKED:
            self._lock()

    def _shut_out(self, words: str) -> None:
        """Wait for a session: the one before is over."""
        self._signed_in = None
        if self._by_itself:
            return
        self._session, self._last_words = None, words
        self._rest.forget()
        self._apply(SessionChanged(None, words))

    def _lock(self) -> None:
        self._rest.admitted.clear()
        if self._rest.session is not None and not self._by_itself:
            self._rest.session = replace(self._rest.session, locked=True)
            self._apply(SessionChanged(self._rest.session))

    async def _wait_for_session(self) -> None:
        """Wait until somebody has signed in, and the hub of that session answers."""
        address = await self._locator.address()
        again = self._signed_in is not None and address != self._signed_in
        self._rest.reach(address.url)
        if self._rest.session is None:
            self._session = None
            self._apply(SessionChanged(None, self._last_words))
        await self._until_admitted()
        if self._rest.left is not self._left:
            self._left, self._session = self._rest.left, None
        self._signed_in = address
        if again:
            self._on_new_hub()

    async def _until_admitted(self) -> None:
        """Wait until somebody may work here; meanwhile follow what goes on at walls that stay lit.

        Raises:
            SignInNeededError: the locked session is over.
        """
        left = self._rest.left
        admitted = asyncio.ensure_future(self._rest.admitted.wait())
        keeping = asyncio.ensure_future(self._kept.follow(left))
        try:
            await asyncio.wait({admitted, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if keeping.done() and not admitted.done() and not left.is_set():
                keeping.result()
            await admitted
        finally:
            admitted.cancel()
            keeping.cancel()
            await asyncio.wait({admitted, keeping})
            if not keeping.cancelled():
                # Of a session that is over: what it met is nobody's any more.
                keeping.exception()

    async def _sign_in(self) -> None:
        if not self._by_itself:
            await self._wait_for_session()
            return
        address = await self._locator.address()
        if address == self._signed_in:
            return
        await self._rest.sign_in(address.url, address.token)
        again, self._has_signed_in = self._has_signed_in, True
        self._signed_in, self._left = address, self._rest.left
        self._apply(SessionChanged(self._rest.session))
        if again:
            self._on_new_hub()
