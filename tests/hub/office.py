"""A hub with accounts, and people who sign in to it: what the tests of accounts and shifts sit in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher

from app.hub.accounts.administration import Handover
from app.hub.accounts.secrets import Passwords
from app.hub.accounts.signing_in import SigningIn
from app.hub.application import application
from app.hub.core import Hub
from app.hub.sessions import Sessions
from app.hub.vault import Vault
from tests.hub.engines import Chosen
from tests.hub.test_leases import CAMERAS
from tests.hub.test_rights import Message

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OWN = "correct horse battery"


class Office:
    """A hub with accounts, a clock that a test moves, and passwords that are quick to hash."""

    def __init__(self, vault: Vault | None = None) -> None:
        self.now = START
        self.handed: dict[str, Handover] = {}
        self.entered: set[str] = set()
        self.vault = vault or Vault(None)

    @asynccontextmanager
    async def open(self, folder: Path, checkpoints: Path | None = None) -> AsyncIterator[Office]:
        sessions = Sessions("o" * 16, "i" * 16, "Desk", now=lambda: self.now)
        database = await Chosen.engine.database(folder)
        self.hub = hub = await Hub.open(database, sessions, self.vault, lambda: self.now, checkpoints)
        hub.passwords = Passwords(QUICK)
        hub.signing_in = SigningIn(database, hub.journal, hub.now, sessions, hub.passwords)
        hub.signing_in.seal = hub.seal
        self.app = application(hub)
        transport = httpx.ASGITransport(self.app, client=("10.0.0.7", 1))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1/") as self.http:
                self.admin = self.bearer("administrator")
                yield self
        finally:
            await hub.aclose()

    def bearer(self, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.hub.sessions.admit(' '.join(roles), roles)}"}

    async def create(self, name: str = "Dana", *roles: str, **more: object) -> Handover:
        body = {"name": name, "roles": roles or ["operator"], **more}
        answer = await self.http.post("accounts", json=body, headers=self.admin)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        return Handover(told["name"], told["password"], told["totp_address"], tuple(told["recovery_codes"]))

    def code(self, handover: Handover, steps: int = 0) -> str:
        totp = pyotp.parse_uri(handover.totp_address)
        assert isinstance(totp, pyotp.TOTP)
        return totp.at(self.now + timedelta(seconds=30 * steps))

    async def sign_in(self, name: str, password: str, code: str, **more: object) -> httpx.Response:
        body = {"name": name, "password": password, "code": code, "banner_acknowledged": True, **more}
        return await self.http.post("sign-in", json=body)

    async def person(self, name: str = "Dana", *roles: str) -> tuple[Handover, dict[str, str]]:
        """Make an account, choose its password and sign in; a minute passes."""
        handover = await self.create(name, *roles)
        answer = await self.sign_in(name, handover.password, self.code(handover), new_password=OWN)
        assert answer.status_code == 200, answer.text
        self.now += timedelta(minutes=1)
        return handover, {"Authorization": f"Bearer {answer.json()['session_token']}"}

    async def create_named(self, name: str, *roles: str) -> str:
        """Make an account whose handover `enter` and `refused` know, and return its name."""
        self.handed[name] = await self.create(name, *roles)
        return name

    async def enter(self, name: str) -> dict[str, str]:
        """Sign somebody in at the hub's own desk."""
        answer = await self._try(name)
        assert answer.status_code == 200, answer.text
        self.entered.add(name)
        return {"Authorization": f"Bearer {answer.json()['session_token']}"}

    async def refused(self, name: str, status: int) -> Any:
        """Try to sign somebody in, and return the refusal."""
        answer = await self._try(name)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def _try(self, name: str) -> httpx.Response:
        own = {"desk_token": "o" * 16}
        if name in self.entered:
            return await self.sign_in(name, OWN, "", **own)
        return await self.sign_in(name, self.handed[name].password, "", new_password=OWN, **own)

    async def deed(self, method: str, path: str, status: int, body: object = None) -> Any:
        answer = await self.http.request(method, f"accounts/{path}", json=body, headers=self.admin)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def tail(self) -> list[str]:
        """Return the newest events as they are sent."""
        return [text for _, text in self.hub.log._tail]

    async def acts(self) -> list[tuple[str, str, str, str | None]]:
        answer = await self.http.get("audit", params={"limit": 500}, headers=self.bearer("auditor"))
        found = [(r["act"], r["who"], r["outcome"], r["detail"]) for r in reversed(answer.json()["records"])]
        return [act for act in found if act[0] != "audit_read"]


def in_office(folder: Path, scene: Any, checkpoints: Path | None = None) -> None:
    async def run() -> None:
        async with Office().open(folder, checkpoints) as office:
            await scene(office)

    asyncio.run(run())


async def live(
    office: Office, bearer: dict[str, str], said: list[Message], path: str = "/api/v1/live"
) -> None:
    """Follow the live socket until the hub ends it."""
    asked = [{"type": "websocket.connect"}]

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"after=0",
        "headers": [(b"authorization", bearer["Authorization"].encode())], "client": ("10.0.0.7", 1),
        "subprotocols": [], "root_path": "", "scheme": "ws", "server": ("hub", 80),
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    await office.app(scope, receive, send)


async def looking(office: Office, bearer: dict[str, str], *, import_first: bool = True) -> None:
    if import_first:
        plan = await office.http.post("cameras/import?name=c", content=CAMERAS, headers=office.admin)
        await office.http.post(f"cameras/import/{plan.json()['token']}", headers=office.admin)
    wanted = {"camera_id": "plain", "quality": "main", "reason": ""}
    assert (await office.http.post("leases", json=wanted, headers=bearer)).status_code == 201
