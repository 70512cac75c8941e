"""Who does what is privileged has proved lately who they are (R3, IA-11), at whichever hub it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.audit import Actor
from app.domain.rights import PROOF_TIME
from app.hub.accounts.signing_in import Proof
from app.hub.config import parser
from tests.hub.engines import ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY
from tests.hub.office import OWN, Office, in_office

BEN = {"name": "Ben", "roles": ["operator"]}


async def prove(office: Office, bearer: dict[str, str], **typed: str) -> httpx.Response:
    return await office.http.post("session/proof", json={"password": OWN, **typed}, headers=bearer)


def test_an_old_sign_in_changes_no_account_until_its_person_proves_anew_who_they_are(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        dana, bearer = await office.person("Dana", "administrator")
        assert (await office.http.post("accounts", json=BEN, headers=bearer)).status_code == 201
        office.now += PROOF_TIME
        answer = await office.http.post("accounts/Ben/disable", headers=bearer)
        assert (answer.status_code, answer.json()) == (
            403,
            {
                "detail": "Sign in again to change accounts.",
                "hint": "A proof of who you are is good for 15 min. Nothing was changed.",
                "kind": "proof",
            },
        )
        accounts = (await office.http.get("accounts", headers=bearer)).json()["accounts"]
        assert [account["disabled"] for account in accounts] == [False, False]
        assert (await prove(office, bearer, code=office.code(dana))).status_code == 204
        assert (await office.http.post("accounts/Ben/disable", headers=bearer)).status_code == 204
        # A code is good once, and the proof for its time only.
        assert (await prove(office, bearer, code=office.code(dana))).status_code == 401
        office.now += PROOF_TIME
        assert (await office.http.post("accounts/Ben/unlock", headers=bearer)).status_code == 403
        assert [act for act in await office.acts() if act[0] == "proof"] == [
            ("proof", "Dana", "refused", "the last one is too old"),
            ("proof", "Dana", "done", None),
            ("proof", "Dana", "refused", "wrong code"),
            ("proof", "Dana", "refused", "the last one is too old"),
        ]

    in_office(tmp_path, scene)


def test_what_else_is_privileged_and_what_stays_free(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, auditor = await office.person("Aud", "auditor")
        _, supervisor = await office.person("Sol", "supervisor")
        _, operator = await office.person("Olive", "operator")
        office.now += PROOF_TIME

        async def status(bearer: dict[str, str], method: str, path: str) -> tuple[int, str | None]:
            answer = await office.http.request(method, path, json={}, headers=bearer)
            return answer.status_code, answer.json().get("kind") if answer.status_code == 403 else None

        asked = (403, "proof")
        assert await status(auditor, "GET", "audit/export") == asked
        assert await status(auditor, "POST", "audit/reviews/2026-W40") == asked
        assert await status(auditor, "GET", "audit") == (200, None)
        assert await status(supervisor, "PUT", "cameras/plain/consent") == asked
        assert await status(supervisor, "GET", "consents") == (200, None)
        assert await status(supervisor, "POST", "shifts") == (422, None)
        # Who may not at all is told that, and no program asks for a password in vain.
        assert await status(operator, "POST", "accounts") == (403, None)
        # The one-time token's session has no account: it is exempt.
        assert (await office.http.post("accounts", json=BEN, headers=office.admin)).status_code == 201
        answer = await prove(office, office.admin)
        assert (answer.status_code, answer.json()["hint"]) == (409, "It needs no proof either.")

    in_office(tmp_path, scene)


def test_wrong_proofs_lock_the_account_and_end_the_session_of_who_is_barred(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        dana, bearer = await office.person("Dana", "administrator")
        for _ in range(4):
            assert (await prove(office, bearer, code="000000")).status_code == 401
        # The desk that started the hub is the second factor.
        answer = await prove(office, bearer, password="wrong", desk_token="o" * 16)
        assert (answer.status_code, answer.json()["detail"]) == (401, "The password is wrong.")
        answer = await prove(office, bearer, code=office.code(dana))
        assert (answer.status_code, "locked after 5" in answer.json()["detail"]) == (403, True)
        assert (await office.http.get("session", headers=bearer)).status_code == 401
        acts = [act[:3] for act in await office.acts()]
        assert ("account_lock", "Dana", "done") in acts
        assert acts[-1] == ("session_end", "Dana", "done")

    in_office(tmp_path, scene)


def test_a_desk_that_is_locked_proves_nothing_and_the_hubs_own_desk_needs_no_code(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person("Dana", "administrator")
        office.now += PROOF_TIME
        await office.http.post("session/lock", headers=bearer)
        assert (await prove(office, bearer, desk_token="o" * 16)).status_code == 423
        unlocked = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
        assert unlocked.status_code == 200
        # A desk is unlocked without a code, so that is no proof.
        assert (await office.http.post("accounts", json=BEN, headers=bearer)).status_code == 403
        assert (await prove(office, bearer, desk_token="o" * 16)).status_code == 204
        assert (await office.http.post("accounts", json=BEN, headers=bearer)).status_code == 201

    in_office(tmp_path, scene)


def test_a_hub_that_is_behind_unlocks_no_desk_by_a_proof_and_takes_none_back_by_a_lock(
    tmp_path: Path,
) -> None:
    async def scene(office: Office) -> None:
        dana, bearer = await office.person("Dana", "administrator")
        office.now += PROOF_TIME
        # As another hub has it, until the log tells it what happened here.
        behind = replace(office.hub.sessions.of("Dana")[0])

        async def make_ben() -> int:
            return (await office.http.post("accounts", json=BEN, headers=bearer)).status_code

        assert (await office.http.post("session/lock", headers=bearer)).status_code == 204
        await office.hub.signing_in.prove(behind, Proof(OWN, office.code(dana)), "10.0.0.8")
        assert await make_ben() == 423
        await office.hub.care.lock(behind, Actor("Dana", "10.0.0.8"))
        unlocked = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
        assert unlocked.status_code == 200
        assert await make_ben() == 201

    in_office(tmp_path, scene)


def test_how_long_a_proof_is_good_for_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    given = parser().parse_args(["--data-dir", "x", "--proof-minutes", "5"])
    assert given.proof_minutes == timedelta(minutes=5)
    assert parser().parse_args(["--data-dir", "x"]).proof_minutes == PROOF_TIME
    with pytest.raises(SystemExit):
        parser().parse_args(["--data-dir", "x", "--proof-minutes", "0"])
    assert "takes 1 to 720 minutes" in capsys.readouterr().err


@ON_BOTH_ENGINES
@ON_POSTGRESQL_ONLY
def test_a_proof_at_one_hub_is_good_at_the_others_and_after_a_restart(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        dana, bearer = await office.person("Dana", "administrator")
        office.now += PROOF_TIME

        async def ask(at: Office, path: str, **more: Any) -> int:
            return (await at.http.post(path, headers=bearer, **more)).status_code

        b, c = Office(), Office()
        b.now = c.now = office.now
        async with b.open(tmp_path):
            assert await ask(b, "accounts", json=BEN) == 403
            assert (await prove(office, bearer, code=office.code(dana))).status_code == 204
            # At once, whether or not this hub has followed the log so far.
            assert await ask(b, "accounts", json=BEN) == 201
        async with c.open(tmp_path):
            assert await ask(c, "accounts/Ben/disable") == 204

    in_office(tmp_path, scene)


@ON_BOTH_ENGINES
@ON_POSTGRESQL_ONLY
def test_a_hub_that_hears_nothing_does_nothing_privileged_for_who_was_locked_or_ended(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person("Dana", "administrator")
        b = Office()
        b.now = office.now

        async def make_ben() -> int:
            return (await b.http.post("accounts", json=BEN, headers=bearer)).status_code

        async with b.open(tmp_path):
            (follower,) = (task for task in b.hub._tasks if task.get_name() == "event follower")
            follower.cancel()
            await asyncio.wait({follower})
            assert (await office.http.post("session/lock", headers=bearer)).status_code == 204
            assert await make_ben() == 423
            unlocked = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
            assert unlocked.status_code == 200
            assert await make_ben() == 201
            await office.deed("PUT", "Dana/roles", 204, {"roles": ["operator", "administrator"]})
            answer = await b.http.post("accounts/Ben/disable", headers=bearer)
            assert answer.status_code == 401

    in_office(tmp_path, scene)
