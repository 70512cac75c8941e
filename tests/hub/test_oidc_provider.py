"""A provider that is broken, slow, down or badly set up."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest

from app.domain.errors import OperatorError
from app.hub.oidc.settings import OidcSettings, read_oidc
from app.hub.oidc.sign_ins import OidcSignIns
from app.hub.vault import Vault
from tests.conftest import LogLines
from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, RETURN, oidc_provider
from tests.hub.agency import Agency, at_agency
from tests.hub.office import Office
from tests.hub.running_hub import MemoryKeyring


def test_a_provider_that_takes_the_secret_as_basic_only_gets_it_so(tmp_path: Path) -> None:
    async def scene(agency: Agency) -> None:
        # What authlib's server does not decode is what its secret may not have.
        agency.provider.secret = "plain-secret"
        agency.provider.secret_by.remove("client_secret_post")
        assert (await agency.through())[0].status_code == 200

    at_agency(tmp_path, scene, client_secret="plain-secret")


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("how", ["500", "no json", "a list", "too much", "elsewhere", "deep"])
def test_a_broken_provider_is_told_in_words(tmp_path: Path, path: str, how: str) -> None:
    answers = {
        "500": lambda: flask.Response("x", 500),
        "no json": lambda: flask.Response("<html>", 200),
        "a list": lambda: flask.Response("[]", 200),
        "too much": lambda: flask.Response(" " * 300_000, 200),
        "elsewhere": lambda: flask.redirect("http://127.0.0.1:1/"),
        "deep": lambda: flask.Response("[" * 100_000, 200),
    }

    async def scene(agency: Agency) -> None:
        agency.provider.broken[path] = answers[how]  # type: ignore[assignment]
        begun = await agency.office.http.post("oidc/begin", json={"banner_acknowledged": True})
        if path.startswith("/."):
            assert (begun.status_code, "agency's provider" in begun.json()["detail"]) == (502, True)
            return
        page = await agency.back(await agency.browse(begun.json()["address"]))
        assert (how in {"500", "elsewhere"}) == ("refuses what the hub asks" in page.text)
        assert (how == "too much") == ("more than can be right" in page.text)
        assert (page.status_code, "agency&#x27;s provider" in page.text) == (502, True)

    at_agency(tmp_path, scene)


@pytest.mark.parametrize("how", ["says nothing", "says it bit by bit"])
def test_a_slow_provider_costs_who_signs_in_seconds_and_nobody_else_anything(
    tmp_path: Path, how: str
) -> None:
    over = threading.Event()

    def bits() -> Iterator[str]:
        while not over.wait(0.1):
            yield " "

    def slowly() -> flask.Response:
        if how == "says nothing":
            over.wait(30)
        return flask.Response(bits())

    async def scene(agency: Agency) -> None:
        agency.provider.broken["/token"] = slowly
        address, _ = await agency.begin()
        told = await agency.browse(address)
        try:
            async with asyncio.timeout(10):
                waiting = asyncio.create_task(agency.back(told))
                assert (await agency.office.http.get("banner")).status_code == 200
                page = await waiting
        finally:
            over.set()
        assert (page.status_code, "does not answer" in page.text) == (502, True)

    at_agency(tmp_path, scene, deadline_s=0.5)


def test_a_provider_that_is_down_is_told_in_words(tmp_path: Path, log_lines: LogLines) -> None:
    async def run() -> None:
        async with Office().open(tmp_path) as office:
            with oidc_provider() as provider:
                issuer = provider.issuer
            settings = OidcSettings(issuer, CLIENT_ID, RETURN, CLIENT_SECRET)
            office.hub.oidc = OidcSignIns(
                settings, office.hub.journal, office.hub.denials, office.hub.now, office.hub.sessions
            )
            answer = await office.http.post("oidc/begin", json={"banner_acknowledged": True})
            assert (answer.status_code, "does not answer" in answer.json()["detail"]) == (502, True)
            assert CLIENT_SECRET not in str(log_lines)

    asyncio.run(run())


@pytest.mark.parametrize(
    "other",
    ["issuer", "http://evil.invalid/token", "https://a@b.invalid/token", "http://127.0.0.1.evil.invalid/"],
)
def test_a_provider_that_names_unsafe_endpoints_is_refused(tmp_path: Path, other: str) -> None:
    async def scene(agency: Agency) -> None:
        issuer = agency.provider.issuer
        told = {
            "issuer": "https://elsewhere.invalid" if other == "issuer" else issuer,
            "authorization_endpoint": f"{issuer}/authorize", "jwks_uri": f"{issuer}/keys",
            "token_endpoint": f"{issuer}/token" if other == "issuer" else other,
        }  # fmt: skip
        path = "/.well-known/openid-configuration"
        agency.provider.broken[path] = lambda: flask.Response(json.dumps(told))
        answer = await agency.office.http.post("oidc/begin", json={"banner_acknowledged": True})
        assert answer.status_code == 502

    at_agency(tmp_path, scene)


GOOD = f'issuer = "https://id.example"\nclient_id = "w"\nreturn_address = "{RETURN}"\n'


def test_the_secret_comes_from_the_environment_once_and_is_kept_in_the_vault(tmp_path: Path) -> None:
    file = tmp_path / "oidc.toml"
    file.write_text(GOOD)

    async def scene() -> None:
        ring = MemoryKeyring()
        told = await read_oidc(file, {"WATCHFLOOR_OIDC_SECRET": "s3cret"}, Vault(ring))
        assert told == await read_oidc(file, {}, Vault(ring))
        assert (told.client_secret, "s3cret" in repr(told)) == ("s3cret", False)
        with pytest.raises(OperatorError, match="secret for the agency's provider is not known"):
            await read_oidc(file, {}, Vault(None))

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("more", "amr"),
    [("", ("mfa", "otp", "hwk", "sc")), ('require_acr = ["x"]', ()), ('require_amr = ["a"]', ("a",))],
)
def test_a_second_factor_is_always_asked_for(tmp_path: Path, more: str, amr: tuple[str, ...]) -> None:
    file = tmp_path / "oidc.toml"
    file.write_text(GOOD + more)
    told = asyncio.run(read_oidc(file, {"WATCHFLOOR_OIDC_SECRET": "x"}, Vault(None)))
    assert told.require_amr == amr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("[[", "not TOML"),
        ("", "cannot be used: client_id, issuer, return_address"),
        (GOOD + 'claim = "phone"', "cannot be used: claim"),
        (GOOD + "require_amr = []", "cannot be used: require_amr"),
        (GOOD + 'secret = "s3cret"', "cannot be used: secret"),
        (GOOD + 'scopes = ["email"]', "lack openid"),
        (GOOD.replace("https://id", "http://id"), "issuer in oidc.toml is not an https address"),
        (GOOD.replace("127.0.0.1", "hub.example"), "return_address in oidc.toml is not an https address"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "oidc.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(OperatorError) as refusal:
        asyncio.run(read_oidc(file, {"WATCHFLOOR_OIDC_SECRET": "x"}, Vault(None)))
    assert words in refusal.value.message
    assert "s3cret" not in refusal.value.message + refusal.value.hint
