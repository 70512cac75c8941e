"""Consent on the wire: what an owner takes back ends at once on every desk, and stays taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.running_hub import Desk, desk_at_hub, events, welcome
from tests.hub.test_audit import records
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Room, in_room

pytestmark = ON_BOTH_IN_FULL

FROM = "2020-01-01T00:00:00Z"
ALWAYS = {"level": 2, "given_by": "Corner Shop", "obtained": "signed form", "valid_from": FROM}
REGISTERED = {**ALWAYS, "level": 1}
NEARBY = {**ALWAYS, "scope": "incident", "radius_m": 500, "minutes": 60}
LOOK = {"camera_id": "plain", "quality": "main", "reason": "gunshot"}
PLAIN = {"lat": 43.4, "lon": -77.6}


def at_a_desk(folder: Path, scene: Callable[[Desk], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        async with desk_at_hub(folder, **options) as desk:
            await desk.import_cameras("c.json", CAMERAS)
            await scene(desk)

    asyncio.run(run())


async def consent(desk: Desk, wanted: dict[str, object], camera_id: str = "plain") -> None:
    answer = await desk.http.put(f"cameras/{camera_id}/consent", json=wanted)
    assert answer.status_code == 200, answer.text


async def refusal(desk: Desk, **changes: object) -> str:
    answer = await desk.http.post("leases", json={**LOOK, **changes})
    assert answer.status_code == 403, answer.text
    assert "example.invalid" not in answer.text
    assert answer.json()["hint"]
    return str(answer.json()["detail"])


def test_a_private_camera_opens_for_a_reason_and_for_a_short_time(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await consent(desk, ALWAYS)
        assert "needs a reason from the list" in await refusal(desk, reason="just looking")
        lease = await desk.post("leases", LOOK, 201)
        left = datetime.fromisoformat(lease["expires_at"]) - datetime.now(UTC)
        assert timedelta(minutes=4) < left <= timedelta(minutes=5)
        # The city's own camera asks for nothing.
        own = await desk.post("leases", {**LOOK, "camera_id": "one", "reason": ""}, 201)
        assert (lease["watermark"], own["watermark"]) == ("Dana Operator", "")

    at_a_desk(tmp_path, scene)
    looks = [(r["outcome"], r["reason"], r["camera_id"]) for r in records(tmp_path) if r["act"] == "look"]
    assert looks == [("refused", "just looking", "plain"), ("done", "gunshot", "plain"), ("done", "", "one")]


def test_a_consent_that_is_taken_back_ends_the_look_in_words_and_no_other(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await consent(desk, ALWAYS)
        lease = await desk.post("leases", LOOK, 201)
        other = await desk.post("leases", {**LOOK, "camera_id": "one"}, 201)
        head = (await desk.snapshot())["sequence"]
        async with desk.live(after=head) as socket:
            await welcome(socket)
            await consent(desk, REGISTERED)
            changed, ended = await events(socket, 2)
            assert changed["type"].endswith("consent.changed")
            assert "Corner Shop" not in str(changed)
            assert ended["data"]["because"] == "revoked"
            assert (ended["data"]["id"], ended["data"]["camera_id"]) == (lease["id"], "plain")
            assert ended["data"]["words"] == "Plain is registered only: nobody looks at it."
            assert "registered only" in await refusal(desk)
            await desk.delete(f"leases/{other['id']}")
            (released,) = await events(socket, 1)
            assert released["data"]["because"] == "released"

    at_a_desk(tmp_path, scene)
    found = [
        (r["act"], (r["detail"] or "").partition(", from ")[0], r["who"])
        for r in records(tmp_path)
        if r["camera_id"] == "plain"
    ]
    assert found[:4] == [
        ("consent", "no. 1, level 2, always", "Dana Operator"),
        ("look", "", "Dana Operator"),
        ("consent", "no. 2, level 1, always", "Dana Operator"),
        ("look_end", "revoked, look of Dana Operator", "Dana Operator"),
    ]


@pytest.mark.parametrize(
    "narrower",
    [
        {**ALWAYS, "valid_until": "2999-01-01T00:00:00Z"},
        {**NEARBY, "radius_m": 400},
    ],
)
def test_a_look_does_not_outlive_the_consent_that_it_began_under(
    tmp_path: Path, narrower: dict[str, object]
) -> None:
    async def scene(desk: Desk) -> None:
        # The city's own camera, looked at for an hour, becomes a private one.
        lease = await desk.post("leases", LOOK, 201)
        head = (await desk.snapshot())["sequence"]
        async with desk.live(after=head) as socket:
            await welcome(socket)
            await consent(desk, narrower)
            _, ended = await events(socket, 2)
            assert (ended["data"]["id"], ended["data"]["because"]) == (lease["id"], "revoked")

    at_a_desk(tmp_path, scene)


def test_what_a_consent_was_stays_on_record(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        for radius_m in (100, 100_000, 100):
            await consent(desk, {**NEARBY, "radius_m": radius_m})

    at_a_desk(tmp_path, scene)
    details = [r["detail"] for r in records(tmp_path) if r["act"] == "consent"]
    assert ["100000 m" in detail for detail in details] == [False, True, False]
    assert all("origin sha256 " in detail and "Corner Shop" not in detail for detail in details)


def test_a_look_for_an_incident_ends_with_it(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await consent(desk, NEARBY)
        assert "for an incident only" in await refusal(desk)
        far = (await desk.post("incidents", {"title": "Far", "lat": 43.5, "lon": -77.6}))["id"]
        assert "not near enough" in await refusal(desk, incident_id=far)
        near = (await desk.post("incidents", {"title": "Near", **PLAIN}))["id"]
        lease = await desk.post("leases", {**LOOK, "incident_id": near}, 201)
        city = await desk.post("leases", {**LOOK, "camera_id": "one", "incident_id": near}, 201)
        head = (await desk.snapshot())["sequence"]
        async with desk.live(after=head) as socket:
            await welcome(socket)
            await desk.post(f"incidents/{near}/close")
            _, ended = await events(socket, 2)
            assert (ended["data"]["id"], ended["data"]["because"]) == (lease["id"], "revoked")
        assert "is closed" in await refusal(desk, incident_id=near)
        await desk.delete(f"leases/{city['id']}")

    at_a_desk(tmp_path, scene)


def test_a_lease_ends_where_the_consent_ends(tmp_path: Path) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    until = now + timedelta(minutes=3)

    async def scene(desk: Desk) -> None:
        await consent(desk, {**ALWAYS, "valid_until": until.isoformat()})
        lease = await desk.post("leases", LOOK, 201)
        assert datetime.fromisoformat(lease["expires_at"]) == until

    at_a_desk(tmp_path, scene, now=lambda: now)


def test_importing_the_camera_again_does_not_open_it(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await consent(desk, REGISTERED)
        await desk.import_cameras("c.json", CAMERAS.replace(b'"Plain"', b'"Renamed"'))
        assert await refusal(desk) == "Renamed is registered only: nobody looks at it."

    at_a_desk(tmp_path, scene)


def test_a_role_without_private_cameras_gets_none(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        def bearer(*roles: str) -> dict[str, str]:
            return {"Authorization": f"Bearer {room.token(*roles)}"}

        plan = await room.http.post(
            "/api/v1/cameras/import?name=c", content=CAMERAS, headers=bearer("administrator")
        )
        path = f"/api/v1/cameras/import/{plan.json()['token']}"
        await room.http.post(path, headers=bearer("administrator"))
        volunteer = bearer("volunteer")
        assert (await room.http.post("/api/v1/leases", json=LOOK, headers=volunteer)).status_code == 201
        path = "/api/v1/cameras/plain/consent"
        for role, status in (("volunteer", 403), ("operator", 403), ("supervisor", 200)):
            assert (await room.http.put(path, json=ALWAYS, headers=bearer(role))).status_code == status
        answer = await room.http.post("/api/v1/leases", json=LOOK, headers=volunteer)
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "Plain is private: your role may not look at it.",
        )
        assert (
            await room.http.post("/api/v1/leases", json=LOOK, headers=bearer("operator"))
        ).status_code == 201

    in_room(tmp_path, scene)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": 3}, "level"),
        ({"given_by": " "}, "given_by"),
        ({"valid_from": "2026-01-01T00:00:00"}, "valid_from"),
        ({"valid_until": "2019-01-01T00:00:00Z"}, "body"),
        ({"scope": "hours"}, "body"),
        ({"scope": "hours", "windows": [{"weekday": 0, "begin": "22:00", "end": "06:00"}]}, "windows.0"),
        ({"scope": "hours", "windows": [{"weekday": 0, "begin": "8:00", "end": "09:00"}]}, "windows.0.begin"),
        ({"scope": "incident", "radius_m": 100}, "body"),
        ({"radius_m": "NaN"}, "radius_m"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_consent_that_does_not_fit_is_refused_field_by_field(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    async def scene(desk: Desk) -> None:
        answer = await desk.http.put("cameras/plain/consent", json={**ALWAYS, **changes})
        assert answer.status_code == 422
        assert [told["field"] for told in answer.json()["detail"]] == [field]
        await desk.post("leases", {**LOOK, "reason": ""}, 201)

    at_a_desk(tmp_path, scene)


def test_a_camera_that_is_not_there_has_no_consent(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        assert (await desk.http.put("cameras/nowhere/consent", json=ALWAYS)).status_code == 404

    at_a_desk(tmp_path, scene)


def test_two_desks_lose_the_same_camera(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        tokens = [room.token("operator"), room.token("operator")]
        admin = {"Authorization": f"Bearer {room.token('administrator')}"}
        plan = await room.http.post("/api/v1/cameras/import?name=c", content=CAMERAS, headers=admin)
        await room.http.post(f"/api/v1/cameras/import/{plan.json()['token']}", headers=admin)
        await room.http.put("/api/v1/cameras/plain/consent", json=ALWAYS, headers=admin)
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}"}
            assert (await room.http.post("/api/v1/leases", json=LOOK, headers=headers)).status_code == 201
        await room.http.put("/api/v1/cameras/plain/consent", json=REGISTERED, headers=admin)
        told = [text for _, text in await room.hub.log.after(0, 100) if '"because": "revoked"' in text]
        assert len(told) == 2

    in_room(tmp_path, scene)


def test_who_may_record_consents_reads_the_present_one_and_those_before(tmp_path: Path) -> None:
    hours = {
        **ALWAYS,
        "scope": "hours",
        "document": "form 7",
        "zone": "America/New_York",
        "windows": [{"weekday": 4, "begin": "18:30", "end": "24:00"}],
    }

    async def scene(desk: Desk) -> None:
        private = (await desk.http.get("consents")).json()
        assert private == {"consents": []}
        told = (await desk.http.get("cameras/plain/consent")).json()
        assert told == {"present": None, "earlier": []}
        await consent(desk, NEARBY)
        await consent(desk, hours)
        told = (await desk.http.get("cameras/plain/consent")).json()
        assert {key: told["present"][key] for key in ("number", *hours)} == {"number": 2, **hours}
        assert [(c["number"], c["scope"], c["radius_m"]) for c in told["earlier"]] == [(1, "incident", 500)]
        (private,) = (await desk.http.get("consents")).json()["consents"]
        assert (private["camera_id"], private["number"], private["scope"]) == ("plain", 2, "hours")
        assert "Corner Shop" not in str(private)
        assert (await desk.http.get("cameras/nowhere/consent")).status_code == 404

    at_a_desk(tmp_path, scene)


def test_recording_a_consent_says_how_many_looks_it_ended(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await consent(desk, ALWAYS)
        for camera_id in ("one", "plain", "plain"):
            await desk.post("leases", {**LOOK, "camera_id": camera_id}, 201)
        for ended in (2, 0):
            answer = await desk.http.put("cameras/plain/consent", json=REGISTERED)
            assert answer.json() == {"looks_ended": ended, "links_ended": 0}

    at_a_desk(tmp_path, scene)
