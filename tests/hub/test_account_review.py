"""The yearly review of all rights: what it tells, when it is due, and what a sign-off stands for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.hub.roles import read_roles
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import Office, in_office

pytestmark = ON_BOTH_IN_FULL


async def reviewed(office: Office) -> dict[str, Any]:
    answer = await office.http.get("accounts/review", headers=office.bearer("auditor"))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def sign(office: Office, digest: str) -> int:
    body = {"digest": digest}
    answer = await office.http.post("accounts/review", json=body, headers=office.bearer("auditor"))
    return answer.status_code


def test_the_review_tells_rights_and_who_gave_them(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await office.person("Dana", "operator")
        await office.create("Bo", "volunteer")
        await office.deed("PUT", "Bo/roles", 204, {"roles": ["auditor"]})
        await office.deed("POST", "Bo/disable", 204)
        told = await reviewed(office)
        bo, dana = told["accounts"]
        assert (bo["name"], bo["roles"], bo["rights"]) == ("Bo", ["auditor"], ["audit_read"])
        assert bo["state"] == "This account is disabled."
        assert [(c["who"], c["act"], c["detail"]) for c in bo["changes"]] == [
            ("administrator", "account_create", "volunteer"),
            ("administrator", "account_roles", "auditor"),
            ("administrator", "account_disable", None),
        ]
        assert dana["rights"] == sorted(read_roles()["operator"].rights)
        assert dana["state"] == ""

    in_office(tmp_path, scene)


def test_a_refused_change_is_no_change(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, ada = await office.person("Ada", "administrator")
        body = {"roles": ["auditor"]}
        assert (await office.http.put("accounts/Ada/roles", json=body, headers=ada)).status_code == 403
        (told,) = (await reviewed(office))["accounts"]
        assert [change["act"] for change in told["changes"]] == ["account_create"]

    in_office(tmp_path, scene)


def test_it_is_due_a_year_after_the_last_sign_off_which_is_on_record(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        begun = office.now
        await office.create("Bo", "operator")
        told = await reviewed(office)
        assert told["reviewed_at"] is None
        assert datetime.fromisoformat(told["due_at"]) == begun + timedelta(days=365)
        office.now += timedelta(days=30)
        assert await sign(office, told["digest"]) == 204
        again = await reviewed(office)
        assert again["reviewed_by"] == "auditor"
        assert datetime.fromisoformat(again["due_at"]) == office.now + timedelta(days=365)
        acts = await office.acts()
        assert ("account_review", "auditor", "done", f"1 accounts, {told['digest']}") in acts

    in_office(tmp_path, scene)


def test_nothing_is_signed_that_was_not_seen(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await office.create("Bo", "operator")
        told = await reviewed(office)
        await office.deed("PUT", "Bo/roles", 204, {"roles": ["supervisor"]})
        assert await sign(office, told["digest"]) == 409
        assert await sign(office, "0" * 64) == 409
        assert await sign(office, "nonsense") == 422
        assert (await reviewed(office))["reviewed_at"] is None

    in_office(tmp_path, scene)


def test_reading_it_is_on_record(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await reviewed(office)
        answer = await office.http.get("audit", headers=office.bearer("auditor"))
        details = [record["detail"] for record in answer.json()["records"]]
        assert "review of all rights" in details

    in_office(tmp_path, scene)


def test_who_gives_rights_does_not_attest_them(tmp_path: Path) -> None:
    async def run() -> None:
        async with Office().open(tmp_path) as office:
            answer = await office.http.get("accounts/review", headers=office.admin)
            assert answer.status_code == 403
            answer = await office.http.post(
                "accounts/review", json={"digest": "0" * 64}, headers=office.admin
            )
            assert answer.status_code == 403

    asyncio.run(run())
