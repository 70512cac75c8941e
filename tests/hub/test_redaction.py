"""What a role must not know does not leave the hub, by event or by snapshot; and no log has a gap."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import Actor
from app.domain.rights import Right
from app.domain.scope import Grant, Reach
from app.hub.redaction import View
from tests.hub.engines import ON_BOTH_IN_FULL
from tests.hub.running_hub import alert
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Room, in_room

pytestmark = ON_BOTH_IN_FULL

CALLER = "Caller J. Doe, 555-0199"
NOTE = "The son of the caller is armed"
OWN = "I see a man at the door"
PERSONAL = (CALLER, NOTE)


async def busy(room: Room) -> None:
    """Let a room have an alert, an incident with two people's notes, and a look of each."""
    bearer = {role: {"Authorization": f"Bearer {room.token(role)}"} for role in
              ("operator", "volunteer", "administrator")}  # fmt: skip

    async def post(role: str, path: str, body: object = None) -> Any:
        answer = await room.http.post(f"/api/v1/{path}", json=body, headers=bearer[role])
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    plan = await room.http.post(
        "/api/v1/cameras/import?name=c", content=CAMERAS, headers=bearer["administrator"]
    )
    await post("administrator", f"cameras/import/{plan.json()['token']}")
    told = await post("operator", "alerts", alert(detail=CALLER))
    incident = (await post("operator", "incidents", {"title": "Fire", "alert_id": told["id"]}))["id"]
    await post("operator", f"incidents/{incident}/notes", {"note_id": "1", "text": NOTE})
    await post("volunteer", f"incidents/{incident}/notes", {"note_id": "2", "text": OWN})
    for role in ("operator", "volunteer"):
        await post(role, "leases", {"camera_id": "one", "quality": "main", "reason": ""})


async def followed(room: Room, token: str) -> list[dict[str, Any]]:
    """Return all events as a live client with that token gets them."""
    said: list[dict[str, Any]] = []
    head = room.hub.log.head
    done = asyncio.Event()
    first = True

    async def receive() -> dict[str, Any]:
        nonlocal first
        if first:
            first = False
            return {"type": "websocket.connect"}
        await done.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        if message["type"] != "websocket.send":
            return
        frame = json.loads(message["text"])
        said.extend(frame.get("events", []))
        if said and said[-1]["sequence"] == head:
            done.set()

    path = "/api/v1/live"
    scope = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"after=0",
        "headers": [(b"authorization", f"Bearer {token}".encode())], "client": ("127.0.0.1", 1),
        "subprotocols": [], "root_path": "", "extensions": {}, "scheme": "ws", "server": ("hub", 80),
    }  # fmt: skip
    await asyncio.wait_for(room.app(scope, receive, send), 10)
    return said


@pytest.mark.parametrize("role", ["volunteer", "administrator"])
def test_who_may_not_read_of_persons_gets_none_of_them_on_the_wire(tmp_path: Path, role: str) -> None:
    async def scene(room: Room) -> None:
        await busy(room)
        token = room.token(role)
        told = await followed(room, token)
        assert [event["sequence"] for event in told] == list(range(1, room.hub.log.head + 1))
        answer = await room.http.get("/api/v1/snapshot", headers={"Authorization": f"Bearer {token}"})
        for text in (json.dumps(told), answer.text):
            assert "Call 1" in text
            for words in PERSONAL:
                assert words not in text
            # Who works on an incident reads back what they wrote themselves.
            assert (OWN in text) == (role == "volunteer")

    in_room(tmp_path, scene)


def test_an_operator_reads_it_all(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await busy(room)
        token = room.token("operator")
        answer = await room.http.get("/api/v1/snapshot", headers={"Authorization": f"Bearer {token}"})
        for text in (json.dumps(await followed(room, token)), answer.text):
            for words in (*PERSONAL, OWN):
                assert words in text

    in_room(tmp_path, scene)


def test_who_looks_at_what_is_told_to_who_looks_and_to_auditors(tmp_path: Path) -> None:
    async def looks(room: Room, *roles: str) -> list[tuple[str, str]]:
        told = await followed(room, room.token(*roles))
        return [
            (event["type"].rpartition("watchfloor.")[2], event["data"].get("user", ""))
            for event in told
            if "lease" in event["type"] or "withheld" in event["type"]
        ]

    async def scene(room: Room) -> None:
        await busy(room)
        mine, others = ("lease.granted", "operator"), ("lease.granted", "volunteer")
        assert await looks(room, "operator") == [mine, ("withheld", "")]
        assert await looks(room, "volunteer") == [("withheld", ""), others]
        one_desk = [role.name for role in room.hub.sessions.roles.values()]
        assert await looks(room, *one_desk) == [mine, others]
        (withheld,) = [
            e for e in await followed(room, room.token("operator")) if e["type"].endswith("withheld")
        ]
        assert (withheld["subject"], withheld["data"]) == (None, {})

    in_room(tmp_path, scene)


def test_what_nothing_is_taken_out_of_is_sent_as_it_is() -> None:
    text = '{"id": "1", "type": "org.watchfloor.alert.upserted", not even read'
    assert View("Dana", Reach((Grant(frozenset(Right)),))).event(text) == text
    but_looks = Reach((Grant(frozenset(Right) - {Right.AUDIT_READ}),))
    assert View("Dana", but_looks).event(text) == text
    assert View("Dana", Reach((Grant(frozenset(Right)),))).snapshot("not even read") == "not even read"


def test_what_hubs_tell_each_other_between_them_is_told_to_nobody(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        await room.hub.end_sessions(Actor("Ada", "desk"), "Dana", "Your account was changed.")
        one_desk = [role.name for role in room.hub.sessions.roles.values()]
        for roles in (["operator"], ["auditor", "operator"], one_desk):
            (event, presence) = await followed(room, room.token(*roles))
            assert (event["sequence"], event["type"]) == (1, "org.watchfloor.withheld")
            assert presence["type"] == "org.watchfloor.presence.changed"
            assert "Dana" not in json.dumps(event)
        (act,) = [record for record in await room.records() if record["act"] == "session_end"]
        assert (act["who"], act["subject"]) == ("Ada", "account/Dana")

    in_room(tmp_path, scene)
