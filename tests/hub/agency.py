"""A hub whose agency has a sign-in provider of its own, for tests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.hub.oidc.provider import Provider
from app.hub.oidc.settings import OidcSettings
from app.hub.oidc.sign_ins import OidcSignIns
from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, RETURN, OidcProvider, oidc_provider
from tests.hub.office import Office

Told = dict[str, str]


class Agency:
    """A hub with accounts, and the agency's provider beside it."""

    def __init__(self, office: Office, provider: OidcProvider) -> None:
        self.office = office
        self.provider = provider

    async def begin(self) -> tuple[str, str]:
        answer = await self.office.http.post("oidc/begin", json={"banner_acknowledged": True})
        assert answer.status_code == 200, answer.text
        return answer.json()["address"], answer.json()["handle"]

    async def browse(self, address: str) -> Told:
        return await asyncio.to_thread(self.provider.browser, address)

    async def back(self, told: Told) -> httpx.Response:
        return await self.office.http.get("oidc/return", params=told)

    async def finish(self, handle: str, number: str) -> httpx.Response:
        return await self.office.http.post("oidc/finish", json={"handle": handle, "number": number})

    async def through(self) -> tuple[httpx.Response, str]:
        """Go through the browser's part; return the page and the handle."""
        address, handle = await self.begin()
        return await self.back(await self.browse(address)), handle

    async def refusals(self) -> list[tuple[str, str | None]]:
        return [(who, detail) for act, who, out, detail in await self.office.acts() if out == "refused"]


def number_of(page: httpx.Response) -> str:
    found = re.search(r"<strong>(\d{3}) (\d{3})</strong>", page.text)
    assert found, page.text
    return "".join(found.groups())


def at_agency(
    folder: Path, scene: Callable[[Agency], Awaitable[None]], deadline_s: float = 8.0, **settings: Any
) -> None:
    async def run() -> None:
        async with Office().open(folder) as office:
            office.now = datetime.now(UTC)
            chosen = OidcSettings(
                **{"client_secret": CLIENT_SECRET, **settings},
                issuer=provider.issuer, client_id=CLIENT_ID, return_address=RETURN,
            )  # fmt: skip
            office.hub.oidc = OidcSignIns(
                chosen, office.hub.journal, office.hub.denials, office.hub.now, office.hub.sessions,
                Provider(chosen, office.hub.now, deadline_s=deadline_s),
            )  # fmt: skip
            await office.create("Dana", "operator")
            await scene(Agency(office, provider))

    with oidc_provider() as provider:
        asyncio.run(run())
