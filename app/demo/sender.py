"""Sends the demo's alerts through the hub's public ingest: in order, each until it is accepted."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from app.demo.stories import Planned
from app.wire.hub import API

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 3.0
BEHIND_LIMIT = 500
"""Alerts that may wait in a lane before the storyteller is held up."""


@dataclass(frozen=True, slots=True)
class HubDoor:
    """Where alerts go and the token that opens it."""

    url: str
    ingest_token: str


class HubAddress:
    """The hub's address, which may come late and may change when the hub is started anew."""

    def __init__(self) -> None:
        self._door: HubDoor | None = None
        self._known = asyncio.Event()

    def set(self, door: HubDoor) -> None:
        """Take a new address; what is being sent goes there from the next try on."""
        self._door = door
        self._known.set()

    async def get(self) -> HubDoor:
        """Return the address, as soon as there is one."""
        await self._known.wait()
        assert self._door is not None
        return self._door


class AlertSender:
    """Sends planned alerts at their times. ``sent`` counts accepted ones, ``alerts`` without corrections."""

    def __init__(self, address: HubAddress, *, lanes: int = 1) -> None:
        """``lanes`` requests are under way at once; corrections of one alert stay in one lane, in order."""
        self._address = address
        self._lanes = lanes
        self.sent = 0
        self.alerts = 0
        self.refused = 0

    async def run(self, planned: Iterable[Planned], clock: Callable[[], float]) -> None:
        """Send every alert when it is due, counted from now, and return when all are accepted."""
        queues: list[asyncio.Queue[dict[str, Any] | None]] = [
            asyncio.Queue(BEHIND_LIMIT) for _ in range(self._lanes)
        ]
        limits = httpx.Limits(max_connections=self._lanes)
        async with (
            httpx.AsyncClient(timeout=10, limits=limits, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            for queue in queues:
                group.create_task(self._drain(client, queue))
            begun = clock()
            for item in planned:
                await asyncio.sleep(max(0.0, begun + item.due_s - clock()))
                lane = sum(item.alert["external_id"].encode()) % self._lanes
                await queues[lane].put(item.alert)
            for queue in queues:
                await queue.put(None)

    async def _drain(self, client: httpx.AsyncClient, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
        while (alert := await queue.get()) is not None:
            await self._send(client, alert)

    async def _send(self, client: httpx.AsyncClient, alert: dict[str, Any]) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            door = await self._address.get()
            try:
                answer = await client.post(
                    f"{door.url}{API}/alerts",
                    json=alert,
                    headers={"Authorization": f"Bearer {door.ingest_token}"},
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                self.sent += 1
                self.alerts += alert["revision"] == 0
                return
            if answer is not None and answer.status_code in {400, 413, 422}:
                self.refused += 1
                sys.stderr.write(f"the hub refused {alert['external_id']}: {answer.text[:500]}\n")
                return
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


async def import_cameras(hub_url: str, session_token: str, content: bytes) -> dict[str, Any]:
    """Import a camera file through the hub's own two steps and return the plan that was carried out.

    Raises:
        httpx.HTTPError: the hub is not there or refuses.
    """
    headers = {"Authorization": f"Bearer {session_token}"}
    async with httpx.AsyncClient(base_url=hub_url, timeout=60, headers=headers, trust_env=False) as client:
        answer = await client.post(
            f"{API}/cameras/import", params={"name": "demo-city.json"}, content=content
        )
        answer.raise_for_status()
        plan: dict[str, Any] = answer.json()
        applied = await client.post(f"{API}/cameras/import/{plan['token']}")
        applied.raise_for_status()
    return plan
