"""A locked desk and the agency's provider: it unlocks for its own person, asked just now, only."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.domain.account import MOST_FAILURES
from tests.hub.agency import Agency, at_agency, number_of
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import OWN

pytestmark = ON_BOTH_IN_FULL

SOMEBODY_ELSE = "The agency's provider knows you as somebody else."


class LockedDesk:
    """Dana's, who signed in at the provider and then locked it."""

    def __init__(self, agency: Agency, bearer: dict[str, str]) -> None:
        self.agency = agency
        self.http = agency.office.http
        self.bearer = bearer

    @staticmethod
    async def of(agency: Agency) -> LockedDesk:
        page, handle = await agency.through()
        told = (await agency.finish(handle, number_of(page))).json()
        desk = LockedDesk(agency, {"Authorization": f"Bearer {told['session_token']}"})
        await desk.lock()
        return desk

    async def lock(self) -> None:
        assert (await self.http.post("session/lock", headers=self.bearer)).status_code == 204

    async def begin(self) -> tuple[str, str]:
        answer = await self.http.post("oidc/unlock/begin", headers=self.bearer)
        assert answer.status_code == 200, answer.text
        return answer.json()["address"], answer.json()["handle"]

    async def through(self) -> tuple[httpx.Response, str]:
        """Go through the browser's part; return the page and the handle."""
        address, handle = await self.begin()
        return await self.agency.back(await self.agency.browse(address)), handle

    async def unlock(self, handle: str, number: str) -> httpx.Response:
        body = {"handle": handle, "number": number}
        return await self.http.post("oidc/unlock", json=body, headers=self.bearer)

    async def status(self) -> int:
        """Return how the hub answers at this desk: 423 while it is locked."""
        return (await self.http.get("snapshot", headers=self.bearer)).status_code

    async def unlocks_on_record(self) -> list[tuple[str, str, str | None]]:
        acts = await self.agency.office.acts()
        return [(who, outcome, detail) for act, who, outcome, detail in acts if act == "unlock"]


Scene = Callable[[LockedDesk], Awaitable[None]]


def at_locked_desk(folder: Path, scene: Scene, **settings: object) -> None:
    async def play(agency: Agency) -> None:
        await scene(await LockedDesk.of(agency))

    at_agency(folder, play, **settings)


