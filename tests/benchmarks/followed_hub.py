"""A hub with so many live consoles, in processes of their own."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.hub_run import RunningHub
from tests.benchmarks.measure import Lines, lines

PROCESSES = 2


class Followers:
    """Consoles that follow a hub."""

    def __init__(self, processes: list[Lines]) -> None:
        self._processes = processes

    @property
    def pids(self) -> list[int]:
        """Return their processes."""
        return [process.child.pid for process in self._processes]

    def report(self, *, bare: bool = False) -> list[dict[str, Any]]:
        """Return what each console has noted; ``bare`` leaves out when each event arrived."""
        for process in self._processes:
            process.send(ask="report", bare=bare)
        told = [process.wait_for(lambda message: "report" in message) for process in self._processes]
        return [console for part in told for console in part["report"]]

    def until_all_have(self, number: int, within_s: float = 60.0) -> float:
        """Return the seconds until every console has the event of that number."""
        began = time.monotonic()
        while any(console["newest"] < number for console in self.report(bare=True)):
            if time.monotonic() - began > within_s:
                raise SystemExit("the consoles did not get every event")
            time.sleep(0.05)
        return time.monotonic() - began


@contextlib.contextmanager
def followers(hub: RunningHub, consoles: int) -> Iterator[Followers]:
    """Have so many consoles follow a hub; they end with the block."""
    tokens = hub.console_tokens(consoles)
    after = hub.head()
    with contextlib.ExitStack() as stack:
        processes = []
        for part in range(PROCESSES):
            argv = [sys.executable, str(Path(__file__).with_name("hub_followers.py"))]
            process = stack.enter_context(lines(argv))
            process.send(port=hub.port, after=after, tokens=tokens[part::PROCESSES])
            processes.append(process)
        for process in processes:
            process.wait_for(lambda message: "following" in message)
        yield Followers(processes)
