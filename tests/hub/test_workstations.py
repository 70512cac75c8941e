"""A workstation that is remembered takes the place of the code, once each time, until something ends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import REMEMBER_TIME
from app.hub.config import parser
from app.hub.db.workstation_book import MOST
from tests.hub.engines import ON_BOTH_IN_FULL, Chosen
from tests.hub.office import OWN, Office, in_office

pytestmark = ON_BOTH_IN_FULL


async def remembered(office: Office, name: str = "Dana") -> tuple[Any, str]:
    """Make an account and sign in with a code; return its handover and the workstation's token."""
    handover, _ = await office.person(name, "administrator")
    answer = await office.sign_in(name, OWN, office.code(handover), remember=True)
    assert answer.status_code == 200, answer.text
    return handover, answer.json()["workstation"]


def test_the_next_sign_in_takes_no_code_and_each_one_brings_another_token(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, first = await remembered(office)
        until = (office.now + REMEMBER_TIME).isoformat().replace("+00:00", "Z")
        office.now += timedelta(days=10)
        answer = (await office.sign_in("Dana", OWN, "", workstation=first)).json()
        second = answer["workstation"]
        assert second not in ("", first)
        # No use moves the end.
        assert answer["workstation_until"] == until
        refused = await office.sign_in("Dana", OWN, "", workstation=first)
        assert (refused.status_code, refused.json()["detail"]) == (401, "Name, password or code is wrong.")
        assert (await office.sign_in("Dana", "wrong", "", workstation=second)).status_code == 401
        office.now += timedelta(days=10)
        answer = await office.sign_in("Dana", OWN, "", workstation=second)
        third = answer.json()["workstation"]
        office.now += timedelta(days=10)
        assert (await office.sign_in("Dana", OWN, "", workstation=third)).status_code == 401
        found = [act for act in await office.acts() if act[0] in {"sign_in", "workstation_remember"}]
        assert found[-6:] == [
            ("workstation_remember", "Dana", "done", "until 2026-12-26T09:01Z"),
            ("sign_in", "Dana", "done", "at a workstation that is remembered"),
            ("sign_in", "Dana", "refused", "wrong code"),
            ("sign_in", "Dana", "refused", "wrong password"),
            ("sign_in", "Dana", "done", "at a workstation that is remembered"),
            ("sign_in", "Dana", "refused", "wrong code"),
        ]
        kept = Chosen.engine.everything(tmp_path)
        assert not any(token.encode() in kept for token in (first, second, third))

    in_office(tmp_path, scene)


def test_it_is_one_accounts_and_ends_with_what_changes_that(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, dana = await remembered(office)
        ben, bens = await remembered(office, "Ben")
        assert (await office.sign_in("Ben", OWN, "", workstation=dana)).status_code == 401
        assert (await office.sign_in("Ben", OWN, "")).status_code == 401

        async def again() -> str:
            office.now += timedelta(minutes=1)
            answer = await office.sign_in("Ben", OWN, office.code(ben), remember=True)
            token: str = answer.json()["workstation"]
            return token

        bens = (await office.sign_in("Ben", OWN, "", workstation=bens)).json()["workstation"]
        other = await again()
        changed = await office.sign_in("Ben", OWN, "", workstation=bens, new_password="quite another one")
        assert (changed.status_code, changed.json()["workstation"]) == (200, "")
        for token in (bens, other):
            assert (
                await office.sign_in("Ben", "quite another one", "", workstation=token)
            ).status_code == 401
        await office.deed("POST", "Ben/reset", 200)
        handed = await office.deed("POST", "Ben/reset", 200)
        await office.sign_in("Ben", handed["password"], handed["recovery_codes"][0], new_password=OWN)

        async def with_recovery_code(number: int) -> str:
            code = handed["recovery_codes"][number]
            answer = await office.sign_in("Ben", OWN, code, remember=True)
            token: str = answer.json()["workstation"]
            assert token
            return token

        token = await with_recovery_code(1)
        await office.deed("PUT", "Ben/roles", 204, {"roles": ["operator"]})
        assert (await office.sign_in("Ben", OWN, "", workstation=token)).status_code == 401
        token = await with_recovery_code(2)
        await office.deed("POST", "Ben/disable", 204)
        await office.deed("POST", "Ben/unlock", 204)
        assert (await office.sign_in("Ben", OWN, "", workstation=token)).status_code == 401
        token = await with_recovery_code(3)
        for _ in range(2):
            forgot = await office.http.post("workstations/forget", json={"workstation": token})
            assert forgot.status_code == 204
        assert (await office.sign_in("Ben", OWN, "", workstation=token)).status_code == 401
        found = [act[:3] for act in await office.acts() if act[0] == "workstation_forget"]
        who = ["Ben", "administrator", "administrator", "Ben"]
        assert found == [("workstation_forget", name, "done") for name in who]
        # The other person's is as it was.
        assert (await office.sign_in("Dana", OWN, "", workstation=dana)).status_code == 200

    in_office(tmp_path, scene)


def test_it_is_no_fresh_proof_and_nothing_where_the_hub_remembers_none(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        dana, token = await remembered(office)
        answer = await office.sign_in("Dana", OWN, "", workstation=token)
        bearer = {"Authorization": f"Bearer {answer.json()['session_token']}"}
        token = answer.json()["workstation"]

        async def ask(path: str, **body: object) -> tuple[int, str | None]:
            answer = await office.http.post(path, json=body, headers=bearer)
            return answer.status_code, answer.json().get("kind") if answer.content else None

        # Just signed in, and yet: nobody typed a code.
        assert await ask("accounts", name="Ben", roles=["operator"]) == (403, "proof")
        assert (await ask("session/proof", password=OWN, workstation=token))[0] == 422
        assert (await ask("session/proof", password=OWN))[0] == 401
        office.now += timedelta(minutes=1)
        assert (await ask("session/proof", password=OWN, code=office.code(dana)))[0] == 204
        assert (await ask("accounts", name="Ben", roles=["operator"]))[0] == 201
        office.now += timedelta(minutes=1)
        assert (await office.http.get("banner")).json()["remember_days"] == 30
        office.hub.signing_in.remember_time = timedelta()
        assert (await office.http.get("banner")).json()["remember_days"] == 0
        assert (await office.sign_in("Dana", OWN, "", workstation=token)).status_code == 401
        answer = await office.sign_in("Dana", OWN, office.code(dana), remember=True)
        assert (answer.status_code, answer.json()["workstation"]) == (200, "")

    in_office(tmp_path, scene)


def test_an_account_has_so_many_and_the_one_used_longest_ago_gives_way(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, first = await remembered(office)
        for _ in range(MOST):
            office.now += timedelta(minutes=1)
            answer = await office.sign_in("Dana", OWN, office.code(handover), remember=True)
        assert (await office.sign_in("Dana", OWN, "", workstation=first)).status_code == 401
        last = answer.json()["workstation"]
        assert (await office.sign_in("Dana", OWN, "", workstation=last)).status_code == 200
        forgotten = [act[1:] for act in await office.acts() if act[0] == "workstation_forget"]
        assert forgotten == [("Dana", "done", "the one used longest ago, for there are too many")]

    in_office(tmp_path, scene)


def test_how_long_is_a_setting() -> None:
    assert parser().parse_args(["--data-dir", "x"]).remember_days == REMEMBER_TIME
    assert not parser().parse_args(["--data-dir", "x", "--remember-days", "0"]).remember_days
    with pytest.raises(SystemExit):
        parser().parse_args(["--data-dir", "x", "--remember-days", "366"])
