"""From an alert's POST at the public ingest to its painted row in the console's queue.

Alerts are posted at a steady pace by this process over the vendors' door, at 20 and at 200 a second for
30 s each, while the console runs with its wall empty. Both clocks are the machine's monotonic one. An
alert counts as lost when the hub accepted it and the console does not have it. A row that newer alerts
push out of sight before it was painted has no latency; the share of painted ones is in the details.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.domain.quantile import quantile
from tests.benchmarks.measure import Lines, Result, lines, profile, say, x_server

PACES = (20, 200)
SECONDS = 30.0


def alert(pace: int, number: int) -> dict[str, Any]:
    return {
        "source": f"bench-{pace}",
        "external_id": str(number),
        "kind": "gunshot",
        "urgency": 1,
        "title": f"Alert {number} of the benchmark",
        "occurred_at": datetime.now(UTC).isoformat(),
        "lat": 41.0,
        "lon": -72.0,
    }


async def post_at(pace: int, url: str, token: str) -> tuple[dict[str, float], int]:
    """Post at that pace; return the time of sending by the hub's alert id, and how many were refused."""
    sent: dict[str, float] = {}
    refused = 0
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=30) as client:

        async def post(number: int) -> None:
            nonlocal refused
            at = time.monotonic()
            answer = await client.post(
                f"{url}/api/v1/alerts",
                json=alert(pace, number),
                headers={"Authorization": f"Bearer {token}"},
            )
            if answer.is_success:
                sent[answer.json()["id"]] = at
            else:
                refused += 1

        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(int(pace * SECONDS)):
                await asyncio.sleep(max(0.0, began + number / pace - time.monotonic()))
                group.create_task(post(number))
    return sent, refused


def at_pace(pace: int, console: Lines, door: dict[str, Any]) -> dict[str, Any]:
    say(f"{pace} alerts a second for {SECONDS:.0f} s")
    console.send(ask="restart_counters")
    sent, refused = asyncio.run(post_at(pace, door["hub_url"], door["ingest_token"]))
    time.sleep(2)
    console.send(ask="report")
    report = console.wait_for(lambda message: "report" in message)["report"]
    console.send(ask="alerts")
    painted = console.wait_for(lambda message: "painted" in message)["painted"]
    late_ms = [1000 * (painted[alert_id] - at) for alert_id, at in sent.items() if alert_id in painted]
    return {
        "p50_ms": round(quantile(late_ms, 0.50), 1),
        "p99_ms": round(quantile(late_ms, 0.99), 1),
        "max_ms": round(quantile(late_ms, 1.0), 1),
        "accepted": len(sent),
        "refused": refused,
        "painted_share": round(len(late_ms) / len(sent), 4),
        "received": report["alerts"]["received"],
        "ui_stall_ms": report["ui_stall_ms"],
    }


def main() -> None:
    outcome: dict[str, Any] = {}
    with profile() as folder, x_server() as (display, _):
        argv = [sys.executable, str(Path(__file__).with_name("console_run.py"))]
        with lines(argv, DISPLAY=display, QT_QPA_PLATFORM="xcb") as console:
            console.send(profile=str(folder), wall=[])
            door = console.wait_for(lambda message: "hub_url" in message)
            console.wait_for(lambda message: "live" in message)
            before = 0
            for pace in PACES:
                got = outcome[f"{pace}/s"] = at_pace(pace, console, door)
                got["lost"] = got["accepted"] - (got.pop("received") - before)
                before += got["accepted"]
    Result(
        name="alert_latency",
        unit="ms, p99 at 20/s",
        ours=outcome["20/s"]["p99_ms"],
        details=outcome,
    ).print()


if __name__ == "__main__":
    main()
