"""Walls that stay lit while their desk is locked (R1): what goes on there, and that nothing else does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from app.hub.backup.restore_command import restore
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES, ON_FILES_ONLY
from tests.hub.office import OWN, Office, in_office
from tests.hub.running_hub import alert
from tests.hub.test_backup import backed_up
from tests.hub.test_leases import CAMERAS
from tests.hub.wall_room import REASON, WALL, WallRoom, frames, in_wall_room

pytestmark = ON_BOTH_ENGINES


def test_without_the_setting_a_lock_ends_every_look_at_an_enrolled_desk_too(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        await room.ask("DELETE", f"desks/{room.desk}/exempt-walls/{WALL}", 204, room.root)
        lease = await room.look()
        await room.lock()
        assert room.ended() == [lease]
        await room.renew(lease, 404)
        _, said = await room.follow()
        assert said[0]["status"] == 423

    in_wall_room(tmp_path, scene)


def test_a_lock_leaves_the_exempt_walls_looks_and_they_can_be_renewed(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        kept = await room.look()
        others = [await room.look("both", "wall-1"), await room.look("both", None)]
        await room.lock()
        assert room.ended() == others
        room.office.now += timedelta(minutes=4)
        told = await room.renew(kept)
        assert told["expires_at"].startswith(
            (room.office.now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
        )
        room.office.now += timedelta(minutes=4)
        await room.renew(kept)
        acts = await room.office.acts()
        assert ("lock", "Dana", "done", "looks that go on at walls that stay lit: 1") in acts
        assert acts.count(("look_renew", "Dana", "done", f"for {WALL}")) == 2
        assert ("look", "Dana", "done", f"for {WALL}") in acts
        await room.ask("POST", "session/unlock", 200, body={"password": OWN})
        await room.ask("DELETE", f"leases/{kept}", 204)

    in_wall_room(tmp_path, scene)


def test_what_is_not_renewed_ends_within_five_minutes_of_the_lock(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        room.office.now += timedelta(minutes=5)
        await room.renew(lease, 404)
        _, said = await room.follow()
        assert said[0]["status"] == 423

    in_wall_room(tmp_path, scene)


def test_enrolling_and_exempting_are_on_record_and_listed_with_reason_and_person(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        (told,) = (await room.ask("GET", "desks", 200, room.root))["desks"]
        assert (told["name"], told["enrolled_by"]) == ("Front desk", "Root")
        (exempt,) = told["exempt_walls"]
        assert (exempt["wall"], exempt["reason"], exempt["set_by"]) == (WALL, REASON, "Root")
        assert "key" not in told
        assert (await room.ask("GET", "session/desk", 200))["exempt_walls"] == [WALL]
        await room.ask("DELETE", f"desks/{room.desk}/exempt-walls/{WALL}", 204, room.root)
        await room.ask("DELETE", f"desks/{room.desk}/exempt-walls/{WALL}", 404, room.root)
        await room.ask("DELETE", f"desks/{room.desk}", 204, room.root)
        assert (await room.ask("GET", "session/desk", 200)) == {
            "id": "",
            "name": "",
            "exempt_walls": [],
            "any_enrolled": False,
        }
        acts = [(act, who, detail) for act, who, _, detail in await room.office.acts()]
        for act, who, detail in (
            ("desk_enrol", "Root", "Front desk"),
            ("wall_exempt", "Root", WALL),
            ("wall_hide", "Root", WALL),
            ("desk_withdraw", "Root", "Front desk"),
        ):
            assert acts.count((act, who, detail)) == 1, act
        assert [who for act, who, _ in acts if act == "desk_enter"] == ["Root", "Dana"]

    in_wall_room(tmp_path, scene)


def test_a_setting_without_a_reason_or_for_no_wall_is_refused(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        path = f"desks/{room.desk}/exempt-walls"
        await room.ask("PUT", f"{path}/{WALL}", 422, room.root, {"reason": "   short   "})
        await room.ask("PUT", f"{path}/wall%202", 422, room.root, {"reason": REASON})
        await room.ask("PUT", f"desks/nowhere/exempt-walls/{WALL}", 404, room.root, {"reason": REASON})
        await room.ask("POST", "desks", 409, room.root, {"name": "front DESK"})
        await room.ask("POST", "desks", 409, room.office.admin, {"name": "Another"})

    in_wall_room(tmp_path, scene)


def test_the_setting_takes_a_fresh_proof(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        room.office.now += timedelta(minutes=16)
        path = f"desks/{room.desk}/exempt-walls/{WALL}"
        for method, where, body in (
            ("PUT", path, {"reason": REASON}),
            ("DELETE", path, None),
            ("POST", "desks", {"name": "Another"}),
            ("DELETE", f"desks/{room.desk}", None),
        ):
            assert (await room.ask(method, where, 403, room.root, body))["kind"] == "proof"

    in_wall_room(tmp_path, scene)


@pytest.mark.parametrize("withdrawn", ["wall", "desk"])
def test_withdrawing_ends_what_goes_on_at_a_locked_desk_at_once_and_its_socket_says_so(
    tmp_path: Path, withdrawn: str
) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        following, said = await room.follow()
        assert frames(said) == [{"type": "kept", "leases": [lease]}]
        path = f"desks/{room.desk}" + (f"/exempt-walls/{WALL}" if withdrawn == "wall" else "")
        await room.ask("DELETE", path, 204, room.root)
        await asyncio.wait_for(following, 2)
        ((told,),) = [frame["events"] for frame in frames(said)[1:]]
        assert (told["data"]["id"], told["data"]["because"]) == (lease, "revoked")
        assert said[-1] == {"type": "websocket.close", "code": 4423, "reason": "no look goes on"}
        await room.renew(lease, 404)

    in_wall_room(tmp_path, scene)


def test_the_locked_desks_socket_tells_of_its_looks_and_of_nothing_else(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        lease, other = await room.look(), await room.look("both", "wall-1")
        await room.lock()
        following, said = await room.follow()
        operator = room.office.bearer("operator")
        await room.ask("POST", "alerts", 200, operator, alert())
        await room.ask("POST", "incidents", 201, operator, {"title": "Fire", "lat": 1.0, "lon": 2.0})
        theirs = await room.look("both", None, operator)
        await room.ask("DELETE", f"leases/{theirs}", 204, operator)
        consent = {
            "level": 2, "scope": "always", "given_by": "Shop", "obtained": "form", "document": "7",
            "valid_from": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        supervisor = (await room.office.person("Sue", "supervisor"))[1]
        await room.ask("PUT", "cameras/plain/consent", 200, supervisor, consent)
        await asyncio.wait_for(following, 2)
        kept, ended = frames(said)
        assert kept == {"type": "kept", "leases": [lease]}
        assert [one["data"]["id"] for one in ended["events"]] == [lease]
        assert other not in str(said)

    in_wall_room(tmp_path, scene)


def test_the_locked_desks_socket_closes_with_the_lock_and_with_the_session(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        await room.look()
        await room.lock()
        following, said = await room.follow()
        await room.ask("POST", "session/unlock", 200, body={"password": OWN})
        await asyncio.wait_for(following, 2)
        assert said[-1]["code"] == 4424
        _, refused = await room.follow()
        assert refused[0]["status"] == 409
        await room.look("both")
        await room.lock()
        following, said = await room.follow()
        await room.office.deed("POST", "Dana/disable", 204)
        await asyncio.wait_for(following, 2)
        assert said[-1]["code"] == 4401

    in_wall_room(tmp_path, scene)


def test_a_camera_that_an_import_changes_goes_dark_at_a_locked_desk(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        kept, changed = await room.look("both"), await room.look()
        await room.lock()
        file = CAMERAS.replace(b'"name": "Plain"', b'"name": "Plain", "privacy_masks": [[0, 0, 0.5, 0.5]]')
        plan = await room.office.http.post("cameras/import?name=c", content=file, headers=room.office.admin)
        assert plan.json()["changed"] == 1
        await room.ask("POST", f"cameras/import/{plan.json()['token']}", 200, room.office.admin)
        assert room.ended() == [changed]
        await room.renew(kept)

    in_wall_room(tmp_path, scene)


def test_the_setting_outlives_the_hubs_process_and_what_went_on_does_not(tmp_path: Path) -> None:
    async def scene() -> None:
        office = Office()
        async with office.open(tmp_path):
            room = WallRoom(office)
            await room.furnish()
            lease = await room.look()
            await room.lock()
        async with office.open(tmp_path):
            await room.renew(lease, 404)
            await room.ask("POST", "session/unlock", 200, body={"password": OWN})
            lease = await room.look()
            await room.lock()
            await room.renew(lease)

    asyncio.run(scene())


def test_somebody_who_signs_in_at_the_desk_takes_it_over(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        lease = await room.look()
        await room.lock()
        _, ben = await room.office.person("Ben")
        assert (await room.enter(ben))["id"] == room.desk
        assert room.ended() == [lease]
        theirs = await room.look(bearer=ben)
        await room.lock(ben)
        await room.renew(theirs, bearer=ben)

    in_wall_room(tmp_path, scene)


def test_an_operator_hears_that_a_desk_changed_and_not_how(tmp_path: Path) -> None:
    async def scene(room: WallRoom) -> None:
        head = room.office.hub.log.head
        await room.exempt("wall-3")
        await until(lambda: room.office.hub.log.head > head)
        ((_, text),) = await room.office.hub.log.after(head, 10)
        assert REASON not in text
        assert room.key not in "".join(room.office.tail())

    in_wall_room(tmp_path, scene)


def test_a_session_of_the_one_time_token_is_at_no_desk(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        room = WallRoom(office)
        await room.furnish()
        assert (await room.enter(office.bearer("operator")))["id"] == ""

    in_office(tmp_path, scene)


@ON_FILES_ONLY
def test_after_a_restore_no_desk_is_enrolled(tmp_path: Path) -> None:
    office = Office()
    room = WallRoom(office)

    async def before() -> None:
        async with office.open(tmp_path / "hub"):
            await room.furnish()

    async def after() -> None:
        async with office.open(tmp_path / "new"):
            _, nora = await office.person("Nora")
            told = await room.enter(nora)
            assert (told["id"], told["exempt_walls"], told["any_enrolled"]) == ("", [], False)

    asyncio.run(before())
    backed_up(tmp_path / "hub", tmp_path / "one.tar")
    restore(tmp_path / "one.tar", tmp_path / "new", lambda: office.now)
    asyncio.run(after())
