"""Signing in with the agency's provider at a desk: a real hub, a real provider, and a browser of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.account_keeping import HandoverSheet
from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.domain.events import SessionChanged
from app.domain.rights import PROOF_TIME
from app.hub.vault import Vault
from app.sources.hub_accounts import HubAccounts
from app.sources.hub_door import RestDoor
from app.sources.hub_proof import HubProof
from app.sources.hub_provider import HubProvider
from app.sources.hub_remote import RemoteHub
from app.sources.hub_rest import HubRest
from app.wire.accounts import AccountIn
from layouts.door_flow import DoorFlow
from layouts.proof_flow import ProofFlow
from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, RETURN, OidcProvider, oidc_provider
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room
from tests.hub.agency import number_of
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub
from widgets.view_state_door import DoorStep

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]


class Browser:
    """Opens pages as a person's browser does; ``works`` False: there is none."""

    def __init__(self, provider: OidcProvider, hub: str) -> None:
        self._provider = provider
        self._hub = hub
        self.works = True
        self.waits = asyncio.Event()
        """While it is clear the person has not signed in there yet."""
        self.waits.set()
        self.pages: list[httpx.Response] = []
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, address: str) -> bool:
        if self.works:
            self._tasks.append(asyncio.get_running_loop().create_task(self._browse(address)))
        return self.works

    async def came_back(self) -> None:
        """Return once every page that was opened has led back to the hub."""
        await asyncio.gather(*self._tasks)

    async def number(self) -> str:
        """Return the number on the newest page."""
        await self.came_back()
        return number_of(self.pages[-1])

    async def _browse(self, address: str) -> None:
        await self.waits.wait()
        told = await asyncio.to_thread(self._provider.browser, address)
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            self.pages.append(await http.get(f"{self._hub}/api/v1/oidc/return", params=told))


class AtHub:
    """A desk at a hub whose agency has a provider, where Dana is known; ``ahead`` is the hub's clock's."""

    def __init__(self, room: Room, provider: OidcProvider) -> None:
        self.room = room
        self.provider = provider
        self.ahead = timedelta()
        self.rest = HubRest()

    def now(self) -> datetime:
        return SystemClock().utc() + self.ahead

    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[AtHub]:
        file = folder / "oidc.toml"
        file.write_text(
            f'issuer = "{self.provider.issuer}"\nclient_id = "{CLIENT_ID}"\nreturn_address = "{RETURN}"\n'
            'name = "Agency ID"\n'
        )
        async with running_hub(folder / "hub", vault=Vault(None), oidc_file=file, now=self.now) as ready:
            url = f"http://127.0.0.1:{ready.port}"
            admin = HubRest()
            await admin.sign_in(url, OPERATOR_TOKEN)
            await admin.call("POST", "accounts", AccountIn(name="Dana", roles=["administrator"]))
            await admin.aclose()
            self.browser = Browser(self.provider, url)
            store, main = self.room.store, self.room.windows.main
            parts = replace(self.room.parts, open_browser=self.browser.open)
            locator = RemoteHub(url)
            door = RestDoor(locator, self.rest, store.apply)
            self.proofs = ProofFlow(parts, main, HubProof(locator, self.rest))
            leave = main.wall.surface.leave_full_screen
            self.flow = DoorFlow(parts, door, main, self.room.windows.windows, leave)
            self.card = self.flow.card
            try:
                yield self
            finally:
                self.flow.close()
                await self.rest.aclose()

    async def at(self, step: DoorStep) -> None:
        await until(lambda: self.card.view.step is step)

    async def ask_to_sign_in(self) -> None:
        await self.at(DoorStep.BANNER)
        self.card.action_button.click()
        await self.at(DoorStep.SIGN_IN)
        assert self.card.provider_button.text() == "Sign in with Agency ID"
        self.card.provider_button.click()

    async def enter(self) -> None:
        await self.ask_to_sign_in()
        await self.at(DoorStep.PROVIDER)
        number = await self.browser.number()
        # As the page shows it.
        self.card.field("number").setText(f"{number[:3]} {number[3:]}")
        self.card.action_button.click()
        await until(lambda: not self.flow.is_shut)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcProvider]:
    monkeypatch.setenv("WATCHFLOOR_OIDC_SECRET", CLIENT_SECRET)
    with oidc_provider() as running:
        yield running


def test_who_signs_in_in_the_browser_is_signed_in_at_the_desk_and_proves_it_there(
    in_room: Play, tmp_path: Path, provider: OidcProvider
) -> None:
    async def scene(room: Room) -> None:
        async with AtHub(room, provider).open(tmp_path) as desk:
            await desk.enter()
            assert room.store.session is not None
            assert room.store.session.user == "Dana"
            assert not desk.flow.signing_in.late.isActive()
            desk.ahead += PROOF_TIME
            making: asyncio.Task[HandoverSheet] = asyncio.get_running_loop().create_task(
                HubAccounts(desk.rest).create("Ben", ["operator"], None)
            )
            await until(lambda: desk.proofs.dialog is not None)
            dialog = desk.proofs.dialog
            assert dialog is not None
            dialog.provider_button.click()
            await until(dialog.number.isVisible)
            assert not dialog.password.isVisible()
            dialog.number.setText("x")
            dialog.action_button.click()
            await until(lambda: "a number of six digits" in dialog.problem.text())
            dialog.number.setText(await desk.browser.number())
            dialog.action_button.click()
            assert (await making).name == "Ben"
            assert desk.proofs.dialog is None

    in_room(scene)


