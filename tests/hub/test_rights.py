"""Every part of the interface is tried with every role and compared with the table, on the wire."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from app.domain.errors import OperatorError
from app.domain.rights import APART, NEVER_FOR_VOLUNTEERS, Right, Role
from app.hub.application import application
from app.hub.rights_table import Endpoint, document, endpoints
from app.hub.roles import ONE_DESK, read_roles
from tests.hub.engines import ON_BOTH_ENGINES
from tests.hub.running_hub import alert
from tests.hub.test_database import open_hub

pytestmark = ON_BOTH_ENGINES

DOCUMENT = Path(__file__).parents[2] / "docs" / "rights.md"
ROLES = read_roles()
ENDPOINTS = endpoints()
Message = MutableMapping[str, Any]


class Room:
    """A hub and its web application, asked without a socket between."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Room]:
        async with open_hub(self._folder) as self.hub:
            self.app = application(self.hub)
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as self.http:
                yield self

    def token(self, *roles: str) -> str:
        return self.hub.sessions.admit(" and ".join(roles), roles)

    async def status(self, endpoint: Endpoint, token: str | None) -> int:
        if endpoint.method == "LIVE":
            return await self._live(endpoint.path, token)
        path = re.sub(r"\{[^}]*\}", "x", endpoint.path)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {} if endpoint.method in {"GET", "DELETE"} else {"json": {}}
        return (await self.http.request(endpoint.method, path, headers=headers, **body)).status_code

    async def _live(self, path: str, token: str | None) -> int:
        """Open the live socket and hang up at once; return the status that it was answered with."""
        said: list[Message] = []
        coming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])

        async def receive() -> Message:
            return next(coming)

        async def send(message: Message) -> None:
            said.append(message)

        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {
            "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"after=0",
            "headers": headers, "client": ("127.0.0.1", 1), "subprotocols": [], "root_path": "",
            "extensions": {"websocket.http.response": {}}, "scheme": "ws", "server": ("hub", 80),
        }  # fmt: skip
        await self.app(scope, receive, send)
        return 101 if said[0]["type"] == "websocket.accept" else int(said[0]["status"])

    async def records(self) -> list[dict[str, Any]]:
        answer = await self.http.get(
            "/api/v1/audit", headers={"Authorization": f"Bearer {self.token('auditor')}"}
        )
        found: list[dict[str, Any]] = answer.json()["records"]
        return found


