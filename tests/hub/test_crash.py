"""A hub that is killed while alerts arrive loses none that it accepted, and repeats none."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from tests.hub.running_hub import INGEST_TOKEN, HubChild, alert, client, events, live, sign_in, welcome


class Room:
    """Vendors and a desk at a hub, and what each of them knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accepted: set[str] = set()
        self.received: list[dict[str, Any]] = []
        self.enough = asyncio.Event()

    async def vendor(self, port: int, lane: int) -> None:
        async with client(port, INGEST_TOKEN) as http:
            with suppress(httpx.TransportError):
                for number in range(10_000):
                    answer = await http.post("alerts", json=alert(f"{lane}-{number}"))
                    assert answer.status_code == 200
                    self.accepted.add(f"call-{lane}-{number}")

    async def follower(self, port: int, session: str) -> None:
        with suppress(ConnectionClosed):
            async with live(port, session, "after=0") as socket:
                await welcome(socket)
                while True:
                    self.received.extend(await events_of_one_frame(socket))
                    if len(self.accepted) > 300 and len(self.received) > 100:
                        self.enough.set()

    async def until_killed(self) -> int:
        child = HubChild(self.folder)
        port: int = (await child.start())["port"]
        desk = await sign_in(port)
        await desk.http.aclose()
        tasks = [asyncio.create_task(self.vendor(port, lane)) for lane in range(12)]
        tasks.append(asyncio.create_task(self.follower(port, desk.session)))
        await asyncio.wait_for(self.enough.wait(), 30)
        child.kill()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)
        return port

    async def after_restart(self, port: int) -> None:
        child = HubChild(self.folder, port)
        assert (await child.start())["port"] == port
        desk = await sign_in(port)
        async with desk.http:
            snapshot = await desk.snapshot()
            names = [row["external_id"] for row in snapshot["alerts"]]
            assert len(names) == len(set(names))
            assert self.accepted <= set(names)
            last = self.received[-1]["sequence"]
            async with desk.live(after=last) as socket:
                await welcome(socket)
                self.received.extend(await events(socket, snapshot["sequence"] - last))
                assert (await desk.post("alerts", alert("after")))["sequence"] == snapshot["sequence"] + 1
                self.received.extend(await events(socket, 1))
        assert [e["sequence"] for e in self.received] == list(range(1, snapshot["sequence"] + 2))
        told = [e["data"]["external_id"] for e in self.received]
        assert len(told) == len(set(told))
        assert set(told) == {*names, "call-after"}
        code, _, _ = await asyncio.to_thread(child.let_go)
        assert code == 0


def test_killed_hub_has_each_accepted_alert_exactly_once(tmp_path: Path) -> None:
    async def scene() -> None:
        room = Room(tmp_path)
        await room.after_restart(await room.until_killed())

    asyncio.run(scene())
    with sqlite3.connect(tmp_path / "watchfloor.sqlite") as database:
        ((count, first, last),) = database.execute(
            "SELECT count(*), min(sequence), max(sequence) FROM events"
        )
        ((head,),) = database.execute("SELECT head FROM meta")
    database.close()
    assert (first, last, head) == (1, count, count)


async def events_of_one_frame(socket: Any) -> list[dict[str, Any]]:
    """Return what one frame brings, however many."""
    frame = json.loads(await socket.recv())
    assert frame["type"] == "events"
    found: list[dict[str, Any]] = frame["events"]
    return found


def test_sent_again_after_the_crash_an_alert_stays_one(tmp_path: Path) -> None:
    """A vendor that got no answer sends again; that is how nothing is lost on its side either."""

    async def scene() -> None:
        outcomes = []
        for kill in (True, False):
            child = HubChild(tmp_path)
            port = (await child.start())["port"]
            async with client(port, INGEST_TOKEN) as http:
                outcomes.append((await http.post("alerts", json=alert())).json()["outcome"])
            if kill:
                child.kill()
            else:
                await asyncio.to_thread(child.let_go)
        assert outcomes == ["created", "unchanged"]

    asyncio.run(scene())