def test_who_gives_up_waits_too_long_or_has_no_browser_comes_back_to_the_card(
    in_room: Play, tmp_path: Path, provider: OidcProvider
) -> None:
    async def scene(room: Room) -> None:
        async with AtHub(room, provider).open(tmp_path) as desk:
            card, browser = desk.card, desk.browser
            browser.works = False
            await desk.ask_to_sign_in()
            await until(lambda: card.said.startswith("No browser can be opened here."))
            assert card.view.step is DoorStep.SIGN_IN
            browser.works = True
            browser.waits.clear()
            card.provider_button.click()
            await desk.at(DoorStep.PROVIDER)
            card.field("number").setText("123456")
            card.action_button.click()
            await until(lambda: "is not done yet" in card.said)
            card.cancel_button.click()
            assert (card.view.step, card.said) == (DoorStep.SIGN_IN, "")
            card.provider_button.click()
            await desk.at(DoorStep.PROVIDER)
            desk.flow.signing_in.late.setInterval(0)
            await desk.at(DoorStep.SIGN_IN)
            assert card.said == "The sign-in in the browser took too long. Begin again."
            # The browser comes back all the same: nobody is signed in by it.
            browser.waits.set()
            await browser.number()
            assert room.store.session is None
            # Wrong numbers are told; after three the hub wants another sign-in.
            desk.flow.signing_in.late.setInterval(60_000)
            card.provider_button.click()
            await desk.at(DoorStep.PROVIDER)
            right = await browser.number()
            wrong = "000000" if right != "000000" else "111111"
            for words in ["not the number"] * 3 + ["used or took too long"]:
                card.say("")
                card.field("number").setText(wrong)
                card.action_button.click()
                await until(lambda words=words: words in card.said)  # type: ignore[misc]
            room.store.apply(SessionChanged(None, ""))

    in_room(scene)


def test_a_hub_cannot_have_a_desk_open_what_is_no_web_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(address: str) -> None:
        rest = HubRest()

        async def answer(*_: object) -> httpx.Response:
            return httpx.Response(200, json={"address": address, "handle": "h"})

        monkeypatch.setattr(rest, "call", answer)
        with pytest.raises(OperatorError, match="no web page"):
            await HubProvider(rest).begin()
        await rest.aclose()

    for address in ("file:///etc/passwd", "http://elsewhere.example/", "smb://x/y", "https://", "x"):
        asyncio.run(scene(address))


def test_who_has_no_password_here_unlocks_the_desk_in_the_browser(
    in_room: Play, tmp_path: Path, provider: OidcProvider
) -> None:
    async def scene(room: Room) -> None:
        async with AtHub(room, provider).open(tmp_path) as desk:
            card, own = desk.card, dict(provider.person)
            await desk.enter()
            desk.flow.lock_action.trigger()
            await desk.at(DoorStep.LOCKED)
            # Nothing is asked for that they have not got.
            assert not card.field("password").isVisible()
            assert not card.provider_button.isVisible()
            assert card.action_button.text() == "Unlock with Agency ID"
            assert card.sign_out_button.isVisible()
            # Somebody else who is known there: refused in words, and the desk stays locked.
            provider.person = {**own, "sub": "43"}
            await until(card.action_button.isEnabled)
            card.action_button.click()
            await desk.at(DoorStep.PROVIDER)
            assert (card.view.title, card.action_button.text()) == ("Unlock with Agency ID", "Unlock")
            await desk.browser.came_back()
            card.field("number").setText("123456")
            card.action_button.click()
            await until(lambda: card.said.startswith("The agency's provider knows you as somebody else."))
            assert desk.flow.is_shut
            card.cancel_button.click()
            assert (card.view.step, card.said) == (DoorStep.LOCKED, "")
            provider.person = own
            await until(card.action_button.isEnabled)
            card.action_button.click()
            await desk.at(DoorStep.PROVIDER)
            card.field("number").setText(await desk.browser.number())
            card.action_button.click()
            await until(lambda: not desk.flow.is_shut)
            assert room.store.session is not None
            assert not room.store.session.locked
            assert not desk.flow.signing_in.at_provider

    in_room(scene)


def test_a_session_that_ends_while_its_desk_is_being_unlocked_begins_at_the_banner(
    in_room: Play, tmp_path: Path, provider: OidcProvider
) -> None:
    async def scene(room: Room) -> None:
        async with AtHub(room, provider).open(tmp_path) as desk:
            await desk.enter()
            desk.flow.lock_action.trigger()
            await desk.at(DoorStep.LOCKED)
            desk.browser.waits.clear()
            await until(desk.card.action_button.isEnabled)
            desk.card.action_button.click()
            await desk.at(DoorStep.PROVIDER)
            desk.rest.forget()
            room.store.apply(SessionChanged(None, "Your shift has ended."))
            await desk.at(DoorStep.BANNER)
            assert not desk.flow.signing_in.at_provider
            desk.card.action_button.click()
            await desk.at(DoorStep.SIGN_IN)
            desk.browser.waits.set()
            await desk.browser.came_back()

    in_room(scene)
