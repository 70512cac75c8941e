"""Shifts on the wire: when one may work, what one then sees, and what is left when it ends (R8, R14)."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.office import START, Office, in_office, live
from tests.hub.running_hub import alert
from tests.hub.test_rights import Message

pytestmark = ON_BOTH_ENGINES
CAMERAS = {
    "cameras": [
        {"id": name, "name": name, "lat": lat, "lon": 2.0, "tags": tags,
         "streams": [{"kind": "hls", "url": f"https://example.invalid/{name}.m3u8"}]}
        for name, lat, tags in (("near", 1.0, ["Park"]), ("far", 5.0, ["Harbour"]))
    ]
}  # fmt: skip
PARK = {"camera_groups": ["park"], "alert_sources": None, "area": None}


async def furnish(office: Office) -> dict[str, str]:
    """Import two cameras and return a supervisor."""
    supervisor = office.bearer("supervisor")
    plan = await office.http.post("cameras/import?name=c", json=CAMERAS, headers=office.admin)
    await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)
    return supervisor


async def plan(
    office: Office, who: str, begin_min: float, end_min: float, scope: dict[str, Any] | None = None
) -> str:
    wanted = {
        "account": who,
        "begins_at": (office.now + timedelta(minutes=begin_min)).isoformat(),
        "ends_at": (office.now + timedelta(minutes=end_min)).isoformat(),
        "scope": scope or {},
    }
    answer = await office.http.post("shifts", json=wanted, headers=office.bearer("supervisor"))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def volunteer(
    office: Office, scope: dict[str, Any] | None = None, minutes: float = 60
) -> dict[str, str]:
    """Let a volunteer begin a shift now; return what they sign their requests with."""
    await plan(office, await office.create_named("Vera", "volunteer"), -1, minutes, scope)
    return await office.enter("Vera")


def test_nobody_works_outside_their_shift(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await office.create_named("Vera", "volunteer")
        assert (await office.refused("Vera", 403))["detail"] == "You have no shift now, and none is planned."
        await plan(office, "vera", 30, 60)
        told = await office.refused("Vera", 403)
        assert told == {"detail": "Your shift begins in 30 min.", "hint": "A supervisor plans shifts."}
        office.now += timedelta(minutes=30)
        bearer = await office.enter("Vera")
        told = (await office.http.get("session", headers=bearer)).json()
        assert told["ends_by_shift"]
        assert told["until"] == "2026-11-26T10:00:00Z"
        assert told["roles"] == ["Volunteer"]

    in_office(tmp_path, scene)


def test_with_the_shift_all_ends_and_what_was_in_hand_goes_back_to_the_queue(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        bearer = await volunteer(office)
        wanted = {"camera_id": "near", "quality": "main", "reason": ""}
        assert (await office.http.post("leases", json=wanted, headers=bearer)).status_code == 201
        sent = await office.http.post("alerts", json=alert(), headers=office.bearer("operator"))
        path = f"alerts/{sent.json()['id']}/acknowledge"
        assert (await office.http.post(path, headers=bearer)).status_code == 204
        said: list[Message] = []
        following = asyncio.create_task(live(office, bearer, said))
        await until(lambda: bool(said))
        office.now += timedelta(minutes=60)
        await asyncio.wait_for(following, 5)
        assert said[-1] == {"type": "websocket.close", "code": 4401, "reason": "Your shift has ended."}
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401
        assert (await office.refused("Vera", 403))["detail"].startswith("You have no shift now")
        await until(lambda: sum('"because": "revoked"' in text for text in office.tail()) == 1)
        await until(lambda: '"status":"new"' in office.tail()[-1])
        state = (await office.http.get("snapshot", headers=office.bearer("operator"))).json()
        assert [(one["status"], one["handled_by"]) for one in state["alerts"]] == [("new", "")]

    in_office(tmp_path, scene)


@pytest.mark.parametrize("deed", ["cancel", "shorten"])
def test_a_shift_that_is_taken_back_ends_its_session_at_once(tmp_path: Path, deed: str) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        bearer = await volunteer(office)
        (shift,) = (await office.http.get("shifts", headers=supervisor)).json()["shifts"]
        if deed == "cancel":
            answer = await office.http.delete(f"shifts/{shift['id']}", headers=supervisor)
        else:
            body = {"ends_at": office.now.isoformat()}
            answer = await office.http.patch(f"shifts/{shift['id']}", json=body, headers=supervisor)
        assert answer.status_code == 204, answer.text
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401
        assert (await office.http.delete(f"shifts/{shift['id']}", headers=supervisor)).status_code == 409

    in_office(tmp_path, scene)


def test_a_shift_that_is_made_longer_goes_on_without_a_new_sign_in(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        bearer = await volunteer(office)
        (shift,) = (await office.http.get("shifts", headers=supervisor)).json()["shifts"]
        body = {"ends_at": (office.now + timedelta(minutes=90)).isoformat()}
        answer = await office.http.patch(f"shifts/{shift['id']}", json=body, headers=supervisor)
        assert answer.status_code == 204
        office.now += timedelta(minutes=80)
        await office.hub.tend_sessions()
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 200
        office.now += timedelta(minutes=10)
        assert (await office.http.get("snapshot", headers=bearer)).status_code == 401

    in_office(tmp_path, scene)


def test_a_volunteer_sees_and_does_nothing_beyond_the_shifts_scope(tmp_path: Path) -> None:
    near, far = {"lat": 1.0, "lon": 2.0}, {"lat": 5.0, "lon": 2.0}

    async def scene(office: Office) -> None:
        await furnish(office)
        operator = office.bearer("operator")
        area = {**near, "radius_m": 1000}
        bearer = await volunteer(office, {"camera_groups": None, "alert_sources": ["cad"], "area": area})
        ids = {}
        for name, changes in (
            ("in", {**near}),
            ("out", {**far}),
            ("other", {**near, "source": "acoustic"}),
        ):
            sent = await office.http.post("alerts", json=alert(name, **changes), headers=operator)
            ids[name] = sent.json()["id"]
            opened = {"title": name, **{k: changes[k] for k in ("lat", "lon")}}
            made = await office.http.post("incidents", json=opened, headers=operator)
            ids[f"incident {name}"] = made.json()["id"]
        state = (await office.http.get("snapshot", headers=bearer)).json()
        assert [camera["id"] for camera in state["cameras"]] == ["near"]
        assert [one["title"] for one in state["alerts"]] == ["Call in"]
        assert {one["title"] for one in state["incidents"]} == {"in", "other"}
        said: list[Message] = []
        following = asyncio.create_task(live(office, bearer, said))
        await until(lambda: sum(len(frame.get("text", "")) for frame in said) > 3000)
        following.cancel()
        await asyncio.wait({following})
        told = [event for frame in said if "events" in json.loads(frame.get("text", "{}"))
                for event in json.loads(frame["text"])["events"]]  # fmt: skip
        known = {(e["type"].removeprefix("org.watchfloor."), e["subject"]) for e in told}
        assert not any("camera/far" in str(pair) for pair in known)
        assert ("alert.upserted", f"alert/{ids['in']}") in known
        for hidden in ("out", "other"):
            assert not any(f"alert/{ids[hidden]}" in str(pair) for pair in known)
        assert not any(ids["incident out"] in str(pair) for pair in known)
        for path, status in (
            (f"alerts/{ids['in']}/acknowledge", 204),
            (f"alerts/{ids['out']}/acknowledge", 404),
            (f"alerts/{ids['other']}/acknowledge", 404),
        ):
            assert (await office.http.post(path, headers=bearer)).status_code == status, path
        for incident, camera, status in (("in", "near", 204), ("in", "far", 404), ("out", "near", 404)):
            path = f"incidents/{ids[f'incident {incident}']}/pins"
            answer = await office.http.post(path, json={"camera_id": camera}, headers=bearer)
            assert answer.status_code == status, (incident, camera)
        wanted = {"camera_id": "far", "quality": "main", "reason": ""}
        answer = await office.http.post("leases", json=wanted, headers=bearer)
        assert answer.status_code == 403
        assert answer.json()["detail"] == "far is outside what your shift is for."

    in_office(tmp_path, scene)


def test_a_camera_group_bounds_what_is_looked_at(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        bearer = await volunteer(office, PARK)
        for camera, status in (("near", 201), ("far", 403)):
            wanted = {"camera_id": camera, "quality": "main", "reason": ""}
            assert (await office.http.post("leases", json=wanted, headers=bearer)).status_code == status

    in_office(tmp_path, scene)


def test_a_supervisor_opens_a_private_camera_to_a_volunteer_for_one_incident(tmp_path: Path) -> None:
    consent = {"level": 2, "scope": "always", "given_by": "Shop", "obtained": "form",
               "valid_from": "2020-01-01T00:00:00Z"}  # fmt: skip

    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        bearer = await volunteer(office)
        await office.http.put("cameras/near/consent", json=consent, headers=supervisor)
        opened = await office.http.post("incidents", json={"title": "Fire"}, headers=supervisor)
        incident = opened.json()["id"]
        wanted = {"camera_id": "near", "quality": "main", "reason": "open_incident", "incident_id": incident}

        async def look() -> int:
            return (await office.http.post("leases", json=wanted, headers=bearer)).status_code

        assert await look() == 403
        share = f"incidents/{incident}/shares/Vera"
        assert (await office.http.put(share, headers=bearer)).status_code == 403
        assert (await office.http.put(share, headers=supervisor)).status_code == 204
        assert await look() == 403, "the camera is not pinned"
        pin = {"camera_id": "near"}
        await office.http.post(f"incidents/{incident}/pins", json=pin, headers=supervisor)
        assert await look() == 201
        assert (await office.http.delete(share, headers=supervisor)).status_code == 204
        assert sum('"because": "revoked"' in text for text in office.tail()) == 1
        assert await look() == 403
        await office.http.put(share, headers=supervisor)
        assert await look() == 201
        await office.http.post(f"incidents/{incident}/close", headers=supervisor)
        assert sum('"because": "revoked"' in text for text in office.tail()) == 2
        assert await look() == 403

    in_office(tmp_path, scene)


def test_who_hands_over_leaves_words_and_gives_the_alerts_back(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        bearer, operator = await volunteer(office), office.bearer("operator")
        sent = (await office.http.post("alerts", json=alert(), headers=operator)).json()["id"]
        await office.http.post(f"alerts/{sent}/acknowledge", headers=bearer)
        present = (await office.http.get("presence", headers=operator)).json()["present"]
        assert [one["alert_ids"] for one in present if one["user"] == "Vera"] == [[sent]]
        told = await office.http.post("handovers", json={"text": "The gate is open."}, headers=bearer)
        assert told.status_code == 201
        assert told.json()["alert_ids"] == [sent]
        (kept,) = (await office.http.get("handovers", headers=operator)).json()["handovers"]
        assert (kept["who"], kept["text"]) == ("Vera", "The gate is open.")
        state = (await office.http.get("snapshot", headers=operator)).json()
        assert state["alerts"][0]["status"] == "new"

    in_office(tmp_path, scene)


def test_the_room_is_told_that_somebody_was_barred_and_of_another_end(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        await volunteer(office)
        operator = office.bearer("operator")
        (shift,) = (await office.http.get("shifts", headers=office.admin)).json()["shifts"]
        ends = (office.now + timedelta(hours=1)).isoformat()
        path = f"shifts/{shift['id']}"
        await office.http.patch(path, json={"ends_at": ends}, headers=office.admin)
        present = (await office.http.get("presence", headers=operator)).json()["present"]
        (told,) = [one["until"] for one in present if one["user"] == "Vera"]
        assert datetime.fromisoformat(told) == office.now + timedelta(hours=1)
        head = office.hub.log.head
        await office.deed("POST", "Vera/disable", 204)
        kinds = [text for _, text in await office.hub.log.after(head, 50) if "presence.changed" in text]
        assert len(kinds) == 1
        present = (await office.http.get("presence", headers=operator)).json()["present"]
        assert "Vera" not in [one["user"] for one in present]

    in_office(tmp_path, scene)


def test_another_volunteer_reads_that_there_was_a_handover_and_not_its_words(tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        await furnish(office)
        await office.http.post("handovers", json={"text": "caller X"}, headers=office.bearer("operator"))
        bearer = await volunteer(office)
        (kept,) = (await office.http.get("handovers", headers=bearer)).json()["handovers"]
        assert "caller X" not in kept["text"]

    in_office(tmp_path, scene)


def test_sessions_outlive_the_hubs_process_with_their_lock_and_scope(tmp_path: Path) -> None:
    async def scene() -> None:
        office = Office()
        async with office.open(tmp_path):
            await furnish(office)
            vera = await volunteer(office, PARK)
            _, dana = await office.person()
            await office.http.post("session/lock", headers=dana)
            _, gone = await office.person("Gone")
            await office.http.delete("session", headers=gone)
        async with office.open(tmp_path):
            state = (await office.http.get("snapshot", headers=vera)).json()
            assert [camera["id"] for camera in state["cameras"]] == ["near"]
            assert (await office.http.get("snapshot", headers=dana)).status_code == 423
            assert (await office.http.get("snapshot", headers=gone)).status_code == 401
            office.now += timedelta(hours=1)
            assert (await office.http.get("snapshot", headers=vera)).status_code == 401
        office.now = START + timedelta(hours=13)
        async with office.open(tmp_path):
            assert office.hub.sessions.of("Dana") == []

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": "2026-11-26T08:00:00Z"}, "body"),
        ({"ends_at": "2026-11-28T09:00:00Z"}, "body"),
        ({"begins_at": "2026-11-25T09:00:00Z", "ends_at": "2026-11-25T10:00:00Z"}, "ends_at"),
        ({"scope": {"area": {"lat": 91, "lon": 0, "radius_m": 5}}}, "scope.area.lat"),
        ({"scope": {"area": {"lat": 1, "lon": 0, "radius_m": 0}}}, "scope.area.radius_m"),
        ({"scope": {"cameras": []}}, "scope.cameras"),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    async def scene(office: Office) -> None:
        await office.create_named("Vera", "volunteer")
        wanted = {"account": "Vera", "begins_at": "2026-11-26T09:00:00Z", "ends_at": "2026-11-26T10:00:00Z"}
        answer = await office.http.post("shifts", json=wanted | changes, headers=office.bearer("supervisor"))
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["detail"]] == [field]

    in_office(tmp_path, scene)
