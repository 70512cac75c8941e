"""A locked desk with a lit wall follows one hub, and the setting is taken back at another one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.hub.application import application
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY
from tests.hub.office import live
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Message
from tests.hub.test_side_by_side import bearer, two_hubs, web
from tests.hub.wall_room import REASON, WALL, frames

pytestmark = [ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY]
OWN = "one of my own"


def test_what_is_taken_back_at_one_hub_is_dark_at_the_other(tmp_path: Path) -> None:
    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b), web(a) as at_a, web(b) as at_b:
            admin = bearer(a, "administrator")
            plan = (await at_a.post("cameras/import?name=c", content=CAMERAS, headers=admin)).json()
            await at_a.post(f"cameras/import/{plan['token']}", headers=admin)

            async def person(name: str, role: str) -> dict[str, str]:
                body = {"name": name, "roles": [role]}
                made = (await at_a.post("accounts", json=body, headers=admin)).json()
                typed = {"name": name, "password": made["password"], "code": "", "new_password": OWN}
                told = typed | {"desk_token": "o" * 16, "banner_acknowledged": True}
                answer = await at_a.post("sign-in", json=told)
                assert answer.status_code == 200, answer.text
                return {"Authorization": f"Bearer {answer.json()['session_token']}"}

            root, dana = await person("Root", "administrator"), await person("Dana", "operator")
            desk: dict[str, Any] = (await at_a.post("desks", json={"name": "Front"}, headers=root)).json()
            path = f"desks/{desk['id']}/exempt-walls/{WALL}"
            assert (await at_a.put(path, json={"reason": REASON}, headers=root)).status_code == 204
            await at_b.put("session/desk", json={"key": desk["key"]}, headers=dana)
            wanted = {"camera_id": "plain", "quality": "main", "reason": "", "wall": WALL}
            lease = (await at_b.post("leases", json=wanted, headers=dana)).json()["id"]
            assert (await at_a.post("session/lock", headers=dana)).status_code == 204
            await until(lambda: all(one.locked for one in b.sessions.of("Dana")))
            assert (await at_b.post(f"leases/{lease}/renew", headers=dana)).status_code == 200
            said: list[Message] = []
            where = SimpleNamespace(app=application(b))
            following = asyncio.create_task(live(where, dana, said, "/api/v1/live/kept"))  # type: ignore[arg-type]
            await until(lambda: frames(said) == [{"type": "kept", "leases": [lease]}])
            assert (await at_a.delete(path, headers=root)).status_code == 204
            # Whoever asks the other hub is refused before that has heard of it.
            assert (await at_b.post(f"leases/{lease}/renew", headers=dana)).status_code == 404
            await asyncio.wait_for(following, 2)
            assert frames(said)[-1]["events"][0]["data"]["id"] == lease
            assert said[-1]["code"] == 4423

    asyncio.run(scene())
