"""A session with bounds (camera group, source, area) hears of nothing beyond, and of what leaves."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.domain.geo import LatLon
from app.domain.rights import Right
from app.domain.scope import Area, Grant, Reach, Scope
from app.hub.db.event_log import LoggedEvent
from app.hub.redaction import View
from app.wire.hub import BETWEEN_HUBS
from tests.fakes.waiting import until
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.office import START, Office, in_office, live
from tests.hub.running_hub import alert
from tests.hub.test_rights import Message
from tests.hub.test_shifts import CAMERAS, furnish, volunteer

pytestmark = ON_BOTH_IN_FULL
HUB = Path(__file__).parents[2] / "app" / "hub"
HERE, FAR = {"lat": 1.0, "lon": 2.0}, {"lat": 5.0, "lon": 2.0}
SCOPE = {"camera_groups": ["park"], "alert_sources": ["cad"], "area": {**HERE, "radius_m": 1000}}
BOUNDED = Scope(frozenset({"park"}), frozenset({"cad"}), Area(LatLon(1.0, 2.0), 1000))
EVERY_RIGHT = View("Vera", Reach((Grant(frozenset(Right), (BOUNDED,)),)))
"""Whatever a role may do: its bounds hold for it."""
SECRET = "beyond"
CAMERA = {"id": SECRET, "name": "Pier", "tags": ["Harbour"]}
LEASE = {"id": "l", "camera_id": SECRET, "quality": "main", "user": "Dana"}
ALERT = {"id": SECRET, "source": "cad", "detail": ""}
BEYOND: dict[str, dict[str, Any]] = {
    "camera.upserted": {**CAMERA, **FAR},
    "camera.removed": {"id": SECRET},
    "alert.upserted": {**ALERT, **FAR},
    "incident.upserted": {"id": SECRET, "timeline": [], **FAR},
    "incident.shared": {"id": SECRET},
    "incident.withheld": {"id": SECRET, "withheld": True},
    "consent.changed": {"camera_id": SECRET, "level": 2, "scope": "always"},
    "lease.granted": LEASE,
    "lease.renewed": LEASE | {"expires_at": START.isoformat()},
    "lease.ended": LEASE | {"because": "revoked", "words": ""},
    "approval.changed": {"id": "a", "right": "export", "camera_id": SECRET, "who": "Dana", "state": "asked"},
    "shift.handed_over": {"id": "h", "who": "Dana", "text": "", "alert_ids": [SECRET]},
}
"""Each event that names a camera, an alert or an incident, of one that lies wholly beyond the bounds."""
BY_DESIGN = {
    "camera.removed": "it is there no more, and the hub has forgotten where it was, as its owner may demand",
}
NAMES_NONE = {
    "account.changed", "presence.changed", "shift.changed", "owner.changed", "owner_terms.changed",
    "desk.changed", "review.signed", "hub.backed_up", "hub.restored",
}  # fmt: skip


def envelope(kind: str, data: dict[str, Any]) -> str:
    return LoggedEvent(7, kind, START, "it", json.dumps(data)).envelope("hub")


def seen(kind: str, data: dict[str, Any], view: View = EVERY_RIGHT) -> tuple[str, dict[str, Any]]:
    event = json.loads(view.event(envelope(kind, data)))
    assert event["sequence"] == 7
    return event["type"].removeprefix("org.watchfloor."), event["data"]


@pytest.mark.parametrize("kind", sorted(BEYOND))
def test_no_event_names_what_lies_beyond_a_sessions_bounds(kind: str) -> None:
    told = json.dumps(seen(kind, BEYOND[kind]))
    assert (SECRET in told) == (kind in BY_DESIGN)


def test_the_table_has_every_event_of_the_hub() -> None:
    written = {
        kind
        for file in HUB.rglob("*.py")
        for kind in re.findall(r'\.record\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text("utf-8"))
    }
    assert written == (BEYOND.keys() | NAMES_NONE) - BETWEEN_HUBS


def test_an_incident_within_is_told_whole_by_design() -> None:
    """Who works at it has to know what is pinned and tied to it; the ids open nothing beyond the bounds."""
    pins = [{"camera_id": SECRET, "pinned_by": "Dana", "pinned_at": START.isoformat()}]
    incident = {"id": "i", "alert_ids": [SECRET], "pins": pins, "timeline": [], **HERE}
    assert seen("incident.upserted", incident) == ("incident.upserted", incident)


def test_ones_own_looks_requests_and_handovers_are_told_by_design() -> None:
    """They name only what one asked for oneself."""
    for kind, whose in (("lease.ended", "user"), ("approval.changed", "who"), ("shift.handed_over", "who")):
        own = BEYOND[kind] | {whose: "Vera"}
        assert seen(kind, own) == (kind, own)


def test_an_event_that_nobody_has_judged_yet_is_withheld_from_who_has_bounds() -> None:
    assert seen("plate.read", {"camera_id": SECRET}) == ("withheld", {})


def test_what_lies_within_is_told_and_not_where_it_was() -> None:
    was = {"lat": 5.0, "lon": 2.0}
    assert seen("alert.upserted", {**ALERT, **HERE, "was": was}) == ("alert.upserted", {**ALERT, **HERE})
    kind, data = seen("camera.upserted", {**CAMERA, **HERE, "tags": ["Park"], "was": was})
    assert (kind, "was" in data) == ("camera.upserted", False)


@pytest.mark.parametrize(
    ("kind", "data", "was"),
    [
        ("alert", {**ALERT, **FAR}, HERE),
        ("alert", {**ALERT, "lat": None, "lon": None}, HERE),
        ("camera", {**CAMERA, **FAR}, {**HERE, "tags": ["Park"]}),
        ("camera", {**CAMERA, **HERE}, {**HERE, "tags": ["Park"]}),
    ],
)
def test_what_leaves_is_told_as_gone_and_no_more(kind: str, data: dict[str, Any], was: object) -> None:
    assert seen(f"{kind}.upserted", {**data, "was": was}) == (f"{kind}.removed", {"id": SECRET})
    beyond = {"lat": 9.0, "lon": 9.0, "tags": ["Harbour"]}
    assert seen(f"{kind}.upserted", {**data, "was": beyond}) == ("withheld", {})


async def told_to(office: Office, bearer: dict[str, str]) -> list[tuple[str, str]]:
    """Follow from the first number on, as a desk that resumes does; return each event's type and its id."""
    said: list[Message] = []
    following = asyncio.create_task(live(office, bearer, said))

    def found() -> list[dict[str, Any]]:
        frames = [json.loads(frame["text"]) for frame in said if "text" in frame]
        return [event for frame in frames for event in frame.get("events", ())]

    await until(lambda: bool(found()) and found()[-1]["sequence"] == office.hub.log.head)
    following.cancel()
    await asyncio.wait({following})
    return [
        (event["type"].removeprefix("org.watchfloor."), str(event["data"].get("id", ""))) for event in found()
    ]


