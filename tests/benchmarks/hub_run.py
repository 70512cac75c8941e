"""A real hub as a process of its own, and people who are signed in at it, for the hub's benchmarks."""

from __future__ import annotations

import contextlib
import re
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp

from tests.benchmarks.measure import Lines, lines

OPERATOR_TOKEN = secrets.token_urlsafe(24)
INGEST_TOKEN = secrets.token_urlsafe(24)
SOCKETS_EACH = 8
"""Live sockets that the hub gives one session."""
COMMITS = re.compile(r"^watchfloor_hub_commit_seconds_(count|sum) (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class RunningHub:
    """A hub that answers; ``bearer`` is the session of the desk that it was started for."""

    process: Lines
    port: int
    bearer: str = ""
    _people: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Return the hub's process."""
        return self.process.child.pid

    @property
    def address(self) -> str:
        """Return what every path of the interface begins with."""
        return f"http://127.0.0.1:{self.port}/api/v1/"

    def client(self, bearer: str | None = None) -> httpx.Client:
        """Return a client that speaks for a session, the desk's own where none is named."""
        headers = {"Authorization": f"Bearer {bearer or self.bearer}"}
        return httpx.Client(base_url=self.address, headers=headers, trust_env=False, timeout=60)

    def head(self) -> int:
        """Return the number of the newest event."""
        with self.client() as desk:
            return int(desk.get("health").raise_for_status().json()["sequence"])

    def commits(self) -> tuple[int, float]:
        """Return how many transactions have changed the hub's state, and the seconds that they took."""
        with self.client() as desk:
            figures = desk.get("metrics").raise_for_status().text
        told = dict(COMMITS.findall(figures))
        return int(float(told["count"])), float(told["sum"])

    def people(self, count: int, *roles: str) -> list[dict[str, Any]]:
        """Make so many accounts, sign in to each, and return their sessions as the hub told them."""
        found = []
        with self.client() as desk:
            for _ in range(count):
                name = f"Bench {secrets.token_hex(4)}"
                made = desk.post("accounts", json={"name": name, "roles": roles or ["supervisor"]})
                handed = made.raise_for_status().json()
                totp = pyotp.parse_uri(handed["totp_address"])
                assert isinstance(totp, pyotp.TOTP)
                attempt = {
                    "name": name, "password": handed["password"], "code": totp.now(),
                    "new_password": secrets.token_urlsafe(16), "banner_acknowledged": True,
                }  # fmt: skip
                found.append(desk.post("sign-in", json=attempt).raise_for_status().json())
        return found

    def console_tokens(self, consoles: int) -> list[str]:
        """Return a session's token for each of so many consoles; a few share one."""
        people = self.people(-(-consoles // SOCKETS_EACH))
        tokens = [person["session_token"] for person in people for _ in range(SOCKETS_EACH)]
        return tokens[:consoles]


@contextlib.contextmanager
def hub_on(folder: Path, *, database: str | None = None, port: int = 0) -> Iterator[RunningHub]:
    """Run a hub and sign its desk in; it ends with the block.

    On a file it is a console's own hub; on a PostgreSQL database, which has to be empty, it is a centre's.
    """
    argv = [sys.executable, "main.py", "hub", "--data-dir", str(folder), "--port", str(port)]
    argv += ["--log-file", str(folder / "hub.log")]
    argv += ["--parent-stdin"] if database is None else ["--database", database]
    tokens = {"operator_token": OPERATOR_TOKEN, "ingest_token": INGEST_TOKEN, "operator": "Bench"}
    environment = {f"WATCHFLOOR_{name.upper()}": told for name, told in tokens.items()}
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with lines(argv, **environment) as process, contextlib.ExitStack() as ending:
        if database is None:
            process.send(**tokens)
        else:
            # Its standard input says nothing to it.
            ending.callback(process.child.terminate)
        hub = RunningHub(process, process.wait_for(lambda message: "port" in message, 60)["port"])
        with httpx.Client(base_url=hub.address, trust_env=False, timeout=60) as http:
            told = http.post("session", json={"token": OPERATOR_TOKEN}).raise_for_status()
        hub.bearer = told.json()["session_token"]
        yield hub
