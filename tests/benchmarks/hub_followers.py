"""Live consoles of a benchmark, as far as the hub can tell: each reads all that its socket brings.

They read the numbers in the frames' text and no more: fifty consoles are fifty machines, and here they share
two processors with the hub.

Reads ``{"port", "after", "tokens"}``, writes ``{"following": COUNT}``, then answers ``{"ask": "report"}``
with ``{"report": [{"events", "newest", "broken", "arrivals": [[NUMBER, SECONDS], …]}, …]}``, on the machine's
monotonic clock; with ``"bare"`` the arrivals are left out. ``broken`` is whether a number was missing or out
of order. Ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
import time
from typing import Any

from websockets.asyncio.client import connect

NUMBER = re.compile(r'"datacontenttype": "application/json", "sequence": (\d+)')


class Console:
    """One of them."""

    def __init__(self, after: int) -> None:
        self.events = 0
        self.newest = after
        self.broken = False
        self.arrivals: list[tuple[int, float]] = []
        self.is_welcome = asyncio.Event()

    async def follow(self, port: int, token: str) -> None:
        """Read until the hub ends it."""
        url = f"ws://127.0.0.1:{port}/api/v1/live?after={self.newest}"
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(
            url, additional_headers=headers, max_size=2**24, proxy=None, compression=None
        ) as socket:
            async for frame in socket:
                self.take(str(frame), time.monotonic())

    def take(self, frame: str, at: float) -> None:
        """Note what a frame brings."""
        self.is_welcome.set()
        for found in NUMBER.finditer(frame):
            number = int(found[1])
            self.broken = self.broken or number != self.newest + 1
            self.newest = number
            self.events += 1
            self.arrivals.append((number, at))

    def report(self, bare: bool) -> dict[str, Any]:
        """Return what was noted."""
        told = {"events": self.events, "newest": self.newest, "broken": self.broken}
        return {**told, "arrivals": [] if bare else self.arrivals}


async def main() -> None:
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    consoles = [Console(order["after"]) for _ in order["tokens"]]
    loop = asyncio.get_running_loop()
    asked: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(asked.put_nowait, json.loads(line))
        loop.call_soon_threadsafe(asked.put_nowait, None)

    tasks = [
        asyncio.create_task(console.follow(order["port"], token))
        for console, token in zip(consoles, order["tokens"], strict=True)
    ]
    async with asyncio.timeout(60):
        await asyncio.gather(*(console.is_welcome.wait() for console in consoles))
    print(json.dumps({"following": len(consoles)}), flush=True)
    threading.Thread(target=read, daemon=True).start()
    while (question := await asked.get()) is not None:
        reports = [console.report(question["bare"]) for console in consoles]
        print(json.dumps({"report": reports}), flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
