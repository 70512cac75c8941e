"""A locked desk: nothing for anybody until its person has unlocked it (R1)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.office import OWN, Office, in_office, live, looking
from tests.hub.test_rights import Message

pytestmark = ON_BOTH_ENGINES


def test_a_locked_desk_gets_nothing_until_its_person_unlocks_it(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        await looking(office, bearer)
        said: list[Message] = []
        following = asyncio.create_task(live(office, bearer, said))
        await until(lambda: bool(said))
        assert (await office.http.post("session/lock", headers=bearer)).status_code == 204
        await asyncio.wait_for(following, 5)
        assert said[-1] == {"type": "websocket.close", "code": 4423, "reason": "This desk is locked."}
        assert sum('"because": "revoked"' in text for text in office.tail()) == 1
        for path in ("snapshot", "session", "presence"):
            assert (await office.http.get(path, headers=bearer)).status_code == 423
        again: list[Message] = []
        await live(office, bearer, again)
        assert again[0]["status"] == 423, again
        wrong = await office.http.post("session/unlock", json={"password": "wrong"}, headers=bearer)
        assert wrong.status_code == 401
        right = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
        assert right.status_code == 200, right.text
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 200
        await looking(office, bearer, import_first=False)

    in_office(tmp_path, scene)


def test_five_wrong_passwords_at_a_locked_desk_lock_the_account_and_end_the_session(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, bearer = await office.person()
        await office.http.post("session/lock", headers=bearer)
        for _ in range(5):
            body = {"password": "wrong"}
            assert (await office.http.post("session/unlock", json=body, headers=bearer)).status_code == 401
        answer = await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
        assert answer.status_code == 403
        assert (
            await office.http.post("session/unlock", json={"password": OWN}, headers=bearer)
        ).status_code == 401

    in_office(tmp_path, scene)


def test_a_session_without_a_password_is_not_locked(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        answer = await office.http.post("session/lock", headers=office.admin)
        assert answer.status_code == 409

    in_office(tmp_path, scene)
