"""One event to two hundred live consoles: from the alert's POST to its arrival at each of them.

An alert is posted now and then while nothing else goes on; every console, in two processes, notes when the
event's frame is in its hands. Each pair of an event and a console is one sample. The limit is the mark: how
fast that could be depends on how many machines the consoles are, and here all are one.

    python tests/benchmarks/hub_fanout.py [--events 100] [--consoles 200]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any

from tests.benchmarks.alert_wire import AlertWire, body
from tests.benchmarks.followed_hub import followers
from tests.benchmarks.hub_run import INGEST_TOKEN, RunningHub, hub_on
from tests.benchmarks.measure import Result, profile, say
from tests.benchmarks.samples import summary

MARK_MS = 250.0
PAUSE_S = 0.3


async def posted(hub: RunningHub, count: int) -> dict[int, tuple[float, float]]:
    """Post alerts; return when each was sent and answered, by its event's number."""
    wire = AlertWire(hub.port, INGEST_TOKEN)
    times: dict[int, tuple[float, float]] = {}
    for number in range(count):
        sent_at = time.monotonic()
        status, answer = await wire.post(body("fanout", number))
        if status != 200:
            raise SystemExit(f"an alert was refused with {status}")
        times[json.loads(answer)["sequence"]] = (sent_at, time.monotonic())
        await asyncio.sleep(PAUSE_S)
        # An idle connection is closed by the hub in the end; each alert has a fresh one.
        wire.close()
    return times


def late_ms(
    consoles: Iterable[dict[str, Any]], times: dict[int, tuple[float, float]]
) -> tuple[list[float], list[float]]:
    """Return how long after the POST, and after its answer, each event was at each console."""
    after_post, after_answer = [], []
    for console in consoles:
        for number, at in console["arrivals"]:
            if number in times:
                sent_at, answered_at = times[number]
                after_post.append(1000 * (at - sent_at))
                after_answer.append(1000 * (at - answered_at))
    return after_post, after_answer


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=100)
    options.add_argument("--consoles", type=int, default=200)
    chosen = options.parse_args()
    details: dict[str, Any] = {"mark_ms": MARK_MS, "consoles": chosen.consoles}
    with profile() as folder, hub_on(folder) as hub, followers(hub, chosen.consoles) as crowd:
        say(f"{chosen.consoles} consoles follow; {chosen.events} events")
        times = asyncio.run(posted(hub, chosen.events))
        crowd.until_all_have(max(times))
        after_post, after_answer = late_ms(crowd.report(), times)
    if len(after_post) != chosen.events * chosen.consoles:
        raise SystemExit(f"{len(after_post)} arrivals of {chosen.events * chosen.consoles}")
    details["after_post_ms"] = summary(after_post)
    details["after_answer_ms"] = summary(after_answer)
    Result(
        name="hub_fanout",
        unit="ms, p99",
        ours=details["after_post_ms"]["p99"],
        limit=MARK_MS,
        details=details,
    ).print()


if __name__ == "__main__":
    main()
