"""The second factors' secrets in the database: sealed where the vault lasts, and what if the key is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.hub.accounts.administration import Handover
from app.hub.accounts.seal import Seal, is_sealed
from app.hub.vault import Vault
from tests.conftest import LogLines
from tests.hub.engines import ON_BOTH_IN_FULL, Chosen
from tests.hub.office import OWN, Office
from tests.hub.running_hub import MemoryKeyring

pytestmark = ON_BOTH_IN_FULL


class BrokenKeyring(MemoryKeyring):
    """A system's vault that takes nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError


def secret_of(handover: Handover) -> str:
    return parse_qs(urlsplit(handover.totp_address).query)["secret"][0]


def kept(folder: Path) -> list[str]:
    return [row[0] for row in Chosen.engine.rows(folder, "SELECT totp_secret FROM accounts ORDER BY id")]


async def person(office: Office, name: str = "Dana") -> Handover:
    handover, _ = await office.person(name)
    return handover


async def sign_in(office: Office, handover: Handover) -> tuple[int, str]:
    answer = await office.sign_in(handover.name, OWN, office.code(handover))
    return answer.status_code, answer.text


def test_a_copy_of_the_database_has_nobodys_second_factor(tmp_path: Path) -> None:
    async def run() -> None:
        ring = MemoryKeyring()
        async with Office(Vault(ring)).open(tmp_path) as office:
            handover = await person(office)
            data = await asyncio.to_thread(Chosen.engine.everything, tmp_path)
            assert secret_of(handover).encode() not in data
            keys = [key for (_, name), key in ring.kept.items() if not name.endswith("/newest")]
            assert all(key.encode() not in data for key in keys)
        again = Office(Vault(ring))
        again.now = office.now
        async with again.open(tmp_path):
            again.now = office.now
            assert (await sign_in(again, handover))[0] == 200
        assert len(ring.kept) == 2

    asyncio.run(run())


def test_a_hub_without_accounts_makes_one_key_however_often_it_starts(tmp_path: Path) -> None:
    async def run() -> None:
        ring = MemoryKeyring()
        for _ in range(3):
            async with Office(Vault(ring)).open(tmp_path):
                kept_now = dict(ring.kept)
        assert ring.kept == kept_now
        assert len(ring.kept) == 2

    asyncio.run(run())


def test_what_lay_open_is_sealed_at_the_next_start(tmp_path: Path) -> None:
    async def run() -> None:
        async with Office(Vault(None)).open(tmp_path) as office:
            handover, other = await person(office), await person(office, "Bo")
        assert kept(tmp_path) == [secret_of(other), secret_of(handover)]
        async with Office(Vault(MemoryKeyring())).open(tmp_path) as again:
            again.now = office.now
            assert all(is_sealed(secret) for secret in kept(tmp_path))
            assert (await sign_in(again, handover))[0] == 200
            assert ("codes_sealed", "hub", "done", "2 second factors") in await again.acts()

    asyncio.run(run())


@pytest.mark.parametrize("ring", [None, BrokenKeyring()])
def test_without_a_lasting_vault_the_next_start_still_lets_people_in(
    tmp_path: Path, ring: MemoryKeyring | None
) -> None:
    async def run() -> None:
        async with Office(Vault(ring)).open(tmp_path) as office:
            handover = await person(office)
        async with Office(Vault(None)).open(tmp_path) as again:
            again.now = office.now
            assert (await sign_in(again, handover))[0] == 200

    asyncio.run(run())


def test_without_the_key_recovery_codes_and_a_reset_help_and_all_are_told_so(tmp_path: Path) -> None:
    async def run() -> None:
        ring = MemoryKeyring()
        async with Office(Vault(ring)).open(tmp_path) as office:
            handover = await person(office)
        async with Office(Vault(None)).open(tmp_path) as again:
            again.now = office.now
            status, words = await sign_in(again, handover)
            assert (status, "lacks the key" in words) == (401, True)
            stranger = await again.sign_in("Nobody", "x", "1")
            assert stranger.text == words
            answer = await again.sign_in("Dana", OWN, handover.recovery_codes[0])
            assert answer.status_code == 200
            told = await again.deed("POST", "Dana/reset", 200)
            fresh = Handover("Dana", told["password"], told["totp_address"], ())
            answer = await again.sign_in("Dana", fresh.password, again.code(fresh), new_password=OWN)
            assert answer.status_code == 200

    asyncio.run(run())


def test_a_lost_key_is_not_written_over(tmp_path: Path) -> None:
    async def run() -> None:
        ring, other = MemoryKeyring(), MemoryKeyring()
        async with Office(Vault(ring)).open(tmp_path) as office:
            handover = await person(office)
        async with Office(Vault(other)).open(tmp_path) as elsewhere:
            elsewhere.now = office.now
            assert (await sign_in(elsewhere, handover))[0] == 401
        ring.kept |= other.kept
        assert len(ring.kept) == 3
        async with Office(Vault(ring)).open(tmp_path) as again:
            again.now = office.now
            assert (await sign_in(again, handover))[0] == 200

    asyncio.run(run())


def test_a_sealed_secret_is_good_for_its_own_account_only(log_lines: LogLines) -> None:
    seal = Seal(b"k" * 32)
    text = seal.close("JBSWY3DPEHPK3PXP", "Dana")
    assert seal.open(text, "dana") == "JBSWY3DPEHPK3PXP"
    assert seal.open(text, "Bo") is None
    assert seal.open(text[:-8] + "AAAAAAA=", "Dana") is None
    assert Seal(b"x" * 32).open(text, "Dana") is None
    for _ in range(2):
        log_lines.expect("a kept secret is not what the hub sealed")


def test_nobody_gives_a_role_to_themselves(tmp_path: Path) -> None:
    async def run() -> None:
        async with Office().open(tmp_path) as office:
            _, bearer = await office.person("Ada", "administrator")
            await office.create("Bo", "operator")
            for roles in (["administrator", "auditor"], ["operator"]):
                body = {"roles": roles}
                answer = await office.http.put("accounts/ada/roles", json=body, headers=bearer)
                assert (answer.status_code, "to themselves" in answer.json()["detail"]) == (403, True)
            body = {"roles": ["auditor"]}
            assert (await office.http.put("accounts/Bo/roles", json=body, headers=bearer)).status_code == 204
            acts = [act for act in await office.acts() if act[0] == "account_roles"]
            assert [(who, outcome) for _, who, outcome, _ in acts] == [
                ("Ada", "refused"), ("Ada", "refused"), ("Ada", "done")
            ]  # fmt: skip
            accounts = (await office.http.get("accounts", headers=bearer)).json()["accounts"]
            assert [account["roles"] for account in accounts] == [["administrator"], ["auditor"]]

    asyncio.run(run())
