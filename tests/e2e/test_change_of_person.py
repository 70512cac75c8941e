"""One person after another at one desk, by the console's own parts: each sees what is theirs alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.door import Credentials
from app.domain.events import LinkState
from app.sources.hub_address import HubAddress
from app.sources.hub_door import RestDoor
from app.sources.hub_http import SignInNeededError
from app.sources.hub_live import HubLive
from app.sources.hub_rest import HubRest
from app.store.state import Store
from app.wire.accounts import AccountIn, HandoverOut
from tests.fakes.waiting import run, until
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub

OWN = "one of my own"


@dataclass
class Here:
    """The address of the desk's own hub: implements `HubLocator`."""

    url: str

    async def address(self) -> HubAddress:
        return HubAddress(self.url, OPERATOR_TOKEN, 1)


@dataclass
class Desk:
    store: Store
    rest: HubRest
    door: RestDoor
    admin: HubRest
    where: Here

    async def enter(self, name: str) -> None:
        await self.door.sign_in(Credentials(name, OWN))

    async def is_known(self, authorization: dict[str, str]) -> bool:
        """Say whether the hub still knows the session that this header speaks for."""
        try:
            await self.admin.call("GET", "session", speaking_by=authorization)
        except SignInNeededError:
            return False
        return True


@asynccontextmanager
async def desk(folder: Path, **people: str) -> AsyncIterator[Desk]:
    """Run a hub where these people have accounts with these roles, and a console's parts that follow it."""
    async with running_hub(folder, one_desk=True) as ready:
        url = f"http://127.0.0.1:{ready.port}"
        admin, rest, store, where = HubRest(), HubRest(), Store(), Here(url)
        await admin.sign_in(url, OPERATOR_TOKEN)
        door = RestDoor(where, rest, store.apply)
        for name, role in people.items():
            answer = await admin.call("POST", "accounts", AccountIn(name=name, roles=[role]))
            handed = admin.read(HandoverOut, answer).password
            await door.sign_in(Credentials(name, handed, new_password=OWN))
        await door.sign_out()
        live = HubLive(where, rest, store.apply, lambda: None, lambda: None, by_itself=False)
        following = asyncio.create_task(live.run())
        try:
            yield Desk(store, rest, door, admin, where)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await rest.aclose()
            await admin.aclose()


@pytest.mark.parametrize("is_quick", [False, True])
def test_who_signs_in_in_anothers_place_ends_their_session_and_hears_nothing_of_what_was_theirs(
    tmp_path: Path, is_quick: bool
) -> None:
    async def play() -> None:
        async with desk(tmp_path, Dana="operator", Aud="auditor") as here:
            await here.admin.open_incident("Fire", None, None)
            await here.enter("Dana")
            danas = here.rest.authorization
            if not is_quick:
                await until(lambda: len(here.store.incidents) == 1)
            await here.enter("Aud")
            assert not here.store.incidents
            await until(lambda: here.store.link is LinkState.CONNECTED)
            assert not await here.is_known(danas)
            await here.admin.open_incident("Flood", None, None)
            await here.enter("Dana")
            await until(lambda: len(here.store.incidents) == 2)
            await here.admin.open_incident("Storm", None, None)
            await until(lambda: len(here.store.incidents) == 3)

    run(play())


def test_people_who_come_and_go_at_once_leave_one_session_and_one_feed(tmp_path: Path) -> None:
    async def play() -> None:
        async with desk(tmp_path, Dana="operator", Eve="supervisor") as here:
            await here.admin.open_incident("Fire", None, None)
            await here.enter("Dana")
            async with asyncio.TaskGroup() as all_at_once:
                for name in ("Eve", "Dana", "Eve"):
                    all_at_once.create_task(here.door.sign_out())
                    all_at_once.create_task(here.enter(name))
            assert here.store.session is not None
            assert here.store.session.user == "Eve"
            await until(lambda: len(here.store.incidents) == 1)
            await here.admin.open_incident("Flood", None, None)
            await until(lambda: len(here.store.incidents) == 2)

    run(play())


@pytest.mark.parametrize("next_one", ["Eve", None])
def test_an_unlocking_that_is_answered_late_does_not_open_the_desk_of_who_came_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_one: str | None
) -> None:
    async def play() -> None:
        async with desk(tmp_path, Dana="operator", Eve="supervisor") as here:
            await here.enter("Dana")
            await here.door.lock()
            answered, late, call = asyncio.Event(), asyncio.Event(), here.rest.call

            async def slow(method: str, path: str, *body: Any, **more: Any) -> httpx.Response:
                answer = await call(method, path, *body, **more)
                if path == "session/unlock":
                    answered.set()
                    await late.wait()
                return answer

            monkeypatch.setattr(here.rest, "call", slow)
            unlocking = asyncio.create_task(here.door.unlock(OWN))
            await answered.wait()
            if next_one is None:
                await here.door.sign_out()
            else:
                await here.enter(next_one)
            late.set()
            await unlocking
            session = here.store.session
            assert (session.user if session is not None else None) == next_one
            assert here.rest.session == session
            assert here.rest.admitted.is_set() == (next_one is not None)

    run(play())


def test_who_signs_out_while_the_hub_is_silent_hears_nothing_more_and_is_ended_later(tmp_path: Path) -> None:
    async def play() -> None:
        async with desk(tmp_path, Dana="operator") as here:
            await here.enter("Dana")
            danas = here.rest.authorization
            await until(lambda: here.store.link is LinkState.CONNECTED)
            with socket.socket() as nobody:
                # Bound and not listening: who connects is refused.
                nobody.bind(("127.0.0.1", 0))
                here.rest.reach(f"http://127.0.0.1:{nobody.getsockname()[1]}")
                await here.door.sign_out()
            assert here.store.session_over
            assert await here.is_known(danas)
            await here.admin.open_incident("Fire", None, None)
            await here.admin.open_incident("Flood", None, None)
            assert not here.store.incidents
            await here.door.entrance()
            assert not await here.is_known(danas)

    run(play())


def test_an_unlocking_does_not_overtake_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with desk(tmp_path, Dana="operator") as here:
            await here.enter("Dana")
            asked, may_go, call = list[str](), asyncio.Event(), here.rest.call

            async def slow(method: str, path: str, *body: Any, **more: Any) -> httpx.Response:
                if path in ("session/lock", "session/unlock"):
                    asked.append(path)
                if path == "session/lock":
                    await may_go.wait()
                return await call(method, path, *body, **more)

            monkeypatch.setattr(here.rest, "call", slow)
            locking = asyncio.create_task(here.door.lock())
            await until(lambda: here.store.shut and bool(asked))
            unlocking = asyncio.create_task(here.door.unlock(OWN))
            for _ in range(20):
                await asyncio.sleep(0)
            assert asked == ["session/lock"], "the hub would find nothing to unlock"
            may_go.set()
            await asyncio.gather(locking, unlocking)
            assert asked == ["session/lock", "session/unlock"]
            assert not here.store.shut
            told = await call("GET", "session")
            assert told.status_code == 200, "the hub has it unlocked too"

    run(play())
