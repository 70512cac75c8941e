"""A real hub on a real socket and a real file, within the test's own loop or as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from keyring.errors import PasswordDeleteError
from websockets.asyncio.client import ClientConnection, connect

from app.domain.clock import SystemClock
from app.hub.config import HubConfig
from app.hub.server import Ready, serve
from app.hub.vault import Vault
from tests.hub.engines import Chosen

ROOT = Path(__file__).parents[2]
OPERATOR_TOKEN = "one-time-operator-token"
INGEST_TOKEN = "ingest-token-for-the-tests"
OPERATOR = "Dana Operator"


class MemoryKeyring:
    """A keyring backend that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class Desk:
    """A signed-in operator's connections to a hub."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.session = session
        self.http = client(port, session)

    async def post(self, path: str, body: object = None, status: int | None = None) -> Any:
        answer = await self.http.post(path, json=body)
        if status is not None:
            assert answer.status_code == status, answer.text
        else:
            assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(path)

    async def snapshot(self) -> Any:
        answer = await self.http.get("snapshot")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def import_cameras(self, name: str, content: bytes) -> Any:
        """Plan and apply an import; return the plan."""
        plan = await self.http.post("cameras/import", params={"name": name}, content=content)
        assert plan.status_code == 200, plan.text
        applied = await self.http.post(f"cameras/import/{plan.json()['token']}")
        assert applied.status_code == 200, applied.text
        assert applied.json() == plan.json()
        return plan.json()

    def live(self, after: int = 0, **query: str) -> connect:
        more = "".join(f"&{key}={value}" for key, value in query.items())
        return live(self.port, self.session, f"after={after}{more}")


def client(port: int, token: str | None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}/api/v1/",
        headers=headers,
        timeout=20,
        trust_env=False,
        verify=False,  # plain HTTP on loopback: reading the certificates takes 33 ms a client
    )


def live(port: int, session: str | None, query: str) -> connect:
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    return connect(
        f"ws://127.0.0.1:{port}/api/v1/live?{query}",
        additional_headers=headers,
        max_size=2**24,
        proxy=None,
    )


async def sign_in(port: int, token: str = OPERATOR_TOKEN) -> Desk:
    async with client(port, None) as http:
        answer = await http.post("session", json={"token": token})
    assert answer.status_code == 200, answer.text
    return Desk(port, answer.json()["session_token"])


@asynccontextmanager
async def running_hub(
    folder: Path,
    *,
    port: int = 0,
    database: Path | None = None,
    url: str | None = None,
    vault: Vault | None = None,
    now: Callable[[], datetime] = SystemClock().utc,
    **settings: Any,
) -> AsyncIterator[Ready]:
    """Run a hub in this loop; it ends, and must end well, with the block.

    ``database`` is the folder of another hub, to share its database; ``url`` another way to it.
    """
    stop = asyncio.Event()
    ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
    url = url or await Chosen.engine.url(database or folder)
    config = HubConfig(
        folder, OPERATOR_TOKEN, INGEST_TOKEN, OPERATOR, port=port, database_url=url, **settings
    )
    task = asyncio.create_task(
        serve(config, on_ready=ready.set_result, stop=stop, vault=vault or Vault(None), now=now)
    )
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not ready.done():
            await task
        yield ready.result()
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


@asynccontextmanager
async def desk_at_hub(folder: Path, **options: Any) -> AsyncIterator[Desk]:
    """Run a hub and sit an operator at it."""
    async with running_hub(folder, **options) as ready:
        desk = await sign_in(ready.port)
        async with desk.http:
            yield desk


async def events(socket: ClientConnection, count: int, timeout_s: float = 15.0) -> list[dict[str, Any]]:
    """Return the next events, exactly so many; a frame that brings more fails."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(timeout_s):
        while len(found) < count:
            frame = json.loads(await socket.recv())
            assert frame["type"] == "events", frame
            assert len(frame["events"]) <= 200
            found += frame["events"]
    assert len(found) == count
    return found


async def welcome(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        frame: dict[str, Any] = json.loads(await socket.recv())
    assert frame["type"] == "welcome", frame
    return frame


def alert(number: int | str = 1, **changes: object) -> dict[str, object]:
    """Return an alert as a vendor sends it."""
    return {
        "source": "cad",
        "external_id": f"call-{number}",
        "revision": 0,
        "kind": "call_911",
        "urgency": 2,
        "title": f"Call {number}",
        "lat": 43.1,
        "lon": -77.6,
        "occurred_at": "2026-11-21T07:00:00Z",
        **changes,
    }


class HubChild:
    """A hub in a process of its own, started as the console starts it."""

    def __init__(
        self, folder: Path, port: int = 0, *more: str, environment: dict[str, str] | None = None
    ) -> None:
        if environment is None:
            environment = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "main.py",
                "hub",
                "--parent-stdin",
                "--data-dir",
                str(folder),
                "--port",
                str(port),
                *more,
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.ready: dict[str, Any] = {}

    async def start(self) -> dict[str, Any]:
        """Hand the tokens over and return the child's one line."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = {"operator_token": OPERATOR_TOKEN, "ingest_token": INGEST_TOKEN, "operator": OPERATOR}
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        said = await asyncio.wait_for(asyncio.to_thread(self.process.stdout.readline), 20)
        self.ready = json.loads(said)
        return self.ready

    def kill(self) -> None:
        """Kill it as the kernel would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._close()

    def let_go(self) -> tuple[int, str, str]:
        """Close its standard input, as a parent that dies, and return exit code, output and log."""
        out, errors = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode(), errors.decode()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
