"""Signing in at the hub over its REST interface: implements the `HubDoor` port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
from pydantic import BaseModel

from app.domain.changes import Changes
from app.domain.door import Credentials, Entrance
from app.domain.errors import OperatorError, SourceError
from app.domain.events import DomainEvent, SessionChanged
from app.domain.own_session import OwnSession
from app.sources.hub_address import HubLocator
from app.sources.hub_rest import HubRest, SignInNeededError
from app.wire.accounts import Banner, FirstAccountIn, SignInIn, UnlockIn
from app.wire.hub import SessionOut
from app.wire.shifts import HandoverIn, HandoverMessage

END_TIMEOUT_S = 2.0
"""Somebody who signs out waits so long for a hub that is silent."""

log = structlog.get_logger(__name__)


class RestDoor:
    """Lets people in and out, and tells the store."""

    def __init__(self, locator: HubLocator, rest: HubRest, apply: Callable[[DomainEvent], Changes]) -> None:
        self._locator = locator
        self._rest = rest
        self._apply = apply
        self._turn = asyncio.Lock()
        self._left_open: list[dict[str, str]] = []
        """What speaks for sessions that are over here, and that the hub has not heard of yet."""

    async def entrance(self) -> Entrance:
        """Return how one comes in, waiting until there is a hub."""
        is_own = bool(await self._reach())
        await self._end_left_open()
        banner = self._rest.read(Banner, await self._rest.call("GET", "banner"))
        return Entrance(banner.text, is_own, is_own and not banner.has_accounts)

    async def sign_in(self, typed: Credentials) -> None:
        """Sign in, in place of whoever is here."""
        async with self._turn:
            token = await self._reach()
            body = SignInIn(
                name=typed.name,
                password=typed.password,
                code=typed.code,
                new_password=typed.new_password,
                desk_token=token,
                banner_acknowledged=True,
            )
            await self._enter("sign-in", body)

    async def make_first_account(self, typed: Credentials) -> None:
        """Make the account of whoever starts to work alone, and sign in with it."""
        async with self._turn:
            token = await self._reach()
            body = FirstAccountIn(
                name=typed.name, password=typed.password, desk_token=token, banner_acknowledged=True
            )
            await self._enter("first-account", body)

    async def refresh(self) -> None:
        """Ask how long the session lasts by now."""
        asked = self._rest.session
        told = self._rest.read(SessionOut, await self._rest.call("GET", "session"))
        if self._rest.session is asked and asked is not None and not asked.locked:
            # Else the desk was locked or left while the hub answered: what it said is of before.
            self._tell(self._rest.learn(told))

    async def lock(self) -> None:
        """Lock the desk; it is shut here whether the hub answers or not."""
        session = self._rest.session
        if session is None or session.locked:
            return
        left = self._rest.left
        self._tell(replace(session, locked=True))
        try:
            await self._rest.call("POST", "session/lock")
        except OperatorError:
            # A session without a password cannot be locked.
            if not left.is_set():
                self._tell(session)
            raise

    async def unlock(self, password: str) -> None:
        """Unlock the desk."""
        left = self._rest.left
        answer = await self._rest.call("POST", "session/unlock", UnlockIn(password=password))
        if left.is_set():
            # Signed out, or somebody else has signed in, while the hub answered: the desk is not theirs.
            return
        self._tell(self._rest.learn(self._rest.read(SessionOut, answer)))
        self._rest.admitted.set()

    async def sign_out(self) -> None:
        """Sign out; it is done here whether the hub answers or not, and there as soon as it answers."""
        async with self._turn:
            if self._rest.session is None:
                return
            self._left_open.append(self._rest.authorization)
            await self._end_left_open()
            self._rest.forget()
            self._apply(SessionChanged(None, "You have signed out."))

    async def hand_over(self, text: str) -> int:
        """Leave words for who comes next, and one's alerts to the queue; return how many those were."""
        answer = await self._rest.call("POST", "handovers", HandoverIn(text=text))
        return len(self._rest.read(HandoverMessage, answer).alert_ids)

    async def _reach(self) -> str:
        """Speak to the hub where it is now; return the token of the desk's own one, "" for another."""
        address = await self._locator.address()
        self._rest.reach(address.url)
        return address.token

    async def _enter(self, path: str, body: BaseModel) -> None:
        told = self._rest.read(SessionOut, await self._rest.call("POST", path, body))
        if self._rest.session is not None:
            self._left_open.append(self._rest.authorization)
        self._apply(SessionChanged(self._rest.admit(told)))
        await self._end_left_open()

    async def _end_left_open(self) -> None:
        """Have the hub end what is over here; what it does not answer to is asked again."""
        for speaking_by in tuple(self._left_open):
            try:
                await self._rest.call("DELETE", "session", speaking_by=speaking_by, timeout_s=END_TIMEOUT_S)
            except SignInNeededError:
                # Over by itself.
                pass
            except (SourceError, OperatorError) as error:
                log.warning("the hub was not told of a sign-out; it is asked again", reason=error.message)
                return
            if speaking_by in self._left_open:
                self._left_open.remove(speaking_by)

    def _tell(self, session: OwnSession) -> None:
        self._rest.session = session
        self._apply(SessionChanged(session))
