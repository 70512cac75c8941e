"""Ids that are guessed, swapped or used again open nothing; and no name passes for another's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.domain.account import account_key, is_of_one_alphabet
from tests.hub.office import OWN, Office, in_office
from tests.hub.test_leases import CAMERAS

LEASE = {"camera_id": "plain", "quality": "main", "reason": "r"}


async def cameras(office: Office) -> None:
    plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=office.admin)
    await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)


def test_a_lease_that_was_taken_back_stays_ended_whoever_gives_it_back(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await cameras(office)
        _, dana = await office.person("Dana")
        lease = (await office.http.post("leases", json=LEASE, headers=dana)).json()["id"]
        consent = {
            "level": 1, "given_by": "O", "obtained": "by mail", "valid_from": "2026-01-01T00:00:00Z"
        }  # fmt: skip
        supervisor = office.bearer("supervisor")
        answer = await office.http.put("cameras/plain/consent", json=consent, headers=supervisor)
        assert answer.is_success
        ended = [text for text in office.tail() if "lease.ended" in text]
        assert (await office.http.delete(f"leases/{lease}", headers=dana)).status_code == 204
        for other in (office.bearer("operator"), supervisor, office.bearer("volunteer")):
            assert (await office.http.delete(f"leases/{lease}", headers=other)).status_code == 404
        # It was revoked, once, and nobody's giving it back makes that "released".
        assert [text for text in office.tail() if "lease.ended" in text] == ended
        assert '"because": "revoked"' in ended[0]
        # Nor does it bring the address once more: a lease is told once, when it is granted.
        assert (await office.http.get(f"leases/{lease}", headers=dana)).status_code == 405
        assert (await office.http.post("leases", json=LEASE, headers=dana)).status_code == 403

    in_office(tmp_path, scene)


@pytest.mark.parametrize("taken", ["INCIDENT", "ALERT", "LEASE", "TOKEN"])
def test_an_id_of_one_kind_is_none_of_another(tmp_path: Path, taken: str) -> None:
    async def scene(office: Office) -> None:
        await cameras(office)
        boss = office.bearer("supervisor", "administrator")
        alert = {
            "source": "cad", "external_id": "1", "kind": "call_911", "urgency": 2, "title": "Call",
            "occurred_at": "2026-11-21T07:00:00Z",
        }  # fmt: skip
        ids = {
            "ALERT": (await office.http.post("alerts", json=alert, headers=boss)).json()["id"],
            "INCIDENT": (await office.http.post("incidents", json={"title": "I"}, headers=boss)).json()["id"],
            "LEASE": (await office.http.post("leases", json=LEASE, headers=boss)).json()["id"],
            "TOKEN": boss["Authorization"].split()[1],
        }
        evil, head = ids[taken], office.hub.log.head
        for path, body, right in (
            (f"alerts/{evil}/acknowledge", None, "ALERT"),
            (f"incidents/{evil}/close", None, "INCIDENT"),
            (f"incidents/{evil}/notes", {"note_id": "n", "text": "t"}, "INCIDENT"),
            (f"incidents/{ids['INCIDENT']}/alerts", {"alert_id": evil}, "ALERT"),
            (f"incidents/{ids['INCIDENT']}/pins", {"camera_id": evil}, ""),
            ("leases", {**LEASE, "incident_id": evil}, "INCIDENT"),
            (f"cameras/import/{evil}", None, ""),
        ):
            if right != taken:
                answer = await office.http.post(path, json=body, headers=boss)
                assert answer.status_code == 404, (path, answer.text)
                assert evil not in answer.text
        if taken != "LEASE":
            assert (await office.http.delete(f"leases/{evil}", headers=boss)).status_code == 404
        assert office.hub.log.head == head

    in_office(tmp_path, scene)


def test_an_import_is_carried_out_by_who_planned_it_and_once(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        _, dana = await office.person("Dana", "administrator")
        plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=dana)
        path = f"cameras/import/{plan.json()['token']}"
        for other in (office.admin, office.bearer("supervisor")):
            assert (await office.http.post(path, headers=other)).status_code in (403, 404)
        # What others tried costs its owner nothing.
        assert (await office.http.post(path, headers=dana)).status_code == 200
        assert (await office.http.post(path, headers=dana)).status_code == 404

    in_office(tmp_path, scene)


@pytest.mark.parametrize(
    "name", ["dana", "ＤＡＮＡ", "Dana\u200b", "Dаna", "Dana\u202e", "Đаna", "𝐃ana", " Dana"]
)
def test_no_account_passes_for_another(tmp_path: Path, name: str) -> None:
    async def scene(office: Office) -> None:
        await office.create("Dana")
        body = {"name": name, "roles": ["administrator"]}
        answer = await office.http.post("accounts", json=body, headers=office.admin)
        assert answer.status_code in (409, 422), name
        accounts = (await office.http.get("accounts", headers=office.admin)).json()["accounts"]
        assert [account["name"] for account in accounts] == ["Dana"]

    in_office(tmp_path, scene)


def test_a_name_is_known_however_it_is_typed(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person("Zoë Åberg")
        # A Mac's keyboard gives the letters and their marks apart.
        answer = await office.sign_in("ZOE\u0308 A\u030aBERG", OWN, office.code(handover))
        assert (answer.status_code, answer.json()["user"]) == (200, "Zoë Åberg")

    in_office(tmp_path, scene)


@pytest.mark.parametrize("name", ["Ada", "Zoë Åberg", "Анна", "Νίκος", "李雷", "O'Brien-2"])
def test_names_of_one_alphabet_are_names(name: str) -> None:
    assert is_of_one_alphabet(name)
    assert account_key(name) == account_key(name.upper())


def test_two_sign_ins_at_once_with_one_recovery_code_are_one(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        handover, _ = await office.person()
        code = handover.recovery_codes[0]
        answers = await asyncio.gather(*(office.sign_in("Dana", OWN, code) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]

    in_office(tmp_path, scene)


def test_one_time_token_is_exchanged_once_though_many_come_at_once(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        body = {"token": "o" * 16}
        answers = await asyncio.gather(*(office.http.post("session", json=body) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [200, *[401] * 5]

    in_office(tmp_path, scene)
