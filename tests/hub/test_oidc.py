"""Signing in at the agency's provider, against a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import HANDED_OVER
from app.domain.audit import Act, Actor
from app.domain.rights import PROOF_TIME
from app.hub.db.account_book import account_of, write_account
from app.hub.db.unit_of_work import UnitOfWork
from tests.hub.agency import Agency, at_agency, number_of
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import Office

pytestmark = ON_BOTH_IN_FULL


def test_who_signs_in_there_is_signed_in_here(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        page, handle = await agency.through()
        assert page.status_code == 200
        answer = await agency.finish(handle, number_of(page))
        assert (answer.status_code, answer.json()["user"]) == (200, "Dana")
        bearer = {"Authorization": f"Bearer {answer.json()['session_token']}"}
        assert (await agency.office.http.get("snapshot", headers=bearer)).status_code == 200
        assert (await agency.office.http.get("accounts", headers=bearer)).status_code == 403
        signed = [act for act in await agency.office.acts() if act[0] == "sign_in"]
        assert signed == [("sign_in", "Dana", "done", "by the agency's provider")]

    at_agency(tmp_path, scene)


def test_the_banner_comes_first(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        answer = await agency.office.http.post("oidc/begin", json={"banner_acknowledged": False})
        assert (answer.status_code, answer.json()["detail"][0]["field"]) == (422, "banner_acknowledged")

    at_agency(tmp_path, scene)


def test_a_hub_without_a_provider_says_so(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        agency.office.hub.oidc, kept = None, agency.office.hub.oidc
        for answer in (
            await agency.office.http.post("oidc/begin", json={"banner_acknowledged": True}),
            await agency.back({"state": "x", "code": "y"}),
            await agency.finish("x", "y"),
        ):
            assert (answer.status_code, "no provider" in answer.json()["detail"]) == (404, True)
        agency.office.hub.oidc = kept

    at_agency(tmp_path, scene)


@pytest.mark.parametrize(
    ("amr", "acr", "settings", "status"),
    [
        (["pwd"], None, {}, 403),
        (None, None, {}, 403),
        ("otp", None, {}, 403),
        (["pwd", "mfa"], None, {}, 200),
        (["pwd"], None, {"require_amr": ("pwd",)}, 200),
        (["otp"], "low", {"require_acr": ("high",)}, 403),
        (["otp"], "high", {"require_acr": ("high",)}, 200),
    ],
)
def test_a_sign_in_without_a_second_factor_is_refused(
    tmp_path: Path, amr: object, acr: str | None, settings: dict[str, Any], status: int
) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.forge = lambda claims: agency.provider.sign({**claims, "amr": amr, "acr": acr})
        page, handle = await agency.through()
        wanted = 401 if amr == "otp" else status
        assert page.status_code == wanted
        assert status != 403 or "second factor" in page.text or amr == "otp"
        finished = await agency.finish(handle, number_of(page) if status == 200 else "1")
        assert finished.status_code == wanted

    at_agency(tmp_path, scene, **settings)


@pytest.mark.parametrize(
    ("person", "settings", "words"),
    [
        ({"preferred_username": "Nobody"}, {}, "no account of your name"),
        ({"preferred_username": "dana"}, {}, "no account of your name"),
        ({"preferred_username": 7}, {}, "does not tell your preferred_username"),
        ({"preferred_username": "Da\x00na"}, {}, "does not tell your preferred_username"),
        ({"email": "Dana", "email_verified": False}, {"claim": "email"}, "not verified your e-mail"),
        ({"email": "Dana", "email_verified": "true"}, {"claim": "email"}, "not verified your e-mail"),
        ({"email": "Dana", "email_verified": True}, {"claim": "email"}, None),
        ({"sub": "42"}, {"claim": "sub", "accounts": {"42": "Dana"}}, None),
        ({"sub": "Dana"}, {"claim": "sub", "accounts": {"42": "Dana"}}, "no account of your name"),
    ],
)
def test_the_claim_names_an_account_that_is_here(
    tmp_path: Path, person: dict[str, Any], settings: dict[str, Any], words: str | None
) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.person.update(person)
        page, handle = await agency.through()
        number = number_of(page) if page.status_code == 200 else "1"
        answer = await agency.finish(handle, number)
        if words is None:
            assert (answer.status_code, answer.json()["user"]) == (200, "Dana")
        else:
            assert (answer.status_code, words in answer.text) == (403, True)
        accounts = (await agency.office.http.get("accounts", headers=agency.office.admin)).json()["accounts"]
        assert [account["name"] for account in accounts] == ["Dana"]

    at_agency(tmp_path, scene, **settings)


@pytest.mark.parametrize(
    ("bar", "words"), [("disable", "disabled"), ("end", "is over"), ("idle", "not used")]
)
def test_a_barred_account_stays_barred(tmp_path: Path, bar: str, words: str) -> None:
    async def scene(agency: Agency) -> None:
        office = agency.office
        agency.provider.person["preferred_username"] = "Sam"
        ends = (office.now + timedelta(minutes=1)).isoformat() if bar == "end" else None
        await office.create("Sam", "operator", ends_at=ends)
        if bar == "disable":
            await office.deed("POST", "Sam/disable", 204)
        page, handle = await agency.through()
        office.now += timedelta(minutes=2)
        if bar == "idle":
            await idle(office, "Sam")
        answer = await agency.finish(handle, number_of(page))
        assert (answer.status_code, words in answer.text) == (403, True)
        assert ("Sam", f"by the agency's provider: {answer.json()['detail']}") in await agency.refusals()

    at_agency(tmp_path, scene)


async def idle(office: Office, name: str) -> None:
    """Let an account's last use lie ninety days back."""

    async def work(uow: UnitOfWork) -> None:
        record = await account_of(uow, name)
        assert record is not None
        old = replace(record.account, active_at=office.now - timedelta(days=90))
        await write_account(uow, record.with_account(old), Act.ACCOUNT_UNLOCK)

    await office.hub.journal.write(Actor("test", "test"), work)


