"""Signing in at the hub over its REST interface: implements the `HubDoor` port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
from pydantic import BaseModel

from app.domain.changes import Changes
from app.domain.door import Credentials, Entrance
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.events import DomainEvent, SessionChanged
from app.domain.own_session import OwnSession
from app.sources.hub_address import HubAddress, HubLocator
from app.sources.hub_desks import HubDesks
from app.sources.hub_http import SignInNeededError
from app.sources.hub_provider import HubProvider
from app.sources.hub_rest import HubRest
from app.sources.workstations import Workstations
from app.wire.accounts import Banner, FirstAccountIn, SignInIn, UnlockIn, WorkstationIn
from app.wire.hub import SessionOut
from app.wire.shifts import HandoverIn, HandoverMessage

END_TIMEOUT_S = 2.0
"""Somebody who signs out waits so long for a hub that is silent."""

_NO_VAULT = "The password vault of this computer does not answer: this workstation is still remembered."
_NO_VAULT_HINT = (
    "Open the vault, start the console again and forget it then. A new password and codes from an "
    "administrator end it at once."
)

log = structlog.get_logger(__name__)


class RestDoor:
    """Lets people in and out, and tells the store."""

    def __init__(
        self,
        locator: HubLocator,
        rest: HubRest,
        apply: Callable[[DomainEvent], Changes],
        workstations: Workstations | None = None,
        desks: HubDesks | None = None,
    ) -> None:
        self._locator = locator
        self._rest = rest
        self._apply = apply
        self._workstations = workstations
        self._desks = desks
        self._provider = HubProvider(rest)
        self._turn = asyncio.Lock()
        self._locking = asyncio.Lock()
        """Held while the hub hears of a lock: unlocking that overtook it would find nothing to unlock."""
        self._left_open: list[dict[str, str]] = []
        """What speaks for sessions that are over here, and that the hub has not heard of yet."""

    async def entrance(self) -> Entrance:
        """Return how one comes in, waiting until there is a hub."""
        is_own = bool((await self._reach()).token)
        await self._end_left_open()
        banner = self._rest.read(Banner, await self._rest.call("GET", "banner"))
        days = banner.remember_days
        if is_own or self._workstations is None or (days and not await self._workstations.usable()):
            days = 0
        is_new = is_own and not banner.has_accounts
        return Entrance(banner.text, is_own, is_new, days, banner.provider)

    async def sign_in(self, typed: Credentials) -> None:
        """Sign in, in place of whoever is here."""
        async with self._turn:
            address = await self._reach()
            kept = "" if address.token else await self._token(address.url, typed.name)
            body = SignInIn(
                name=typed.name,
                password=typed.password,
                code=typed.code,
                new_password=typed.new_password,
                desk_token=address.token,
                workstation=kept,
                remember=typed.remember,
                banner_acknowledged=True,
            )
            told = await self._enter("sign-in", body)
            if self._workstations is None:
                return
            if told.workstation and told.workstation_until is not None:
                until = told.workstation_until
                await self._workstations.keep(address.url, typed.name, told.workstation, until)
            elif kept:
                await self._workstations.forget(address.url, typed.name)

    async def begin_at_provider(self) -> str:
        """Begin to sign in at the agency's provider; return the address that the browser opens."""
        await self._reach()
        return await self._provider.begin()

    async def finish_at_provider(self, number: str) -> None:
        """Sign in with the number that the browser shows at the end, in place of whoever is here."""
        async with self._turn:
            await self._reach()
            await self._enter("oidc/finish", self._provider.finished(number))

    async def begin_to_unlock(self) -> str:
        """Begin to unlock the desk at the agency's provider; return the address that the browser opens."""
        async with self._locking:
            return await self._provider.begin_to_unlock()

    async def unlock_at_provider(self, number: str) -> None:
        """Unlock the desk with the number that the browser shows at the end."""
        await self._unlock("oidc/unlock", self._provider.finished(number))

    async def is_remembered(self, name: str) -> bool:
        """Say whether this workstation is remembered for an account."""
        return bool(name and await self._token((await self._reach()).url, name))

    async def forget_workstation(self, name: str) -> None:
        """Have this workstation remembered no longer: the vault forgets it first, then the hub.

        Raises:
            OperatorError: the vault, which has the token, does not answer.
        """
        async with self._turn:
            address = await self._reach()
            kept = await self._token(address.url, name)
            if self._workstations is None:
                return
            if not kept and not await self._workstations.usable():
                raise OperatorError(_NO_VAULT, _NO_VAULT_HINT)
            if kept:
                await self._workstations.forget(address.url, name)
                await self._rest.call("POST", "workstations/forget", WorkstationIn(workstation=kept))

    async def make_first_account(self, typed: Credentials) -> None:
        """Make the account of whoever starts to work alone, and sign in with it."""
        async with self._turn:
            token = (await self._reach()).token
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

    async def find_desk(self, *, enter: bool) -> None:
        """Ask which walls of this desk stay lit while it is locked; while that is not certain, none does."""
        if self._desks is not None and self._rest.session is not None:
            await self._desks.find(enter=enter)

    async def lock(self) -> None:
        """Lock the desk; it is shut here whether the hub answers or not.

        Where the hub does not answer no wall stays lit either.
        """
        session = self._rest.session
        if session is None or session.locked:
            return
        left = self._rest.left
        self._tell(replace(session, locked=True))
        try:
            async with self._locking:
                await self._rest.call("POST", "session/lock")
        except OperatorError:
            # A session without a password cannot be locked.
            if not left.is_set():
                self._tell(session)
            raise
        except (SourceError, ProtocolError):
            if not left.is_set():
                self._tell(replace(session, locked=True, exempt_walls=frozenset()))
            raise

    async def unlock(self, password: str) -> None:
        """Unlock the desk."""
        await self._unlock("session/unlock", UnlockIn(password=password))

    async def _unlock(self, path: str, body: BaseModel) -> None:
        left = self._rest.left
        async with self._locking:
            answer = await self._rest.call("POST", path, body)
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

    async def _reach(self) -> HubAddress:
        """Speak to the hub where it is now; its token is "" for one that is not the desk's own."""
        address = await self._locator.address()
        self._rest.reach(address.url)
        return address

    async def _token(self, hub: str, name: str) -> str:
        return "" if self._workstations is None else await self._workstations.token(hub, name)

    async def _enter(self, path: str, body: BaseModel) -> SessionOut:
        told = self._rest.read(SessionOut, await self._rest.call("POST", path, body))
        if self._rest.session is not None:
            self._left_open.append(self._rest.authorization)
        self._apply(SessionChanged(self._rest.admit(told)))
        await self._end_left_open()
        return told

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
