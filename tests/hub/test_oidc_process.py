"""A hub's own process that is told of the agency's provider on its command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, RETURN, oidc_provider
from tests.hub.agency import number_of
from tests.hub.running_hub import HubChild, client, sign_in


def test_a_hub_lets_people_in_whom_its_provider_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHFLOOR_OIDC_SECRET", CLIENT_SECRET)
    file = tmp_path / "oidc.toml"

    async def scene() -> None:
        child = HubChild(tmp_path / "data", 0, "--oidc", str(file))
        try:
            port = (await child.start())["port"]
            desk = await sign_in(port)
            async with desk.http, client(port, None) as http:
                await desk.post("accounts", {"name": "Dana", "roles": ["operator"]}, 201)
                begun = (await http.post("oidc/begin", json={"banner_acknowledged": True})).json()
                told = await asyncio.to_thread(provider.browser, begun["address"])
                page = await http.get("oidc/return", params=told)
                body = {"handle": begun["handle"], "number": number_of(page)}
                assert (await http.post("oidc/finish", json=body)).json()["user"] == "Dana"
        finally:
            code, out, log = await asyncio.to_thread(child.let_go)
        assert code == 0
        assert CLIENT_SECRET not in out + log

    with oidc_provider() as provider:
        file.write_text(
            f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT_ID}"\nreturn_address = "{RETURN}"\n'
        )
        asyncio.run(scene())


def test_a_file_that_cannot_be_used_keeps_the_hub_from_starting(tmp_path: Path) -> None:
    async def scene() -> None:
        child = HubChild(tmp_path / "data", 0, "--oidc", str(tmp_path / "nowhere.toml"))
        told = await child.start()
        code, _, _ = await asyncio.to_thread(child.let_go)
        assert (code, told["error"].startswith("nowhere.toml cannot be read")) == (2, True)

    asyncio.run(scene())
