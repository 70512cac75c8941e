"""The first account, made at the desk whose hub it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.hub.sessions import Sessions
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.office import OWN, Office
from tests.hub.running_hub import OPERATOR_TOKEN, client, running_hub

pytestmark = ON_BOTH_ENGINES


def test_the_first_account_is_made_at_the_own_desk_once(tmp_path: Path) -> None:
    async def scene() -> None:
        office = Office()
        async with office.open(tmp_path):
            wanted = {"name": "Sam", "password": OWN, "desk_token": "guess", "banner_acknowledged": True}
            assert (await office.http.get("banner")).json()["has_accounts"] is False
            assert (await office.http.post("first-account", json=wanted)).status_code == 401
            wanted["desk_token"] = "o" * 16
            weak = await office.http.post("first-account", json=wanted | {"password": "password"})
            assert weak.status_code == 422
            made = await office.http.post("first-account", json=wanted)
            assert made.status_code == 201, made.text
            assert set(made.json()["roles"]) == {"Supervisor", "Administrator", "Auditor"}
            assert (await office.http.post("first-account", json=wanted)).status_code == 409
            entering = {"name": "sam", "password": OWN, "code": "", "banner_acknowledged": True}
            assert (await office.http.post("sign-in", json=entering)).status_code == 401
            entering["desk_token"] = "o" * 16
            assert (await office.http.post("sign-in", json=entering)).status_code == 200

    asyncio.run(scene())


def test_a_hub_that_serves_several_desks_takes_no_desk_token_for_a_code() -> None:
    sessions = Sessions("o" * 16, "i" * 16, "Desk")
    assert sessions.is_own_desk("o" * 16)
    sessions.serve_several()
    assert not sessions.is_own_desk("o" * 16)


def test_only_a_hub_that_a_console_started_takes_its_token_for_a_code(tmp_path: Path) -> None:
    first = {"name": "Sam", "password": OWN, "desk_token": OPERATOR_TOKEN, "banner_acknowledged": True}

    async def scene() -> None:
        async with running_hub(tmp_path / "centre") as ready, client(ready.port, None) as http:
            assert (await http.post("first-account", json=first)).status_code == 401
        async with running_hub(tmp_path / "own", one_desk=True) as ready, client(ready.port, None) as http:
            assert (await http.post("first-account", json=first)).status_code == 201

    asyncio.run(scene())
