"""A hub that is killed again and again under a flow of alerts loses none, repeats none, keeps the order.

Vendors send two hundred alerts a second and send again what was not answered, for as long as it takes. A
console follows and comes back with its last number after each kill. At the end everything that was ever sent
has to be among the console's events, each exactly once, and their numbers without a gap.

    python tests/benchmarks/hub_crash.py [--kills 100] [--pace 200] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.benchmarks.alert_wire import AlertWire, body
from tests.benchmarks.hub_run import INGEST_TOKEN, RunningHub, hub_on
from tests.benchmarks.measure import Result, profile, say

LANES = 32
LIFE_S = (0.2, 1.0)
"""How long a hub lives from its first alert on, at random."""


class Vendors:
    """Send at their pace, each alert until it is answered."""

    def __init__(self, pace: int) -> None:
        self._pace = pace
        self.answered: set[str] = set()
        self.sent = 0
        self.again = 0
        self.port = 0
        self.ending = False
        self._due: asyncio.Queue[int] = asyncio.Queue()

    async def run(self) -> None:
        """Send until they are told to end and all is answered."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pacemaker())
            for _ in range(LANES):
                group.create_task(self._lane())

    async def _pacemaker(self) -> None:
        began = time.monotonic()
        while not self.ending:
            await asyncio.sleep(max(0.0, began + self.sent / self._pace - time.monotonic()))
            self._due.put_nowait(self.sent)
            self.sent += 1
        for _ in range(LANES):
            self._due.put_nowait(-1)

    async def _lane(self) -> None:
        wire = AlertWire(self.port, INGEST_TOKEN)
        while (number := await self._due.get()) >= 0:
            while True:
                try:
                    status, _ = await wire.post(body("vendor", number))
                except OSError:
                    self.again += 1
                    await asyncio.sleep(0.05)
                    continue
                if status != 200:
                    raise SystemExit(f"an alert was refused with {status}")
                break
            self.answered.add(str(number))
        wire.close()


class Console:
    """Follows by number, across every kill."""

    def __init__(self) -> None:
        self.newest = 0
        self.out_of_order = 0
        self.alerts: Counter[str] = Counter()

    async def follow(self, hub: RunningHub) -> None:
        """Read until the hub is gone."""
        url = f"ws://127.0.0.1:{hub.port}/api/v1/live?after={self.newest}"
        headers = {"Authorization": f"Bearer {hub.bearer}"}
        with suppress(WebSocketException, OSError):
            async with connect(url, additional_headers=headers, max_size=2**24, proxy=None) as socket:
                async for frame in socket:
                    self.take(json.loads(frame))

    def take(self, frame: dict[str, Any]) -> None:
        """Note what a frame brings."""
        if frame["type"] == "reset":
            raise SystemExit("the hub did not know the console's number any more")
        for event in frame.get("events", ()):
            self.out_of_order += event["sequence"] != self.newest + 1
            self.newest = event["sequence"]
            if event["type"].endswith("alert.upserted"):
                self.alerts[event["data"]["external_id"]] += 1


def wrongs(answered: set[str], console: Console) -> dict[str, int]:
    """Return how many alerts a console never had, and had again, and how often a number was not the next."""
    return {
        "lost": len(answered - console.alerts.keys()),
        "repeated": sum(count - 1 for count in console.alerts.values()),
        "out_of_order": console.out_of_order,
    }


async def run(folder: Path, kills: int, pace: int, dice: random.Random) -> dict[str, Any]:
    vendors, console = Vendors(pace), Console()
    sending: asyncio.Task[None] | None = None
    for number in range(kills + 1):
        running = hub_on(folder, port=vendors.port)
        hub = await asyncio.to_thread(running.__enter__)
        vendors.port = hub.port
        sending = sending or asyncio.create_task(vendors.run())
        following = asyncio.create_task(console.follow(hub))
        if number < kills:
            await asyncio.sleep(dice.uniform(*LIFE_S))
            hub.process.child.kill()
            await following
            await asyncio.to_thread(running.__exit__, None, None, None)
            if number % 10 == 9:
                say(f"{number + 1} kills, {len(vendors.answered)} alerts answered")
            continue
        vendors.ending = True
        await asyncio.wait_for(sending, 120)
        head = await asyncio.to_thread(hub.head)
        async with asyncio.timeout(120):
            while console.newest < head:  # noqa: ASYNC110 (the console has no event for it)
                await asyncio.sleep(0.02)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await asyncio.to_thread(running.__exit__, None, None, None)
    return {
        **wrongs(vendors.answered, console),
        "kills": kills,
        "alerts": vendors.sent,
        "sent_again": vendors.again,
        "events": console.newest,
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--pace", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with profile() as folder:
        told = asyncio.run(run(folder, chosen.kills, chosen.pace, random.Random(chosen.seed)))
    ours = told["lost"] + told["repeated"] + told["out_of_order"]
    Result(name="hub_crash", unit="lost, repeated or out of order", ours=ours, limit=0, details=told).print()


if __name__ == "__main__":
    main()
