"""Serves the newest look over HTTP, to programs of this computer only, from a thread of its own.

The look is taken on the UI thread and is never changed after; a scrape, however slow or frequent, costs that
thread nothing.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from app.domain.errors import OperatorError
from app.domain.ports import Clock
from app.domain.system_look import SystemLook
from app.metrics.families import prometheus_text

HOST = "127.0.0.1"
PATH = "/metrics"
PATIENCE_S = 5.0
STALE_S = 10.0
"""A look that old is no answer: the console hangs, and its last figures must not pass for those of now."""
_LARGEST_HEAD = 8192
_PLAIN = "text/plain; charset=utf-8"


class MetricsPort:
    """Open from its making until `aclose`."""

    def __init__(self, port: int, clock: Clock) -> None:
        """Listen at that port, 0 for any free one.

        Raises:
            OperatorError: it cannot be had.
        """
        try:
            self._socket = socket.create_server((HOST, port))
        except OSError as error:
            raise OperatorError(
                f"The port {port} for metrics cannot be opened: {error.strerror}.",
                "Choose another one in settings.toml, [metrics].",
            ) from error
        self._address = f"http://{HOST}:{self._socket.getsockname()[1]}{PATH}"
        self._clock = clock
        self._look: SystemLook | None = None
        self._rendered: tuple[SystemLook | None, bytes] = (None, b"")
        self._answering: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._on_over: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the figures are."""
        return self._address

    def show(self, look: SystemLook) -> None:
        """Answer with this look from now on."""
        self._look = look

    async def aclose(self) -> None:
        """Stop to listen; who waits for an answer gets none."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        self._on_over = partial(loop.call_soon_threadsafe, over.set)
        self._loop.call_soon_threadsafe(self._ended.set)
        await over.wait()
        self._thread.join()

    # In the thread

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            if self._on_over is not None:
                self._on_over()

    async def _serve(self) -> None:
        async with await asyncio.start_server(self._on_client, sock=self._socket, limit=_LARGEST_HEAD):
            await self._ended.wait()
        for writer in self._answering.values():
            writer.transport.abort()
        if self._answering:
            await asyncio.wait(set(self._answering))

    async def _on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering[task] = writer
        try:
            async with asyncio.timeout(PATIENCE_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head.decode("latin-1")))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            # Who asks nothing that can be read, or does not wait for the answer, gets none.
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._answering[task]

    def _answer(self, head: str) -> bytes:
        method, target, host = _question(head)
        look = self._look
        if host not in (HOST, "localhost", ""):
            # A page in a browser reaches this port under a name of its own.
            return _response(HTTPStatus.FORBIDDEN, "This port answers to 127.0.0.1 and localhost only.\n")
        if target != PATH:
            return _response(HTTPStatus.NOT_FOUND, f"The figures are at {PATH}.\n")
        if method != "GET":
            return _response(HTTPStatus.METHOD_NOT_ALLOWED, "The figures can only be read.\n")
        if look is None or self._clock.monotonic() - look.at > STALE_S:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, "The console has no figures of now.\n")
        if self._rendered[0] is not look:
            self._rendered = (look, prometheus_text(look))
        return _response(HTTPStatus.OK, self._rendered[1], CONTENT_TYPE_PLAIN_0_0_4)


def _question(head: str) -> tuple[str, str, str]:
    """Return a request's method, its path, and the host that it was sent to ("" where it does not say)."""
    first, *lines = head.split("\r\n")
    method, target, *_ = [*first.split(" "), "", ""]
    host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        name = host
    return method, target.partition("?")[0], name


def _response(status: HTTPStatus, body: str | bytes, kind: str = _PLAIN) -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
