"""The two-person rule on the wire: who may agree to what, when and how often, all on record (R15)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.rights import Right, Role
from app.hub.redaction import View
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import Office, in_office
from tests.hub.test_exports import CONSENT, claim, export, look
from tests.hub.test_shifts import furnish, plan

pytestmark = ON_BOTH_IN_FULL
Bearer = dict[str, str]
MINUTES = timedelta(minutes=1)


class Room:
    """Two private cameras, and people who may export, at a hub where that takes two."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.dana, self.bo = self.person("Dana"), self.person("Bo", "supervisor")

    def person(self, name: str, role: str = "operator") -> Bearer:
        return {"Authorization": f"Bearer {self.office.hub.sessions.admit(name, [role])}"}

    async def save(
        self, who: Bearer, camera: str = "near", status: int = 403, reason: str = "gunshot"
    ) -> Any:
        """Try to save a recording in a look of its own."""
        lease = await look(self.office, who, camera, reason)
        answer = await self.office.http.post(f"leases/{lease}/uses", json={"use": "recording"}, headers=who)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def listed(self, who: Bearer) -> list[dict[str, Any]]:
        answer = await self.office.http.get("approvals", headers=who)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["approvals"]
        return found

    async def asked(self) -> str:
        """Let Dana ask, and return the request's id."""
        await self.save(self.dana)
        return str((await self.listed(self.bo))[-1]["id"])

    async def answer(self, who: Bearer, request: str, verb: str = "approve", status: int = 204) -> Any:
        answer = await self.office.http.post(f"approvals/{request}/{verb}", headers=who)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


def in_room(folder: Path, scene: Callable[[Room], Awaitable[None]]) -> None:
    async def furnished(office: Office) -> None:
        supervisor = await furnish(office)
        for camera in ("near", "far"):
            await office.http.put(f"cameras/{camera}/consent", json=CONSENT, headers=supervisor)
        office.hub.second_person = frozenset({Right.EXPORT})
        await scene(Room(office))

    in_office(folder, furnished, folder / "checkpoints")