def test_who_signed_in_there_unlocks_there(tmp_path: Path) -> None:
    async def scene(desk: LockedDesk) -> None:
        address, handle = await desk.begin()
        asked = parse_qs(urlsplit(address).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
        assert (await desk.unlock(handle, "000000")).status_code == 409
        page = await desk.agency.back(await desk.agency.browse(address))
        assert await desk.status() == 423
        wrong = f"{(int(number_of(page)) + 1) % 1_000_000:06}"
        assert (await desk.unlock(handle, wrong)).status_code == 401
        assert await desk.status() == 423
        answer = await desk.unlock(handle, number_of(page))
        assert (answer.status_code, answer.json()["user"]) == (200, "Dana"), answer.text
        assert (answer.json()["unlocks_at"], answer.json()["unlocks_by_password"]) == ("127.0.0.1", False)
        assert await desk.status() == 200
        assert ("Dana", "done", "by the agency's provider") in await desk.unlocks_on_record()

    at_locked_desk(tmp_path, scene)


def test_who_has_a_password_unlocks_there_too(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        _, bearer = await agency.office.person("Ada")
        agency.provider.person["preferred_username"] = "Ada"
        desk = LockedDesk(agency, bearer)
        await desk.lock()
        page, handle = await desk.through()
        answer = await desk.unlock(handle, number_of(page))
        assert (answer.status_code, answer.json()["unlocks_by_password"]) == (200, True)
        await desk.lock()
        body = {"password": OWN}
        assert (await desk.http.post("session/unlock", json=body, headers=bearer)).status_code == 200

    at_agency(tmp_path, scene)


def test_a_password_that_was_handed_over_unlocks_nobodys_desk(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        handed = await agency.office.create("Ada")
        agency.provider.person["preferred_username"] = "Ada"
        desk = await LockedDesk.of(agency)
        body = {"password": handed.password}
        answer = await desk.http.post("session/unlock", json=body, headers=desk.bearer)
        assert (answer.status_code, "handed over" in answer.json()["detail"]) == (409, True)
        assert await desk.status() == 423

    at_agency(tmp_path, scene)


@pytest.mark.parametrize("person", [{"preferred_username": "Ben"}, {"sub": "43"}])
def test_another_subject_is_refused_and_counts_as_a_wrong_password(
    tmp_path: Path, person: dict[str, str]
) -> None:
    async def scene(desk: LockedDesk) -> None:
        agency, own = desk.agency, dict(desk.agency.provider.person)
        await agency.office.create("Ben")
        # By another name, or by a name that has changed hands at the provider.
        agency.provider.person = {**own, **person}
        for _ in range(MOST_FAILURES):
            page, handle = await desk.through()
            assert (page.status_code, "knows you as somebody else" in page.text) == (403, True)
            told = await desk.unlock(handle, "000000")
            assert (told.status_code, told.json()["detail"]) == (403, SOMEBODY_ELSE)
            assert await desk.status() == 423
        words = f"by the agency's provider: {SOMEBODY_ELSE}"
        assert (await desk.unlocks_on_record())[:MOST_FAILURES] == [
            ("Dana", "refused", words)
        ] * MOST_FAILURES
        # Now the account is locked, and its session ends when its own person comes.
        agency.provider.person = own
        page, handle = await desk.through()
        answer = await desk.unlock(handle, number_of(page))
        assert (answer.status_code, "is locked after" in answer.json()["detail"]) == (403, True)
        assert await desk.status() == 401

    at_locked_desk(tmp_path, scene)


def test_a_sign_in_that_was_still_open_there_unlocks_nothing_and_counts(tmp_path: Path) -> None:
    async def scene(desk: LockedDesk) -> None:
        desk.agency.provider.now = lambda: time.time() - 10 * 60
        for _ in range(MOST_FAILURES):
            address, handle = await desk.begin()
            told = await desk.agency.browse(address.replace("&prompt=login&max_age=0", ""))
            page = await desk.agency.back(told)
            assert (page.status_code, "did not ask now who you are" in page.text) == (403, True)
            assert (await desk.unlock(handle, "000000")).status_code == 403
            assert await desk.status() == 423
        assert ("account_lock", "Dana", "done", None) in await desk.agency.office.acts()

    at_locked_desk(tmp_path, scene)


def test_a_provider_that_does_not_say_when_it_asked_unlocks_nothing(tmp_path: Path) -> None:
    async def scene(desk: LockedDesk) -> None:
        provider = desk.agency.provider
        provider.forge = lambda claims: provider.sign({**claims, "auth_time": None})
        page, handle = await desk.through()
        assert (page.status_code, "does not say when" in page.text) == (403, True)
        assert (await desk.unlock(handle, "000000")).status_code == 403
        assert await desk.status() == 423
        assert [outcome for _, outcome, _ in await desk.unlocks_on_record()] == ["refused"]

    at_locked_desk(tmp_path, scene)


def test_a_code_a_state_and_a_handle_are_good_once(tmp_path: Path) -> None:
    async def scene(desk: LockedDesk) -> None:
        agency = desk.agency
        address, handle = await desk.begin()
        told = await agency.browse(address)
        page = await agency.back(told)
        assert (await agency.back(told)).status_code == 401
        assert (await desk.unlock(handle, number_of(page))).status_code == 200
        await desk.lock()
        assert (await desk.unlock(handle, number_of(page))).status_code == 401
        # The code of the last time, at a way back that is new.
        address, handle = await desk.begin()
        state = parse_qs(urlsplit(address).query)["state"][0]
        assert (await agency.back({**told, "state": state})).status_code == 502
        assert (await desk.unlock(handle, "000000")).status_code == 502
        assert await desk.status() == 423

    at_locked_desk(tmp_path, scene)


def test_what_was_begun_at_another_lock_or_to_sign_in_unlocks_nothing(tmp_path: Path) -> None:
    async def scene(desk: LockedDesk) -> None:
        agency = desk.agency
        another = await LockedDesk.of(agency)
        page, handle = await another.through()
        number = number_of(page)
        assert (await desk.unlock(handle, number)).status_code == 401
        # Nor does it let anybody in, or prove anything.
        assert (await agency.finish(handle, number)).status_code == 401
        page, sign_in = await agency.through()
        assert (await desk.unlock(sign_in, number_of(page))).status_code == 401
        assert (await desk.status(), await another.status()) == (423, 423)
        assert (await another.unlock(handle, number)).status_code == 200
        page, handle = await desk.through()
        body = {"handle": handle, "number": number_of(page)}
        assert (await desk.http.post("oidc/proof", json=body, headers=another.bearer)).status_code == 401

    at_locked_desk(tmp_path, scene)


@pytest.mark.parametrize("back", ["before", "after"])
@pytest.mark.parametrize("meanwhile", ["signed out", "unlocked", "unlocked and locked again"])
def test_an_answer_after_its_lock_is_over_does_nothing(tmp_path: Path, meanwhile: str, back: str) -> None:
    async def scene(desk: LockedDesk) -> None:
        agency = desk.agency
        address, handle = await desk.begin()
        told = await agency.browse(address)
        page = await agency.back(told) if back == "before" else None
        if meanwhile == "signed out":
            assert (await desk.http.delete("session", headers=desk.bearer)).status_code == 204
        else:
            other, other_handle = await desk.through()
            assert (await desk.unlock(other_handle, number_of(other))).status_code == 200
        if meanwhile == "unlocked and locked again":
            await desk.lock()
        asked = agency.provider.asked.count("/token")
        if page is None:
            late = await agency.back(told)
            assert (late.status_code, "unlocked or left meanwhile" in late.text) == (401, True)
            assert agency.provider.asked.count("/token") == asked
        answer = await desk.unlock(handle, "000000" if page is None else number_of(page))
        expected = {"signed out": (401, 401), "unlocked": (409, 200), "unlocked and locked again": (401, 423)}
        assert (answer.status_code, await desk.status()) == expected[meanwhile]

    at_locked_desk(tmp_path, scene)


def test_only_a_locked_desk_begins_to_unlock(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        page, handle = await agency.through()
        token = (await agency.finish(handle, number_of(page))).json()["session_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await agency.office.http.post("oidc/unlock/begin", headers=bearer)).status_code == 409
        assert (await agency.office.http.post("oidc/unlock/begin")).status_code == 401

    at_agency(tmp_path, scene)
