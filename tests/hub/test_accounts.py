"""Signing in on the wire: what proves a person, what is counted, what ends, and what is on record."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_IN_FULL, Chosen
from tests.hub.office import OWN, START, Office, in_office, live, looking
from tests.hub.test_rights import Message

pytestmark = ON_BOTH_IN_FULL


def test_a_handed_over_password_is_good_for_choosing_ones_own(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover = await office.create("Dana", "operator", "auditor")
        answer = await office.sign_in("Dana", handover.password, office.code(handover))
        assert (answer.status_code, "choose your own" in answer.text) == (403, True)
        answer = await office.sign_in("Dana", handover.password, office.code(handover), new_password=OWN)
        session = answer.json()
        assert (answer.status_code, session["user"], session["hub_id"]) == (200, "Dana", office.hub.id)
        bearer = {"Authorization": f"Bearer {session['session_token']}"}
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 200
        assert (await office.http.get("accounts", headers=bearer)).status_code == 403
        office.now += timedelta(minutes=1)
        assert (await office.sign_in("dana", OWN, office.code(handover))).status_code == 200
        office.now += timedelta(minutes=1)
        old = await office.sign_in("Dana", handover.password, office.code(handover))
        assert old.status_code == 401

    in_office(tmp_path, scene)


@pytest.mark.parametrize("wrong", ["name", "password", "code"])
def test_whatever_is_wrong_the_words_are_the_same(tmp_path: Path, wrong: str) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        right = {"name": "Dana", "password": OWN, "code": office.code(handover)}
        answer = await office.sign_in(
            **{**right, wrong: {"name": "Nobody", "password": "x", "code": "1"}[wrong]}
        )
        assert answer.status_code == 401
        assert answer.json()["detail"] == "Name, password or code is wrong."
        (refused,) = [act for act in await office.acts() if act[2] == "refused"]
        detail = {"name": "unknown name", "password": "wrong password", "code": "wrong code"}[wrong]
        assert refused == ("sign_in", "unknown" if wrong == "name" else "Dana", "refused", detail)
        assert "Nobody" not in str(await office.acts())

    in_office(tmp_path, scene)


def test_a_code_is_good_once_and_the_ones_before_it_never_again(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        early, now = office.code(handover, -1), office.code(handover)
        assert (await office.sign_in("Dana", OWN, now)).status_code == 200
        assert (await office.sign_in("Dana", OWN, now)).status_code == 401
        assert (await office.sign_in("Dana", OWN, early)).status_code == 401
        office.now += timedelta(minutes=1)
        # One step of a wrong clock is forgiven, two are not.
        assert (await office.sign_in("Dana", OWN, office.code(handover, -2))).status_code == 401
        assert (await office.sign_in("Dana", OWN, office.code(handover, 1))).status_code == 200

    in_office(tmp_path, scene)


def test_two_at_once_with_one_code_are_one(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        code = office.code(handover)
        answers = await asyncio.gather(*(office.sign_in("Dana", OWN, code) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]

    in_office(tmp_path, scene)


def test_a_recovery_code_is_good_once_however_it_is_typed(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        code = handover.recovery_codes[3].lower().replace("-", " ")
        assert (await office.sign_in("Dana", OWN, code)).status_code == 200
        assert (await office.sign_in("Dana", OWN, code)).status_code == 401
        assert (await office.sign_in("Dana", OWN, handover.recovery_codes[4])).status_code == 200

    in_office(tmp_path, scene)


def test_five_failures_lock_until_an_administrator_releases(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        for _ in range(5):
            assert (await office.sign_in("Dana", "wrong", "000000")).status_code == 401
        assert (await office.sign_in("Dana", "wrong", office.code(handover))).status_code == 401
        locked = await office.sign_in("Dana", OWN, office.code(handover))
        assert (locked.status_code, "locked after 5" in locked.text) == (403, True)
        office.now += timedelta(days=1)
        assert (await office.sign_in("Dana", OWN, office.code(handover))).status_code == 403
        office.now += timedelta(minutes=1)
        (account,) = (await office.http.get("accounts", headers=office.admin)).json()["accounts"]
        assert (account["name"], account["locked"]) == ("Dana", True)
        await office.deed("POST", "Dana/unlock", 204)
        assert (await office.sign_in("Dana", OWN, office.code(handover))).status_code == 200
        acts = [act[0] for act in await office.acts()]
        assert acts.count("account_lock") == 1
        assert "account_unlock" in acts

    in_office(tmp_path, scene)


def test_a_session_ends_after_twelve_hours(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        office.now = START + timedelta(hours=12, seconds=-1)
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 200
        office.now += timedelta(seconds=1)
        over = await office.http.get("snapshot", headers=bearer)
        assert (over.status_code, "time is over" in over.text) == (401, True)

    in_office(tmp_path, scene)


def test_a_session_of_a_temporary_account_ends_with_the_account(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        ends = office.now + timedelta(hours=1)
        handover = await office.create("Sam", "operator", ends_at=ends.isoformat())
        answer = await office.sign_in("Sam", handover.password, office.code(handover), new_password=OWN)
        assert datetime.fromisoformat(answer.json()["until"]) == ends
        bearer = {"Authorization": f"Bearer {answer.json()['session_token']}"}
        office.now = ends - timedelta(seconds=1)
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 200
        office.now = ends
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401

    in_office(tmp_path, scene)


@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        (("PUT", "dana/roles", {"roles": ["volunteer"]}), 204, "Your account was changed: sign in again."),
        (("POST", "Dana/disable", None), 204, "Your account was disabled."),
        (("POST", "DANA/reset", None), 200, "Your account was changed: sign in again."),
        (("OUT", "", None), 204, "You have signed out."),
        (("WAIT", "", None), 204, "This session's time is over."),
    ],
)
def test_what_ends_a_session_ends_all_that_goes_on_in_its_name(
    tmp_path: Path, deed: tuple[str, str, Any], status: int, words: str
) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        await looking(office, bearer)
        said: list[Message] = []
        following = asyncio.create_task(live(office, bearer, said))
        await until(lambda: bool(said))
        method, path, body = deed
        if method == "OUT":
            assert (await office.http.delete("session", headers=bearer)).status_code == 204
        elif method == "WAIT":
            office.now += timedelta(hours=12)
        else:
            await office.deed(method, path, status, body)
        await asyncio.wait_for(following, 5)
        assert said[-1] == {"type": "websocket.close", "code": 4401, "reason": words}
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401
        await until(lambda: sum('"because": "revoked"' in text for text in office.tail()) == 1)

    in_office(tmp_path, scene)


def test_nobody_can_shut_out_the_last_administrator(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await office.create("Ada", "administrator")
        for method, path, body in (
            ("POST", "Ada/disable", None),
            ("PUT", "Ada/roles", {"roles": ["operator"]}),
        ):
            told = await office.deed(method, path, 409, body)
            assert "Nobody would be left" in told["detail"]
        await office.create("Bo", "administrator")
        await office.deed("POST", "Ada/disable", 204)
        await office.deed("POST", "Bo/disable", 409)

    in_office(tmp_path, scene)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "dana", "roles": ["operator"]}, 409, None),
        ({"name": "New", "roles": ["king"]}, 422, "roles"),
        ({"name": "New", "roles": []}, 422, "roles"),
        ({"name": " ", "roles": ["operator"]}, 422, "name"),
        ({"name": "a/b", "roles": ["operator"]}, 422, "name"),
        ({"name": "a\nb", "roles": ["operator"]}, 422, "name"),
    ],
)
def test_accounts_that_do_not_fit_are_refused(
    tmp_path: Path, body: dict[str, Any], status: int, field: str | None
) -> None:
    async def scene(office: Office) -> None:
        await office.create("Dana")
        answer = await office.http.post("accounts", json=body, headers=office.admin)
        assert answer.status_code == status
        assert field is None or [told["field"] for told in answer.json()["detail"]] == [field]

    in_office(tmp_path, scene)


def test_deeds_on_nobody_are_refused(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        for method, path, body in (
            ("POST", "x/unlock", None),
            ("POST", "x/reset", None),
            ("POST", "x/disable", None),
            ("PUT", "x/roles", {"roles": ["operator"]}),
        ):
            await office.deed(method, path, 404, body)

    in_office(tmp_path, scene)


def test_the_banner_comes_first_and_a_weak_password_is_refused(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        assert len((await office.http.get("banner")).json()["text"].splitlines()) == 4
        handover = await office.create()
        code = office.code(handover)
        told = await office.sign_in("Dana", handover.password, code, banner_acknowledged=False)
        assert (told.status_code, told.json()["detail"][0]["field"]) == (422, "banner_acknowledged")
        # Whoever lacks the code does not learn from it that the password is right.
        told = await office.sign_in("Dana", handover.password, "000000", new_password="password123")
        assert told.status_code == 401
        told = await office.sign_in("Dana", handover.password, code, new_password="password123")
        assert (told.status_code, told.json()["detail"][0]["field"]) == (422, "new_password")
        told = await office.sign_in("Dana", handover.password, code, new_password=handover.password)
        assert "the old one" in told.text

    in_office(tmp_path, scene)


def test_no_secret_is_kept_told_or_logged(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        secrets = [handover.password, OWN, *handover.recovery_codes]
        told = [(await office.http.get("accounts", headers=office.admin)).text, str(await office.acts())]
        told += office.tail()
        data = await asyncio.to_thread(Chosen.engine.everything, tmp_path)
        assert b"Dana" in data
        for secret in secrets:
            assert secret.encode() not in data
            assert all(secret not in text for text in told)

    in_office(tmp_path, scene)
