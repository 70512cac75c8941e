"""What an attacker may try on the way to the agency's provider and back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.hub.denials import ONE_BY_ONE
from app.hub.oidc.sign_ins import MOST_OF_A_DESK
from tests.fakes.oidc_provider import CLIENT_ID, OidcProvider, new_key
from tests.hub.agency import Agency, at_agency, number_of


def test_a_state_is_good_once(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        address, handle = await agency.begin()
        told = await agency.browse(address)
        first = await agency.back(told)
        again = await agency.back(told)
        assert (first.status_code, again.status_code) == (200, 401)
        assert number_of(first) not in again.text
        assert agency.provider.asked.count("/token") == 1
        assert (await agency.finish(handle, number_of(first))).status_code == 200
        assert (await agency.finish(handle, number_of(first))).status_code == 401

    at_agency(tmp_path, scene)


def test_two_browsers_at_once_with_one_state_are_one(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        address, _ = await agency.begin()
        told = await agency.browse(address)
        pages = await asyncio.gather(*(agency.back(told) for _ in range(3)))
        assert sorted(page.status_code for page in pages) == [200, 401, 401]

    at_agency(tmp_path, scene)


@pytest.mark.parametrize("fault", ["swapped code", "made-up state", "used code", "made-up code"])
def test_codes_and_states_of_others_let_nobody_in(tmp_path: Path, fault: str) -> None:
    async def scene(agency: Agency) -> None:
        mine, handle = await agency.begin()
        others, _ = await agency.begin()
        told, their = await agency.browse(mine), await agency.browse(others)
        match fault:
            case "swapped code":
                told["code"] = their["code"]
            case "made-up state":
                told["state"] = "guessed"
            case "used code":
                assert (await agency.back(their)).status_code == 200
                told["code"] = their["code"]
            case "made-up code":
                told["code"] = "guessed"
        page = await agency.back(told)
        assert page.status_code in {401, 502}
        assert "<strong>" not in page.text
        assert (await agency.finish(handle, "000000")).status_code in {401, 409, 502}
        assert await agency.refusals()

    at_agency(tmp_path, scene)


def none_signed(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def hour(claims: dict[str, Any], **shifts: float) -> dict[str, Any]:
    return {**claims, **{name: claims["iat"] + hours * 3600 for name, hours in shifts.items()}}


def secret_signed(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """Sign with the public key's text as if it were a shared secret (algorithm confusion)."""
    header = {"alg": "HS256", "kid": provider.key.kid}
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)
    )
    secret = provider.key.as_pem(private=False)
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


FORGERIES: dict[str, Callable[[OidcProvider, dict[str, Any]], str]] = {
    "wrong nonce": lambda p, c: p.sign({**c, "nonce": "another"}),
    "no nonce": lambda p, c: p.sign({name: value for name, value in c.items() if name != "nonce"}),
    "wrong audience": lambda p, c: p.sign({**c, "aud": "another"}),
    "no audience": lambda p, c: p.sign({name: value for name, value in c.items() if name != "aud"}),
    "empty audience": lambda p, c: p.sign({**c, "aud": []}),
    "another's with ours beside it": lambda p, c: p.sign({**c, "aud": [CLIENT_ID, "x"], "azp": "x"}),
    "wrong issuer": lambda p, c: p.sign({**c, "iss": "https://elsewhere.invalid"}),
    "expired": lambda p, c: p.sign(hour(c, iat=-2, exp=-1)),
    "from the future": lambda p, c: p.sign(hour(c, iat=1, exp=2)),
    "not yet": lambda p, c: p.sign(hour(c, nbf=1)),
    "no end": lambda p, c: p.sign({name: value for name, value in c.items() if name != "exp"}),
    "alg none": lambda p, c: none_signed(c),
    "signed with the public key as a secret": secret_signed,
    "another's key": lambda p, c: p.sign(c, new_key()),
    "another's key by this one's name": lambda p, c: p.sign(c, new_key(), kid=p.key.kid),
    "claims changed after signing": lambda p, c: changed(p.sign(c)),
    "no token": lambda p, c: "x",
    "no json": lambda p, c: "é.é.é",
}  # fmt: skip