def test_on_the_wire_a_desk_hears_of_what_leaves_its_bounds_and_never_of_what_was_beyond(
    tmp_path: Path,
) -> None:
    async def scene(office: Office) -> None:
        supervisor = await furnish(office)
        bearer = await volunteer(office, SCOPE)
        ids = {}
        for name, places in (("leaves", (HERE, FAR, {"lat": 6.0, "lon": 2.0})), ("beyond", (FAR,))):
            for revision, place in enumerate(places):
                report = alert(name, revision=revision, **place)
                sent = await office.http.post("alerts", json=report, headers=supervisor)
                ids[name] = sent.json()["id"]
        consent = {"level": 1, "scope": "always", "given_by": "Shop", "obtained": "form",
                   "valid_from": START.isoformat()}  # fmt: skip
        answer = await office.http.put("cameras/far/consent", json=consent, headers=supervisor)
        assert answer.is_success, answer.text
        moved = {"cameras": [{**camera, "tags": ["Harbour"]} for camera in CAMERAS["cameras"]]}
        plan = await office.http.post("cameras/import?name=c", json=moved, headers=office.admin)
        await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)

        told = await told_to(office, bearer)
        assert [kind for kind, id_ in told if id_ == ids["leaves"]] == ["alert.upserted", "alert.removed"]
        assert [kind for kind, id_ in told if id_ == "near"] == ["camera.upserted", "camera.removed"]
        assert {"far", ids["beyond"]}.isdisjoint(id_ for _, id_ in told)
        assert "consent.changed" not in {kind for kind, _ in told}
        state = (await office.http.get("snapshot", headers=bearer)).json()
        assert (state["cameras"], state["alerts"]) == ([], [])

    in_office(tmp_path, scene)