def test_a_session_of_a_temporary_account_ends_with_it(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        office = agency.office
        agency.provider.person["preferred_username"] = "Sam"
        ends = office.now + timedelta(hours=1)
        await office.create("Sam", "operator", ends_at=ends.isoformat())
        page, handle = await agency.through()
        answer = await agency.finish(handle, number_of(page))
        assert datetime.fromisoformat(answer.json()["until"]) == ends

    at_agency(tmp_path, scene)


def test_a_sign_in_there_is_a_fresh_proof_of_its_person_and_of_nobody_else(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        office = agency.office
        handed = await office.create("Ada", "administrator")
        agency.provider.person["preferred_username"] = "Ada"
        page, handle = await agency.through()
        token = (await agency.finish(handle, number_of(page))).json()["session_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        office.now += PROOF_TIME
        # The password that was handed over is known to somebody else too.
        typed = {"password": handed.password, "code": office.code(handed)}
        refused = await office.http.post("session/proof", json=typed, headers=bearer)
        assert (refused.status_code, refused.json()["detail"]) == (409, HANDED_OVER)

        async def make_ben() -> int:
            body = {"name": "Ben", "roles": ["operator"]}
            return (await office.http.post("accounts", json=body, headers=bearer)).status_code

        async def prove() -> tuple[int, str]:
            page, handle = await agency.through()
            body = {"handle": handle, "number": number_of(page)}
            answer = await office.http.post("oidc/proof", json=body, headers=bearer)
            return answer.status_code, answer.text

        agency.provider.person["preferred_username"] = "Dana"
        status, words = await prove()
        assert (status, "knows you as somebody else" in words) == (403, True)
        assert await make_ben() == 403
        agency.provider.person["preferred_username"] = "Ada"
        assert (await prove())[0] == 204
        assert await make_ben() == 201
        found = [
            (who, outcome, detail) for act, who, outcome, detail in await office.acts() if act == "proof"
        ]
        somebody_else = "by the agency's provider: The agency's provider knows you as somebody else."
        assert found == [
            ("Ada", "refused", "the password has to be changed"),
            ("Ada", "refused", somebody_else),
            ("Ada", "refused", "the last one is too old"),
            ("Ada", "done", "by the agency's provider"),
        ]

    at_agency(tmp_path, scene)