def changed(token: str) -> str:
    header, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["preferred_username"] = "Ada"
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_identity_lets_nobody_in(tmp_path: Path, forgery: str) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.forge = lambda claims: FORGERIES[forgery](agency.provider, claims)
        page, handle = await agency.through()
        assert (page.status_code, "did not prove who you are" in page.text) == (401, True)
        assert (await agency.finish(handle, "000000")).status_code == 401
        assert (await agency.refusals())[0][1] == (
            "by the agency's provider: The agency's provider did not prove who you are."
        )

    at_agency(tmp_path, scene)


def test_the_provider_may_change_its_keys(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        assert (await agency.through())[0].status_code == 200
        agency.provider.key = new_key()
        agency.office.now += timedelta(seconds=11)
        assert (await agency.through())[0].status_code == 200

    at_agency(tmp_path, scene)


def test_a_made_up_key_does_not_make_the_hub_ask_for_keys_again_and_again(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.forge = lambda claims: agency.provider.sign(claims, kid="made up")
        for _ in range(4):
            assert (await agency.through())[0].status_code == 401
        assert agency.provider.asked.count("/keys") == 1

    at_agency(tmp_path, scene)


def test_a_hubs_clock_that_is_set_back_keeps_no_old_keys_and_no_sign_in_for_longer(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        # It was a day ahead when the hub came to know the provider.
        agency.office.now += timedelta(days=1)
        page, handle = await agency.through()
        assert page.status_code == 401
        await agency.begin()
        agency.office.now -= timedelta(days=1)
        assert (
            (await agency.finish(handle, "000000")).json()["detail"].startswith("This sign-in is not known")
        )
        agency.provider.key = new_key()
        page, handle = await agency.through()
        assert (await agency.finish(handle, number_of(page))).status_code == 200

    at_agency(tmp_path, scene)


@pytest.mark.parametrize("thief", ["another handle", "another desk", "guesses the number", "too late"])
def test_only_the_desk_that_began_finishes(tmp_path: Path, thief: str) -> None:
    async def scene(agency: Agency) -> None:
        office = agency.office
        _, others = await agency.begin()
        page, handle = await agency.through()
        number = number_of(page)
        match thief:
            case "another handle":
                assert (await agency.finish(others, number)).status_code == 409
                assert (await agency.finish("made up", number)).status_code == 401
            case "another desk":
                transport = httpx.ASGITransport(office.app, client=("10.0.0.66", 1))
                async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1/") as other:
                    body = {"handle": handle, "number": number}
                    assert (await other.post("oidc/finish", json=body)).status_code == 401
            case "guesses the number":
                wrong = f"{(int(number) + 1) % 1_000_000:06}"
                for _ in range(3):
                    assert (await agency.finish(handle, wrong)).status_code == 401
                assert (await agency.finish(handle, number)).status_code == 401
                assert ("Dana", "by the agency's provider: wrong number") in await agency.refusals()
            case "too late":
                office.now += timedelta(minutes=5)
                assert (await agency.finish(handle, number)).status_code == 401

    at_agency(tmp_path, scene)


def test_the_browser_may_be_late_by_less_than_five_minutes(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        address, handle = await agency.begin()
        told = await agency.browse(address)
        assert (await agency.finish(handle, "1")).status_code == 409
        agency.office.now += timedelta(minutes=5)
        assert (await agency.back(told)).status_code == 401

    at_agency(tmp_path, scene)


NASTY = "<script>alert(1)</script>\" onload='x'\r\nSet-Cookie: a=b"


def test_what_the_provider_says_is_shown_as_text(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.refuse = ("access_denied", NASTY)
        page, handle = await agency.through()
        assert (page.status_code, "did not let you in" in page.text) == (403, True)
        assert "&lt;script&gt;" in page.text
        assert "<script" not in page.text
        assert "set-cookie" not in page.headers
        assert "default-src 'none'" in page.headers["content-security-policy"]
        told = await agency.finish(handle, "1")
        assert (told.status_code, "did not let you in" in told.json()["detail"]) == (403, True)

    at_agency(tmp_path, scene)


def test_nobody_puts_words_onto_the_page_or_sends_the_browser_away(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        for told in (
            {"error": "x", "error_description": "Call 555-0100"},
            {"error": "x", "error_description": "Call 555-0100", "state": "made up"},
            {
                "state": "https://evil.invalid",
                "code": "//evil.invalid",
                "redirect_uri": "https://evil.invalid",
            },
        ):
            page = await agency.back(told)
            assert page.status_code == 401
            assert "location" not in page.headers
            assert "555-0100" not in page.text
            assert "evil" not in page.text

    at_agency(tmp_path, scene)


def test_another_providers_answer_is_refused(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        address, _ = await agency.begin()
        told = await agency.browse(address)
        assert (await agency.back({**told, "iss": "https://evil.invalid"})).status_code == 401
        assert "/token" not in agency.provider.asked

    at_agency(tmp_path, scene)


def test_who_begins_again_and_again_drops_their_own_and_nobody_elses(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        page, handle = await agency.through()
        transport = httpx.ASGITransport(agency.office.app, client=("10.0.0.66", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1/") as other:
            for _ in range(MOST_OF_A_DESK + 10):
                answer = await other.post("oidc/begin", json={"banner_acknowledged": True})
                assert answer.status_code == 200
        assert agency.office.hub.oidc is not None
        assert len(agency.office.hub.oidc._under_way) == MOST_OF_A_DESK + 1
        assert (await agency.finish(handle, number_of(page))).status_code == 200

    at_agency(tmp_path, scene)


def test_who_signed_in_there_before_and_was_not_asked_now_is_not_let_in(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        agency.provider.now = lambda: time.time() - 10 * 60
        # How far the hub's clock is from the provider's does not matter.
        agency.office.now -= timedelta(seconds=30)
        address, handle = await agency.begin()
        assert "max_age=0" in address
        # Whoever holds the browser can take out of the address what the hub asks for.
        page = await agency.back(await agency.browse(address.replace("&prompt=login&max_age=0", "")))
        assert (page.status_code, "did not ask now who you are" in page.text) == (403, True)
        assert (await agency.finish(handle, "000000")).status_code == 403
        assert len(await agency.refusals()) == 1

    at_agency(tmp_path, scene)


def test_a_provider_that_does_not_say_when_it_asked_proves_nobody_anew(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        office, provider = agency.office, agency.provider
        await office.create("Ada", "administrator")
        provider.person["preferred_username"] = "Ada"
        provider.forge = lambda claims: provider.sign({**claims, "auth_time": None})
        page, handle = await agency.through()
        told = (await agency.finish(handle, number_of(page))).json()
        bearer = {"Authorization": f"Bearer {told['session_token']}"}
        refused = await office.http.post("accounts/Dana/disable", headers=bearer)
        assert (refused.status_code, refused.json()["kind"]) == (403, "proof")
        page, handle = await agency.through()
        proof = {"handle": handle, "number": number_of(page)}
        answer = await office.http.post("oidc/proof", json=proof, headers=bearer)
        assert (answer.status_code, "does not say when" in answer.json()["detail"]) == (403, True)
        assert (await office.http.post("accounts/Dana/disable", headers=bearer)).status_code == 403

    at_agency(tmp_path, scene)


def test_strangers_who_come_back_again_and_again_are_a_number_on_record(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        statuses = []
        for number in range(ONE_BY_ONE):
            statuses.append((await agency.back({"state": f"guess {number}", "code": "x"})).status_code)
            # What a stranger says on the way back makes no new kind of refusal.
            address, _ = await agency.begin()
            state = parse_qs(urlsplit(address).query)["state"][0]
            told = {"state": state, "error": "no", "error_description": f"{number}"}
            statuses.append((await agency.back(told)).status_code)
        assert statuses == [401, 403] * (ONE_BY_ONE // 2) + [429] * ONE_BY_ONE
        assert len(await agency.refusals()) == ONE_BY_ONE
        # Who is let in by the provider is let in meanwhile.
        page, handle = await agency.through()
        assert (await agency.finish(handle, number_of(page))).status_code == 200
        agency.office.now += timedelta(minutes=1)
        await agency.office.hub.denials.sum_up()
        assert (await agency.refusals())[-1][1] == (
            f"by the agency's provider: {ONE_BY_ONE} more since "
            f"{agency.office.now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S+00:00}"
        )

    at_agency(tmp_path, scene)
