"""Alerts that the hub takes in a second, each durable before its answer, while consoles follow.

Senders in a process of their own keep so many connections busy, each sending its next alert when the last one
is answered; fifty live consoles in two more processes read every event. The limit is the same group commits
to the same kind of file without HTTP, without events on sockets: what the disk and the database give.

What limits it shows in the details: the processor time of each process in percent of one core, how many
alerts share a commit and how long one takes, and what one synced write costs here. The same is measured on
PostgreSQL: on a server of the benchmark's own, which waits for the disk at each commit, or on ``--database``.

    python tests/benchmarks/hub_ingest.py [--seconds 20] [--consoles 50] [--connections 64] [--database URL]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from app.domain.clock import SystemClock
from app.domain.quantile import quantile
from app.hub.config import HubConfig
from app.hub.ingest.report import read_report
from app.hub.opening import open_hub
from app.hub.vault import Vault
from tests.benchmarks.alert_wire import body
from tests.benchmarks.followed_hub import followers
from tests.benchmarks.hub_run import INGEST_TOKEN, OPERATOR_TOKEN, hub_on
from tests.benchmarks.measure import Result, cpu_seconds, lines, profile, say
from tests.hub.engines import Server, now_in_thread, programs, why_none

MARK = 1000
DATABASE = "bench"


def measured(
    options: argparse.Namespace, database: str | None = None, server: int | None = None
) -> dict[str, Any]:
    """Return how many alerts a second a hub took, and what that cost its processes and the server's."""
    with (
        profile() as folder,
        hub_on(folder, database=database) as hub,
        followers(hub, options.consoles) as crowd,
    ):
        say(f"{options.consoles} consoles follow; alerts for {options.seconds:.0f} s")
        before = hub.head()
        argv = [sys.executable, str(Path(__file__).with_name("alert_senders.py"))]
        with lines(argv) as senders:
            processes = {"hub": [hub.pid], "consoles": crowd.pids, "senders": [senders.child.pid]}
            if server is not None:
                processes["database"] = [server]
            commits, commit_s = hub.commits()
            spent = {name: sum(cpu_seconds(pids).values()) for name, pids in processes.items()}
            senders.send(
                port=hub.port,
                token=INGEST_TOKEN,
                connections=options.connections,
                seconds=options.seconds,
            )
            told = senders.wait_for(lambda message: "sent" in message, options.seconds + 120)
            loads = {
                name: round(100 * (sum(cpu_seconds(pids).values()) - spent[name]) / told["seconds"])
                for name, pids in processes.items()
            }
            commits, commit_s = (
                now - then for now, then in zip(hub.commits(), (commits, commit_s), strict=True)
            )
        behind = crowd.until_all_have(before + told["sent"] - told["refused"])
        reports = crowd.report(bare=True)
    return {
        "alerts_per_s": round((told["sent"] - told["refused"]) / told["seconds"], 1),
        "refused": told["refused"],
        "alerts_per_commit": round((told["sent"] - told["refused"]) / commits, 1),
        "commit_ms": round(1000 * commit_s / commits, 2),
        "answer_p50_ms": told["p50_ms"],
        "answer_p99_ms": told["p99_ms"],
        "consoles_had_all_after_s": round(behind, 2),
        "consoles_with_a_gap": sum(console["broken"] for console in reports),
        "cpu_percent": loads,
    }


def measured_on_postgresql(options: argparse.Namespace) -> dict[str, Any]:
    """Return the same on PostgreSQL, or why that is not measured."""
    if options.database:
        return measured(options, options.database)
    folder = programs()
    if folder is None or why_none():
        return {"not_measured": why_none()}
    try:
        # As durable as SQLite's file: the tests' own server does not wait for the disk.
        server = Server(folder, durable=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return {"not_measured": f"PostgreSQL did not start: {error!r}"}
    try:
        now_in_thread(server.run(f"CREATE DATABASE {DATABASE}"))
        return measured(options, server.url(DATABASE), server.pid)
    finally:
        server.stop()


def bare_commits(seconds: float, lanes: int) -> float:
    """Return the alerts a second that the same group commits take without HTTP and without consoles."""

    async def run(folder: Path) -> float:
        config = HubConfig(folder, OPERATOR_TOKEN, INGEST_TOKEN)
        async with open_hub(config, Vault(None), SystemClock().utc) as (hub, _):
            ends_at = time.monotonic() + seconds
            done = 0

            async def lane(number: int) -> None:
                nonlocal done
                count = 0
                while time.monotonic() < ends_at:
                    await hub.ingest.take(read_report(body(f"lane-{number}", count)))
                    count += 1
                    done += 1

            await asyncio.gather(*(lane(number) for number in range(lanes)))
            return done / seconds

    with profile() as folder:
        return asyncio.run(run(folder))


def sync_ms(count: int = 200) -> float:
    """Return the median of what one synced write of a page costs where the hub's file lies."""
    took = []
    with profile() as folder, (folder / "page").open("wb") as file:
        for _ in range(count):
            began = time.monotonic()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(1000 * (time.monotonic() - began))
    return quantile(took, 0.5)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--consoles", type=int, default=50)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--database", help="address of an empty PostgreSQL database")
    chosen = options.parse_args()
    sqlite = measured(chosen)
    details = {
        "mark": MARK,
        "sqlite": sqlite,
        "postgresql": measured_on_postgresql(chosen),
        "sync_ms": round(sync_ms(), 2),
    }
    Result(
        name="hub_ingest",
        unit="alerts/s, durable, SQLite",
        ours=sqlite["alerts_per_s"],
        limit=bare_commits(min(10.0, chosen.seconds), chosen.connections),
        details=details,
    ).print()


if __name__ == "__main__":
    main()
