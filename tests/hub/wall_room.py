"""A hub with an enrolled desk whose second wall stays lit, and who works there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.fakes.waiting import until
from tests.hub.office import Office, in_office, live
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Message

WALL = "wall-2"
REASON = "The room is guarded and locked (post order 12)."
Bearer = dict[str, str]


class WallRoom:
    """Dana works at the desk that Root enrolled; every deed is asked for over the interface."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.key = ""
        self.desk = ""
        self.root: Bearer = {}
        self.dana: Bearer = {}

    async def furnish(self, *roles: str) -> None:
        """Enrol the desk, exempt its second wall, and sit Dana at it."""
        office = self.office
        plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=office.admin)
        await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)
        _, self.root = await office.person("Root", "administrator")
        made = await self.ask("POST", "desks", 201, self.root, {"name": "Front desk"})
        self.key, self.desk = made["key"], made["id"]
        await self.exempt()
        _, self.dana = await office.person("Dana", *roles)
        assert (await self.enter(self.dana))["name"] == "Front desk"

    async def ask(
        self, method: str, path: str, status: int, bearer: Bearer | None = None, body: object = None
    ) -> Any:
        answer = await self.office.http.request(method, path, json=body, headers=bearer or self.dana)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def exempt(self, wall: str = WALL) -> None:
        await self.ask("PUT", f"desks/{self.desk}/exempt-walls/{wall}", 204, self.root, {"reason": REASON})

    async def enter(self, bearer: Bearer, key: str | None = None) -> Any:
        return await self.ask("PUT", "session/desk", 200, bearer, {"key": key or self.key})

    async def look(
        self, camera_id: str = "plain", wall: str | None = WALL, bearer: Bearer | None = None, **more: object
    ) -> str:
        wanted = {"camera_id": camera_id, "quality": "main", "reason": "", "wall": wall, **more}
        lease: str = (await self.ask("POST", "leases", 201, bearer, wanted))["id"]
        return lease

    async def lock(self, bearer: Bearer | None = None) -> None:
        await self.ask("POST", "session/lock", 204, bearer)

    async def renew(self, lease: str, status: int = 200, bearer: Bearer | None = None) -> Any:
        return await self.ask("POST", f"leases/{lease}/renew", status, bearer)

    def ended(self) -> list[str]:
        """Return the leases that were revoked, in order."""
        told = [json.loads(text) for text in self.office.tail()]
        return [
            one["data"]["id"]
            for one in told
            if one["type"].endswith("lease.ended") and one["data"]["because"] == "revoked"
        ]

    async def follow(self, bearer: Bearer | None = None) -> tuple[asyncio.Task[None], list[Message]]:
        """Open the locked desk's live socket, and return what it says once it said the first."""
        said: list[Message] = []
        following = asyncio.create_task(live(self.office, bearer or self.dana, said, "/api/v1/live/kept"))
        await until(lambda: len(said) > 1 or (bool(said) and said[0]["type"] != "websocket.accept"))
        return following, said


def frames(said: list[Message]) -> list[Any]:
    """Return the frames that a socket sent."""
    return [json.loads(message["text"]) for message in said if message["type"] == "websocket.send"]


def in_wall_room(folder: Path, scene: Callable[[WallRoom], Awaitable[None]], *roles: str) -> None:
    async def play(office: Office) -> None:
        room = WallRoom(office)
        await room.furnish(*roles)
        await scene(room)

    in_office(folder, play)
