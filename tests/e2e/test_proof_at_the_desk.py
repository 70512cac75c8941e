"""A desk whose hub wants a fresh proof: the console's parts against a real hub, its clock a test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.clock import SystemClock
from app.domain.door import Credentials
from app.domain.errors import OperatorError, SourceError
from app.domain.proof import ProofRequest
from app.domain.record import RecordSearch
from app.domain.rights import PROOF_TIME
from app.sources.hub_accounts import HubAccounts
from app.sources.hub_address import HubAddress
from app.sources.hub_door import RestDoor
from app.sources.hub_proof import HubProof
from app.sources.hub_record import HubRecord
from app.sources.hub_rest import HubRest
from app.store.state import Store
from tests.fakes.waiting import run
from tests.hub.running_hub import OPERATOR_TOKEN, running_hub

PASSWORD = "one of my own"


class AtDesk:
    """Dana's desk. She answers what is asked as a test says; ``ahead`` is how far the hub's clock is."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.rest = HubRest()
        self.door = RestDoor(self, self.rest, Store().apply)
        self.proof = HubProof(self, self.rest)
        self.accounts = HubAccounts(self.rest)
        self.url = ""
        self.asked: list[ProofRequest] = []
        self.told: list[str] = []
        self.types: list[str | None] = []
        """What she types each time, the last one first; None: she does not want to."""

    def now(self) -> datetime:
        return SystemClock().utc() + self.ahead

    async def address(self) -> HubAddress:
        return HubAddress(self.url, OPERATOR_TOKEN)

    async def disabled(self) -> dict[str, bool]:
        return {account.name: account.disabled for account in (await self.accounts.accounts()).accounts}

    async def answer(self, asked: ProofRequest) -> bool:
        self.asked.append(asked)
        while (typed := self.types.pop()) is not None:
            try:
                await self.proof.prove(typed, "")
            except SourceError as error:
                self.told.append(error.message)
                continue
            return True
        return False


@asynccontextmanager
async def at_desk(folder: Path) -> AsyncIterator[AtDesk]:
    desk = AtDesk()
    async with running_hub(folder, one_desk=True, now=desk.now) as ready:
        desk.url = f"http://127.0.0.1:{ready.port}"
        await desk.door.make_first_account(Credentials("Dana", PASSWORD))
        await desk.accounts.create("Ben", ["operator"], None)
        desk.ahead += PROOF_TIME
        try:
            yield desk
        finally:
            await desk.rest.aclose()


class LateAnswers:
    """Keeps what the hub answers to requests of one path from the console until `let_go`."""

    def __init__(self, rest: HubRest, path: str) -> None:
        self.arrived = asyncio.Event()
        self._gone = asyncio.Event()
        self._path = path
        self._send, self._stream = rest._http.send, rest._http.stream
        rest._http.send, rest._http.stream = self.send, self.stream  # type: ignore[method-assign, assignment]

    def let_go(self) -> None:
        self._gone.set()

    async def send(self, method: str, path: str, *more: Any, **named: Any) -> httpx.Response:
        try:
            return await self._send(method, path, *more, **named)
        finally:
            await self._keep(path)

    @asynccontextmanager
    async def stream(self, path: str, *more: Any) -> AsyncIterator[httpx.Response]:
        try:
            async with self._stream(path, *more) as answer:
                yield answer
        finally:
            await self._keep(path)

    async def _keep(self, path: str) -> None:
        if path == self._path:
            self.arrived.set()
            await self._gone.wait()


def test_what_was_asked_for_is_done_once_the_person_has_proved_who_they_are(tmp_path: Path) -> None:
    async def play() -> None:
        async with at_desk(tmp_path) as desk:
            # Nobody is there to be asked.
            with pytest.raises(OperatorError, match="Sign in again to change accounts"):
                await desk.accounts.create("Cy", ["operator"], None)
            desk.proof.ask_by(desk.answer)
            desk.types = [None]
            with pytest.raises(OperatorError, match="Sign in again to change accounts") as refused:
                await desk.accounts.disable("Ben")
            assert refused.value.hint.endswith("Nothing was changed.")
            assert await desk.disabled() == {"Ben": False, "Dana": False}
            # Mistyped once; two wishes at once, and she is asked once.
            desk.asked, desk.types = [], [PASSWORD, "wrong"]
            await asyncio.gather(desk.accounts.disable("Ben"), desk.accounts.create("Cy", ["operator"], None))
            assert desk.asked == [ProofRequest("Sign in again to change accounts.", "Dana", asks_code=False)]
            assert desk.told == ["The password is wrong."]
            assert await desk.disabled() == {"Ben": True, "Cy": False, "Dana": False}
            desk.ahead += PROOF_TIME
            desk.asked, desk.types = [], [PASSWORD]
            to = tmp_path / "record.csv"
            await HubRecord(desk.rest).export(RecordSearch(), to, lambda _done, _count: None)
            assert [asked.words for asked in desk.asked] == ["Sign in again to carry the audit record away."]
            assert "proof" in to.read_text("utf-8-sig")

    run(play(), 60)


def test_what_one_person_began_is_not_done_in_the_name_of_the_next(tmp_path: Path) -> None:
    async def play() -> None:
        async with at_desk(tmp_path) as desk:
            asked = asyncio.Event()

            async def think(_asked: ProofRequest) -> bool:
                asked.set()
                await asyncio.Event().wait()
                return True

            desk.proof.ask_by(think)
            disabling = asyncio.ensure_future(desk.accounts.disable("Ben"))
            await asked.wait()
            await desk.door.sign_in(Credentials("Dana", PASSWORD))
            with pytest.raises(OperatorError, match="Sign in again"):
                await disabling
            assert await desk.disabled() == {"Ben": False, "Dana": False}

    run(play(), 60)


@pytest.mark.parametrize("path", ["accounts/Ben/disable", "audit/export"])
def test_a_refusal_that_comes_after_its_person_left_asks_the_next_one_nothing(
    tmp_path: Path, path: str
) -> None:
    async def play() -> None:
        async with at_desk(tmp_path) as desk:
            desk.proof.ask_by(desk.answer)
            desk.types = [PASSWORD]
            late, to = LateAnswers(desk.rest, path), tmp_path / "record.csv"
            export = HubRecord(desk.rest).export(RecordSearch(), to, lambda _done, _count: None)
            disable = desk.accounts.disable("Ben")
            wish, other = (export, disable) if path == "audit/export" else (disable, export)
            other.close()
            under_way = asyncio.ensure_future(wish)
            await late.arrived.wait()
            await desk.door.sign_in(Credentials("Dana", PASSWORD))
            desk.ahead += PROOF_TIME
            late.let_go()
            with pytest.raises(OperatorError, match="Sign in again"):
                await under_way
            assert not desk.asked
            assert not to.exists()

    run(play(), 60)


def test_an_unlocking_that_is_answered_after_a_sign_out_opens_no_desk(tmp_path: Path) -> None:
    async def play() -> None:
        async with at_desk(tmp_path) as desk:
            await desk.door.lock()
            late = LateAnswers(desk.rest, "session/unlock")
            unlocking = asyncio.ensure_future(desk.door.unlock(PASSWORD))
            await late.arrived.wait()
            await desk.door.sign_out()
            late.let_go()
            await unlocking
            assert desk.rest.session is None
            assert not desk.rest.admitted.is_set()

    run(play(), 60)
