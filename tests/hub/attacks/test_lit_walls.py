"""Somebody at a locked desk, or with its key, tries to see more than the wall that stays lit (R1)."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import Act, AuditEntry
from app.domain.camera import Use
from app.domain.rights import Right
from app.hub.api.access import actor
from app.hub.db.session_book import write_proof
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import put_use_on_record
from app.hub.refusals import LockedError
from app.hub.rights_table import endpoints
from app.hub.sessions import Session
from app.hub.vault import Vault
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import OWN, Office
from tests.hub.running_hub import MemoryKeyring
from tests.hub.wall_room import REASON, WALL, WallRoom, in_wall_room

pytestmark = ON_BOTH_IN_FULL
CONSENT = {
    "level": 2, "scope": "always", "given_by": "Shop", "obtained": "form", "document": "7",
    "valid_from": "2026-01-01T00:00:00Z",
}  # fmt: skip
LOCKED_TOO = {
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/session/lock"),
    ("POST", "/api/v1/session/unlock"),
    ("POST", "/api/v1/oidc/unlock"),
    ("POST", "/api/v1/oidc/unlock/begin"),
    ("POST", "/api/v1/leases/{lease_id}/renew"),
    ("LIVE", "/api/v1/live/kept"),
}


def test_a_desk_that_is_not_enrolled_keeps_nothing(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        _, ben = await room.office.person("Ben")
        assert (await room.enter(ben, "guessed-key-of-nobody"))["id"] == ""
        lease = await room.look(bearer=ben)
        await room.lock(ben)
        assert room.ended() == [lease]
        await room.renew(lease, 404, ben)
        acts = await room.office.acts()
        assert ("desk_enter", "Ben", "refused", "no enrolled desk's key") in acts

    in_wall_room(tmp_path, scene)


def test_keys_are_not_guessed_fast(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        for _ in range(10):
            await room.enter(room.dana, "guess")
        await room.ask("PUT", "session/desk", 429, room.dana, {"key": "guess"})

    in_wall_room(tmp_path, scene)


def test_a_desks_key_alone_opens_nothing(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        await room.look()
        await room.lock()
        thief = {"Authorization": f"Bearer {room.key}"}
        for endpoint in endpoints():
            if endpoint.method != "LIVE" and (endpoint.right is not None or endpoint.signed_in):
                path = re.sub(r"\{[^}]*\}", "x", endpoint.path.removeprefix("/api/v1/"))
                await room.ask(endpoint.method, path, 401, thief, {})
        _, said = await room.follow(thief)
        assert said[0]["status"] == 401

    in_wall_room(tmp_path, scene)


def test_a_stolen_key_in_another_session_shows_nothing_of_the_first_and_darkens_its_wall(
    tmp_path: Path,
) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        _, thief = await room.office.person("Thief")
        await room.enter(thief)
        assert room.ended() == [lease]
        await room.renew(lease, 404, thief)
        _, said = await room.follow(thief)
        assert said[0]["status"] == 409

    in_wall_room(tmp_path, scene)


def test_a_private_camera_goes_dark_on_an_exempt_wall(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        supervisor = (await room.office.person("Sue", "supervisor"))[1]
        await room.ask("PUT", "cameras/plain/consent", 200, supervisor, CONSENT)
        lease = await room.look(reason="call_911")
        await room.lock()
        assert room.ended() == [lease]
        await room.renew(lease, 404)

    in_wall_room(tmp_path, scene)


def test_a_camera_that_becomes_private_goes_dark_at_a_locked_desk(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        supervisor = (await room.office.person("Sue", "supervisor"))[1]
        lease = await room.look()
        await room.lock()
        await room.ask("PUT", "cameras/plain/consent", 200, supervisor, CONSENT)
        assert room.ended() == [lease]
        await room.renew(lease, 404)

    in_wall_room(tmp_path, scene)


def test_a_locked_desk_with_a_lit_wall_gets_nothing_else(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        for endpoint in endpoints():
            if (endpoint.method, endpoint.path) in LOCKED_TOO or endpoint.method == "LIVE":
                continue
            if endpoint.right is None and not endpoint.signed_in:
                continue
            path = endpoint.path.replace("{lease_id}", lease).removeprefix("/api/v1/")
            path = re.sub(r"\{[^}]*\}", "x", path)
            await room.ask(endpoint.method, path, 423, room.dana, {})
        wanted = {"camera_id": "plain", "quality": "main", "reason": "", "wall": WALL}
        await room.ask("POST", "leases", 423, room.dana, wanted)
        await room.renew(lease)

    in_wall_room(tmp_path, scene)


def test_the_lock_that_comes_while_a_lease_waits_for_the_vault_comes_first(tmp_path: Path) -> None:
    class SlowVault(Vault):
        """Answers when it is let."""

        asked, let = asyncio.Event(), asyncio.Event()
        slow = False

        async def find(self, reference: str) -> str | None:
            if self.slow:
                self.asked.set()
                await self.let.wait()
            return await super().find(reference)

        def held(self, reference: str) -> str | None:
            return None if self.slow and not self.let.is_set() else super().held(reference)

    async def scene() -> None:
        vault = SlowVault(MemoryKeyring())
        async with Office(vault).open(tmp_path) as office:
            room = WallRoom(office)
            await room.furnish()
            vault.slow = True
            wanted = {"camera_id": "both", "quality": "main", "reason": "", "wall": WALL}
            asking = asyncio.create_task(room.ask("POST", "leases", 423, room.dana, wanted))
            await vault.asked.wait()
            await room.lock()
            vault.let.set()
            await asking

    asyncio.run(scene())


def test_anothers_look_is_as_good_as_none(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        _, ben = await room.office.person("Ben")
        made = await room.ask("POST", "desks", 201, room.root, {"name": "Back desk"})
        await room.enter(ben, made["key"])
        theirs = await room.look(bearer=ben)
        lease = await room.look()
        await room.lock()
        await room.renew(theirs, 404)
        await room.renew(lease, 404, ben)
        _, again = await room.office.person("Dan")
        await room.renew(lease, 404, again)

    in_wall_room(tmp_path, scene)


def test_the_same_persons_other_session_renews_nothing_of_the_locked_one(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        office = room.office
        office.handed["Dana"] = await office.create("Dora")
        office.now += timedelta(minutes=1)
        answer = await office.sign_in("Dana", OWN, "", desk_token="o" * 16)
        other = {"Authorization": f"Bearer {answer.json()['session_token']}"}
        await room.renew(lease, 404, other)
        await room.renew(lease)

    in_wall_room(tmp_path, scene)


@pytest.mark.parametrize("end", ["roles", "disable", "sign out", "twelve hours"])
def test_what_ends_a_session_ends_the_lit_wall(tmp_path: Path, end: str) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        if end == "twelve hours":
            room.office.now += timedelta(hours=11, minutes=58)
            lease = await room.look()
        await room.lock()
        following, said = await room.follow()
        if end == "roles":
            await room.office.deed("PUT", "Dana/roles", 204, {"roles": ["supervisor"]})
        elif end == "disable":
            await room.office.deed("POST", "Dana/disable", 204)
        elif end == "sign out":
            await room.ask("DELETE", "session", 204)
        else:
            room.office.now += timedelta(minutes=2)
            await room.office.hub.tend_sessions()
        await asyncio.wait_for(following, 2)
        assert said[-1]["code"] == 4401
        assert lease in room.ended()
        await room.renew(lease, 401)

    in_wall_room(tmp_path, scene)


def test_the_end_of_a_shift_ends_the_lit_wall(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        office = room.office
        await office.create_named("Vera", "volunteer")
        ends_at = office.now + timedelta(minutes=30)
        wanted: dict[str, Any] = {
            "account": "Vera", "begins_at": office.now.isoformat(), "ends_at": ends_at.isoformat(),
        }  # fmt: skip
        await room.ask("POST", "shifts", 201, office.bearer("supervisor"), wanted)
        vera = await office.enter("Vera")
        await room.enter(vera)
        lease = await room.look(bearer=vera)
        await room.lock(vera)
        following, said = await room.follow(vera)
        (shift,) = (await room.ask("GET", "shifts", 200, office.admin))["shifts"]
        await room.ask("DELETE", f"shifts/{shift['id']}", 204, office.admin)
        await office.hub.tend_sessions()
        await asyncio.wait_for(following, 2)
        assert said[-1]["code"] == 4401
        assert lease in room.ended()
        await room.renew(lease, 401, vera)

    in_wall_room(tmp_path, scene)


def test_unlocking_takes_the_password_as_ever(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        await room.look()
        await room.lock()
        await room.ask("POST", "session/unlock", 401, body={"password": room.key})
        await room.ask("PUT", "session/desk", 423, room.dana, {"key": room.key})
        await room.ask("GET", "snapshot", 423)

    in_wall_room(tmp_path, scene)


def test_nobody_exempts_their_own_wall_without_the_right(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        path = f"desks/{room.desk}/exempt-walls/wall-3"
        for role in ("operator", "supervisor", "volunteer", "auditor"):
            bearer = room.office.bearer(role)
            await room.ask("PUT", path, 403, bearer, {"reason": "Because I want it."})
            await room.ask("POST", "desks", 403, bearer, {"name": "Mine"})
        settings = {one.path for one in endpoints() if one.right is Right.SETTINGS and one.proof}
        assert {"/api/v1/desks", "/api/v1/desks/{desk_id}/exempt-walls/{wall}"} <= settings

    in_wall_room(tmp_path, scene)


def test_a_look_that_goes_on_is_used_for_nothing_else_by_who_came_before_the_lock(
    tmp_path: Path,
) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        hub = room.office.hub
        by = actor(hub.sessions.of("Dana")[0], "desk")
        await room.lock()
        with pytest.raises(LockedError):
            await put_use_on_record(hub.journal, hub.sessions, by, lease, Use.REPLAY, ())

    in_wall_room(tmp_path, scene, "supervisor")


async def proved(uow: UnitOfWork, session: Session) -> None:
    uow.audit(AuditEntry(Act.PROOF, f"account/{session.user}"))
    await write_proof(uow, session)


def test_a_proof_that_was_begun_before_the_lock_unlocks_nothing(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        hub = room.office.hub
        session = hub.sessions.of("Dana")[0]
        by, locked_by = actor(session, "desk"), session.turned
        proof = asyncio.create_task(hub.journal.write(by, partial(proved, session=session)))
        await asyncio.sleep(0)
        lock = asyncio.create_task(hub.care.lock(session, by))
        await locked_by.wait()
        turned = session.turned
        await asyncio.gather(proof, lock)
        await until(lambda: any('"unlocks": false' in text for text in room.office.tail()))
        assert session.locked
        assert session.turned is turned, "it was unlocked in between"

    in_wall_room(tmp_path, scene, "supervisor")


def test_the_main_windows_wall_is_never_exempt(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        path, body = f"desks/{room.desk}/exempt-walls/wall-1", {"reason": REASON}
        await room.ask("PUT", path, 409, room.root, body)

    in_wall_room(tmp_path, scene)


def test_a_look_at_a_desk_that_is_not_locked_is_asked_for_anew_and_not_renewed(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        for wall in (WALL, "wall-3", None):
            await room.renew(await room.look("both", wall), 409)

    in_wall_room(tmp_path, scene)
