"""A child process that is spoken to in lines of JSON: the hub and the demo city.

Threads read its output, because asyncio's own subprocess support differs between the event loops of the
three systems. The child ends by itself when its standard input closes, so it never outlives the console.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from app.domain.errors import SourceError

log = structlog.get_logger(__name__)

ERROR_BYTES = 1_000_000
"""A file of standard error beyond this is put beside the new one when the next child starts."""


class LineProcess:
    """One running child. Messages are JSON objects, one a line, both ways."""

    def __init__(self, argv: Sequence[str], error_file: Path) -> None:
        """Start the child; what it writes to standard error goes to the end of a file that is bounded.

        Raises:
            SourceError: it cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        error_file.parent.mkdir(parents=True, exist_ok=True)
        try:
            if error_file.exists() and error_file.stat().st_size > ERROR_BYTES:
                error_file.replace(error_file.with_name(error_file.name + ".1"))
            with error_file.open("ab") as errors:
                self._child = subprocess.Popen(
                    list(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
                )
        except OSError as error:
            raise SourceError(f"{Path(argv[0]).name} cannot be started: {error.strerror}") from error
        self.exited = asyncio.Event()
        self._reader = threading.Thread(target=self._read, name=f"lines of {self._child.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """The child's exit status, None while it runs."""
        return self._child.returncode

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one message.

        Raises:
            SourceError: the child no longer listens.
        """
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()
        except OSError as error:
            raise SourceError("the process has ended") from error

    async def next_message(self) -> dict[str, Any] | None:
        """Return the child's next message, None once it has ended."""
        return await self._messages.get()

    async def aclose(self, grace_s: float = 5.0) -> None:
        """Close the child's input, wait for its end, and kill it when ``grace_s`` seconds were not enough."""
        if self._child.stdin is not None:
            try:
                self._child.stdin.close()
            except OSError:
                log.debug("child had ended", pid=self.pid)
        try:
            async with asyncio.timeout(grace_s):
                await self.exited.wait()
        except TimeoutError:
            log.warning("child did not end, killing it", pid=self.pid)
            self._child.kill()
            await self.exited.wait()

    def _read(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as lines:
            for line in lines:
                self._take(line)
        self._child.wait()
        self._tell(None)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            log.warning("child wrote something that is no message", pid=self._child.pid)
            return
        if isinstance(message, dict):
            self._tell(message)

    def _tell(self, message: dict[str, Any] | None) -> None:
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: dict[str, Any] | None) -> None:
        self._messages.put_nowait(message)
        if message is None:
            self.exited.set()


def own_program(*arguments: str) -> list[str]:
    """Return the command line that runs this program again with other arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    main = Path(__file__).resolve().parents[2] / "main.py"
    return [sys.executable, str(main), *arguments]
