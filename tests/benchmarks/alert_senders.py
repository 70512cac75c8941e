"""Vendors of a benchmark, in a process of their own: each sends its next alert when the last one is answered.

Reads ``{"port", "token", "connections", "seconds"}``, and writes ``{"sent", "refused", "seconds", "p50_ms",
"p99_ms"}`` at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from app.domain.quantile import quantile
from tests.benchmarks.alert_wire import AlertWire, body


async def send(order: dict[str, Any]) -> dict[str, Any]:
    took: list[float] = []
    refused = 0
    ends_at = time.monotonic() + order["seconds"]

    async def lane(number: int) -> None:
        nonlocal refused
        wire = AlertWire(order["port"], order["token"])
        count = 0
        while (began := time.monotonic()) < ends_at:
            status, _ = await wire.post(body(f"lane-{number}", count))
            took.append(time.monotonic() - began)
            refused += status != 200
            count += 1
        wire.close()

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(order["connections"]):
            group.create_task(lane(number))
    return {
        "sent": len(took),
        "refused": refused,
        "seconds": time.monotonic() - began,
        "p50_ms": round(1000 * quantile(took, 0.5), 1),
        "p99_ms": round(1000 * quantile(took, 0.99), 1),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(send(json.loads(sys.stdin.readline())))), flush=True)