def in_room(folder: Path, scene: Callable[[Room], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Room(folder).open() as room:
            await scene(room)

    asyncio.run(run())


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_gets_what_the_table_gives_it_and_nothing_else(tmp_path: Path, role: str) -> None:
    async def scene(room: Room) -> None:
        for endpoint in ENDPOINTS:
            status = await room.status(endpoint, room.token(role))
            if endpoint.owners:
                assert status == 401, endpoint
            elif endpoint.right is None or endpoint.right in ROLES[role].rights:
                assert status not in {403, 500}, endpoint
                assert endpoint.right is None or status != 401, endpoint
            else:
                assert status == 403, endpoint

    in_room(tmp_path, scene)


@pytest.mark.parametrize("token", [None, "made-up-token-of-nobody"])
def test_who_is_not_known_gets_what_is_open_and_nothing_else(tmp_path: Path, token: str | None) -> None:
    async def scene(room: Room) -> None:
        for endpoint in ENDPOINTS:
            if endpoint.right is not None or endpoint.signed_in or endpoint.owners:
                assert await room.status(endpoint, token) == 401, endpoint

    in_room(tmp_path, scene)


def test_a_session_without_any_role_gets_nothing(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        for endpoint in ENDPOINTS:
            if endpoint.right is not None:
                assert await room.status(endpoint, room.token()) == 403, endpoint

    in_room(tmp_path, scene)


def test_roles_add_up(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        token = room.token("volunteer", "auditor")
        for endpoint in ENDPOINTS:
            rights = ROLES["volunteer"].rights | ROLES["auditor"].rights
            if endpoint.right is not None:
                refused = await room.status(endpoint, token) == 403
                assert refused == (endpoint.right not in rights), endpoint

    in_room(tmp_path, scene)


def test_who_works_alone_can_do_everything() -> None:
    assert frozenset(Right) == {right for name in ONE_DESK for right in ROLES[name].rights}


def test_a_refusal_says_what_is_missing_and_who_has_it_and_is_on_record(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        headers = {"Authorization": f"Bearer {room.token('volunteer')}"}
        answer = await room.http.post("/api/v1/incidents", json={"title": "Fire"}, headers=headers)
        assert answer.json() == {
            "detail": "You are signed in as Volunteer, who may not open an incident.",
            "hint": "Ask for it: those who may are operator, supervisor.",
        }
        denied = [record for record in await room.records() if record["act"] == "denied"]
        assert [(r["who"], r["where"], r["subject"], r["detail"], r["outcome"]) for r in denied] == [
            ("volunteer", "127.0.0.1", "POST /incidents", "incident_open", "refused")
        ]

    in_room(tmp_path, scene)


def test_the_table_has_the_whole_interface(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        paths = (await room.http.get("/api/v1/openapi.json")).json()["paths"]
        told = {(method.upper(), path) for path, methods in paths.items() for method in methods}
        assert len(told) > 10
        table = {(part.method, part.path.replace(":path}", "}")) for part in ENDPOINTS}
        assert table - told == {("LIVE", "/api/v1/live"), ("LIVE", "/api/v1/live/kept")}
        assert told <= table

    in_room(tmp_path, scene)


def test_the_document_is_the_table() -> None:
    made = document(ROLES)
    assert DOCUMENT.read_text("utf-8") == made, "run: python -m app.hub.rights_table > docs/rights.md"


def test_a_route_that_names_no_right_is_refused() -> None:
    router = APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> None:
        return None

    with pytest.raises(LookupError, match="/forgotten names 0 rights"):
        endpoints([router])


@pytest.mark.parametrize("right", sorted(NEVER_FOR_VOLUNTEERS))
def test_no_data_gives_a_volunteer_what_volunteers_never_get(right: Right) -> None:
    with pytest.raises(OperatorError, match="A volunteer never gets the right to"):
        Role("volunteer", "Volunteer", frozenset({right}))


@pytest.mark.parametrize("admin", sorted(APART[0]))
def test_no_role_administers_and_reads_what_is_on_record_of_it(admin: Right) -> None:
    with pytest.raises(OperatorError, match="both administration and the audit record"):
        Role("chief", "Chief", frozenset({admin, Right.AUDIT_READ}))


@pytest.mark.parametrize(
    "text",
    ["", "[x]", "[x]\ntitle = 'X'\nrights = ['fly']", "[x]\ntitle = 'X'\nrights = 'live'", "[[", "x = 1"],
)
def test_roles_that_cannot_be_read_are_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(text)
    if not text:
        assert read_roles(file) == {}
        return
    with pytest.raises(OperatorError, match=r"The roles in roles\.toml cannot be read"):
        read_roles(file)


def test_the_record_is_searched_and_reading_it_is_on_record(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        operator = {"Authorization": f"Bearer {room.token('operator')}"}
        auditor = {"Authorization": f"Bearer {room.token('auditor')}"}
        for title in ("One", "Two"):
            body = {"title": title, "lat": 1.0, "lon": 2.0}
            opened = (await room.http.post("/api/v1/incidents", json=body, headers=operator)).json()["id"]
        await room.http.post("/api/v1/alerts", json=alert(), headers=operator)

        async def found(**search: object) -> list[tuple[str, str]]:
            answer = await room.http.get("/api/v1/audit", params=search, headers=auditor)
            assert answer.status_code == 200, answer.text
            return [(record["who"], record["act"]) for record in answer.json()["records"]]

        opens = ("operator", "incident_open")
        assert await found(person="operator") == [("operator", "alert_send"), opens, opens]
        assert await found(incident_id=opened) == [opens]
        assert await found(incident_id=opened) == [("auditor", "audit_read"), opens]
        assert await found(camera_id="nowhere") == []
        assert await found(until="2026-11-21T07:00:00Z") == []
        assert len(await found(since="2026-11-21T07:00:00Z", limit=3)) == 3
        assert await found(before=2) == [opens]
        (newest,) = (await room.http.get("/api/v1/audit", params={"limit": 1}, headers=auditor)).json()[
            "records"
        ]
        assert (newest["act"], newest["detail"]) == ("audit_read", "before 2")

    in_room(tmp_path, scene)


def test_a_look_is_ended_by_who_looks_and_nobody_else(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        camera = {
            "cameras": [
                {"id": "c", "name": "C", "lat": 1.0, "lon": 2.0,
                 "streams": [{"kind": "hls", "url": "https://example.invalid/a.m3u8"}]}
            ]
        }  # fmt: skip
        admin = {"Authorization": f"Bearer {room.token('administrator')}"}
        plan = await room.http.post("/api/v1/cameras/import?name=c", json=camera, headers=admin)
        await room.http.post(f"/api/v1/cameras/import/{plan.json()['token']}", headers=admin)
        one = {"Authorization": f"Bearer {room.token('operator')}"}
        other = {"Authorization": f"Bearer {room.token('supervisor')}"}
        wanted = {"camera_id": "c", "quality": "main", "reason": ""}
        lease = (await room.http.post("/api/v1/leases", json=wanted, headers=one)).json()["id"]
        assert (await room.http.delete(f"/api/v1/leases/{lease}", headers=other)).status_code == 404
        assert (await room.http.delete(f"/api/v1/leases/{lease}", headers=one)).status_code == 204

    in_room(tmp_path, scene)
