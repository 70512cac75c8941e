"""Runs the hub as the console's child and starts it again when it ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from random import random
from typing import Any

import structlog

from app.domain.errors import SourceError
from app.domain.restart_policy import RestartPolicy
from app.sources.hub_address import HubAddress
from app.sources.line_process import LineProcess, own_program

log = structlog.get_logger(__name__)

READY_S = 30.0
EXIT_IN_USE = 3
FIRST_TRIES = 3
"""A hub that has never been ready is tried so often before the operator is asked what to do."""


class HubProcess:
    """A hub of our own on loopback: implements `HubLocator`.

    The port and the ingest token stay the same across restarts, so that vendors find it again; the
    operator's token is new each time and signs in once.
    """

    def __init__(
        self,
        data_dir: Path,
        operator: str,
        on_notice: Callable[[str], None],
        *,
        policy: RestartPolicy = RestartPolicy(first_s=0.2, cap_s=10.0),
    ) -> None:
        self._data_dir = data_dir
        self._operator = operator
        self._on_notice = on_notice
        self._policy = policy
        self._child: LineProcess | None = None
        self._address: HubAddress | None = None
        self._ready = asyncio.Event()
        self._was_ready = False
        self._generation = 0
        self._port = 0
        self.ingest_token = secrets.token_urlsafe(32)

    @property
    def pid(self) -> int | None:
        """The hub's process id, None while there is none."""
        return self._child.pid if self._child else None

    async def address(self) -> HubAddress:
        """Return the address, waiting until the hub is ready."""
        await self._ready.wait()
        assert self._address is not None
        return self._address

    async def run(self) -> None:
        """Keep a hub running until cancelled.

        Raises:
            SourceError: it cannot be started in the first place. Once it has run it is tried for ever.
        """
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                await self._run_once()
            except SourceError as error:
                log.error("hub did not start", error=error.message)
                if not self._was_ready and (not error.retryable or failures + 1 >= FIRST_TRIES):
                    raise
                self._on_notice(error.message)
            failures = self._policy.failures_after(failures, loop.time() - started)
            await asyncio.sleep(self._policy.delay_s(failures, None, random))

    async def _run_once(self) -> None:
        self._generation += 1
        token = secrets.token_urlsafe(32)
        arguments = ["hub", "--parent-stdin", "--data-dir", str(self._data_dir), "--port", str(self._port)]
        arguments += ["--log-file", str(self._data_dir / "hub.log")]
        child = self._child = LineProcess(own_program(*arguments), self._data_dir / "hub-errors.log")
        try:
            child.send(
                {"operator_token": token, "ingest_token": self.ingest_token, "operator": self._operator}
            )
            await self._wait_ready(child, token)
            await child.exited.wait()
            log.warning("hub ended", exit_code=child.exit_code)
        finally:
            self._ready.clear()
            self._address = None
            await child.aclose()
            self._child = None

    async def _wait_ready(self, child: LineProcess, token: str) -> None:
        try:
            async with asyncio.timeout(READY_S):
                message = await child.next_message()
        except TimeoutError as error:
            raise SourceError("The hub did not get ready in time.") from error
        if message is None:
            raise SourceError("The hub ended while starting; its log has the reason.")
        if "error" in message:
            raise SourceError(await self._refusal(child, message), retryable=False)
        if notice := message.get("notice"):
            self._on_notice(str(notice))
        self._port = int(message["port"])
        self._was_ready = True
        self._address = HubAddress(f"http://127.0.0.1:{self._port}", token, self._generation)
        self._ready.set()

    @staticmethod
    async def _refusal(child: LineProcess, message: dict[str, Any]) -> str:
        await child.aclose()
        hint = str(message.get("hint") or "")
        if child.exit_code == EXIT_IN_USE:
            hint = "Close the Watchfloor that is open already, or start this one with another --profile."
        return f"{message['error']} {hint}".strip()