def test_a_second_person_agrees_and_the_manifest_names_them(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        refusal = await room.save(room.dana)
        assert refusal["detail"] == "near is private: a second person has to agree before you export footage."
        assert refusal["hint"]
        # Asked again for the same, the others are not asked again.
        await room.save(room.dana)
        (told,) = await room.listed(room.bo)
        assert (told["who"], told["camera_name"], told["right"]) == ("Dana", "near", "export")
        assert (told["reason"], told["state"], told["mine"]) == ("gunshot", "asked", False)
        (own,) = await room.listed(room.dana)
        assert own["mine"]
        room.office.now += 5 * MINUTES
        await room.answer(room.bo, told["id"])
        assert (await room.listed(room.dana))[0]["state"] == "approved"
        assert await room.listed(room.bo) == []
        room.office.now += 5 * MINUTES
        use = await room.save(room.dana, status=200)
        signed = await export(
            room.office, room.dana, claim(room.office, use, began=claim(room.office, use)["ended"])
        )
        second = json.loads(signed["manifest"])["second_person"]
        assert (second["name"], second["approval"], second["reason"]) == ("Bo", told["id"], "gunshot")
        steps = [act[:3] for act in await room.office.acts() if act[0].startswith(("approval", "look_use"))]
        assert steps == [
            ("look_use", "Dana", "refused"),
            ("approval_ask", "Dana", "done"),
            ("look_use", "Dana", "refused"),
            ("approval_give", "Bo", "done"),
            ("approval_use", "Dana", "done"),
            ("look_use", "Dana", "done"),
        ]

    in_room(tmp_path, scene)


def test_nobody_agrees_to_their_own_request_by_another_session_or_another_spelling(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        request = await room.asked()
        for own in (room.dana, room.person("Dana", "supervisor"), room.person("DANA")):
            refusal = await room.answer(own, request, status=403)
            assert refusal["detail"] == "Nobody agrees to their own request."
        await room.save(room.dana)
        refused = [act for act in await room.office.acts() if act[0] == "approval_give"]
        assert [act[1:3] for act in refused] == [("Dana", "refused")] * 2 + [("DANA", "refused")]

    in_room(tmp_path, scene)


def test_an_agreement_is_good_once_for_one_person_and_one_camera(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.answer(room.bo, await room.asked())
        await room.save(room.person("Eve"))
        await room.save(room.dana, "far")
        await room.save(room.dana, status=200)
        await room.save(room.dana)

    in_room(tmp_path, scene)


def test_an_agreement_is_for_the_reason_that_was_told_to_who_agreed(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.answer(room.bo, await room.asked())
        refusal = await room.save(room.dana, reason="panic")
        assert "a second person has to agree" in refusal["detail"]
        assert [told["reason"] for told in await room.listed(room.bo)] == ["panic"]
        await room.save(room.dana, status=200)

    in_room(tmp_path, scene)


def test_an_answer_is_given_once_and_in_time(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        request = await room.asked()
        await room.answer(room.bo, request)
        third = room.person("Cem")
        for verb in ("approve", "deny"):
            assert "Bo has answered" in (await room.answer(third, request, verb, 409))["detail"]
        room.office.now += 15 * MINUTES
        # It was not used in time.
        request = await room.asked()
        room.office.now += 15 * MINUTES
        assert "time is over" in (await room.answer(room.bo, request, status=409))["detail"]
        assert await room.listed(room.bo) == []
        await room.answer(room.bo, "unheard-of", status=404)

    in_room(tmp_path, scene)


def test_what_was_denied_stays_so_for_a_while_and_nobody_is_asked_again(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.answer(room.bo, await room.asked(), "deny")
        refusal = await room.save(room.dana)
        assert refusal["detail"] == "Bo does not agree that you export footage of near."
        assert await room.listed(room.bo) == []
        assert (await room.listed(room.dana))[0]["state"] == "denied"
        room.office.now += 15 * MINUTES
        await room.asked()

    in_room(tmp_path, scene)


def test_who_lacks_the_right_neither_agrees_nor_hears_of_it(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        roles = room.office.hub.sessions.roles
        watcher = Role("watcher", "Watcher", frozenset({Right.LIVE_PRIVATE, Right.SEE_ROOM, Right.LIVE}))
        room.office.hub.sessions.roles = {**roles, "watcher": watcher}
        request = await room.asked()
        wendy = room.person("Wendy", "watcher")
        assert "may not export footage" in (await room.answer(wendy, request, status=403))["detail"]
        assert await room.listed(wendy) == []
        for role in ("volunteer", "auditor", "administrator"):
            outsider = room.person("Vera", role)
            await room.answer(outsider, request, status=403)
            assert (await room.office.http.get("approvals", headers=outsider)).status_code == 403
        told = next(text for text in reversed(room.office.tail()) if "approval.changed" in text)
        for name, role in (("Vera", "volunteer"), ("Wendy", "watcher"), ("Otto", "auditor")):
            session = room.office.hub.sessions.session(room.person(name, role)["Authorization"])
            seen = View(name, session.reach).event(told)
            assert "withheld" in seen
            assert not {"Dana", "near", request} & set(json.loads(seen)["data"].values())
        session = room.office.hub.sessions.session(room.bo["Authorization"])
        assert json.loads(View("Bo", session.reach).event(told))["data"]["who"] == "Dana"

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    ("lost", "status"),
    [("nothing", 200), ("signed out", 200), ("disabled", 403), ("other roles", 403), ("other account", 200)],
)
def test_an_agreement_is_worth_nothing_once_who_agreed_may_not_any_more(
    tmp_path: Path, lost: str, status: int
) -> None:
    async def scene(room: Room) -> None:
        office = room.office
        for name in ("Cora", "Cem"):
            await office.create_named(name, "supervisor")
        cora = await office.enter("Cora")
        request = await room.asked()
        await room.answer(cora, request)
        if lost == "signed out":
            assert (await office.http.delete("session", headers=cora)).is_success
        elif lost == "disabled":
            await office.deed("POST", "Cora/disable", 204)
        elif lost == "other roles":
            await office.deed("PUT", "Cora/roles", 204, {"roles": ["auditor"]})
        elif lost == "other account":
            await office.deed("POST", "Cem/disable", 204)
        await room.save(room.dana, status=status)
        if status == 403:
            # Another one is asked instead.
            (anew,) = await room.listed(room.bo)
            assert (anew["id"] != request, anew["state"]) == (True, "asked")
            await room.answer(room.bo, anew["id"])
            await room.save(room.dana, status=200)

    in_room(tmp_path, scene)


@pytest.mark.parametrize(("minutes", "status"), [(60, 200), (5, 403)])
def test_an_agreement_ends_with_the_shift_of_who_agreed(tmp_path: Path, minutes: int, status: int) -> None:
    async def scene(room: Room) -> None:
        office = room.office
        deputy = Role("deputy", "Deputy", office.hub.sessions.roles["supervisor"].rights, needs_shift=True)
        office.hub.sessions.roles = {**office.hub.sessions.roles, "deputy": deputy}
        await plan(office, await office.create_named("Cora", "deputy"), -1, minutes)
        cora = await office.enter("Cora")
        await room.answer(cora, await room.asked())
        office.now += 6 * MINUTES
        await room.save(room.dana, status=status)

    in_room(tmp_path, scene)


def test_an_agreement_of_who_has_no_account_ends_with_their_session(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.answer(room.bo, await room.asked())
        room.office.hub.sessions.end_of("Bo")
        await room.save(room.dana)

    in_room(tmp_path, scene)


@pytest.mark.parametrize("public", [True, False])
def test_where_it_is_not_asked_for_one_person_is_enough(tmp_path: Path, public: bool) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        if public:
            office.hub.second_person = frozenset({Right.EXPORT})
        else:
            await office.http.put("cameras/near/consent", json=CONSENT, headers=supervisor)
        await Room(office).save(Room(office).dana, status=200)

    in_office(tmp_path, scene)
