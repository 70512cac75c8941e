"""A network that fails, on loopback: it stands between a camera and its viewer and does as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Self

Alteration = Callable[[bytes], bytes]
"""Takes what the camera sent next and returns what the viewer gets."""


class _Link:
    """One viewer's connection and the one to the camera behind it."""

    def __init__(self) -> None:
        self.dead = False
        self.writers: list[asyncio.StreamWriter] = []
        self.alter: Alteration | None = None


class TcpProxy:
    """Forwards to a port on loopback; use it in an ``async with`` block.

    ``delay_s`` holds back what the camera sends; ``alteration`` makes, for each new connection, what its
    bytes towards the viewer go through.
    """

    def __init__(self, port: int, alteration: Callable[[], Alteration] | None = None) -> None:
        self.delay_s = 0.0
        self.late_s = 0.0
        """How long what was let go last had been held back."""
        self._target = port
        self._alteration = alteration
        self._swallowing = False
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many connections there are now, dead ones too."""
        return len(self._links)

    def aim(self, port: int) -> None:
        """Forward new connections to another port."""
        self._target = port

    def swallow(self) -> None:
        """Go half-open: connections stay and new ones are accepted, but nothing comes through."""
        self._swallowing = True
        for link in self._links:
            link.dead = True

    def heal(self) -> None:
        """Let new connections through; those that were swallowed stay dead, as behind a rebooted router."""
        self._swallowing = False

    def cut(self) -> None:
        """Close every connection in order (FIN)."""
        self._end(reset=False)

    def reset(self) -> None:
        """Break every connection off (RST)."""
        self._end(reset=True)

    def _end(self, *, reset: bool) -> None:
        for link in list(self._links):
            for writer in link.writers:
                if reset:
                    sock = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                else:
                    writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = _Link()
        link.writers.append(writer)
        link.dead = self._swallowing
        self._links.add(link)
        try:
            with contextlib.suppress(OSError):
                await self._join(link, reader, writer)
        except asyncio.CancelledError:
            # The proxy closes: asyncio would log a connection's end by cancellation as an error.
            pass
        finally:
            for each in link.writers:
                each.close()
            self._links.discard(link)
            self._tasks.discard(task)

    async def _join(self, link: _Link, viewer: asyncio.StreamReader, to_viewer: asyncio.StreamWriter) -> None:
        if link.dead:
            while await viewer.read(65536):
                continue
            return
        camera, to_camera = await asyncio.open_connection("127.0.0.1", self._target)
        link.writers.append(to_camera)
        link.alter = self._alteration() if self._alteration else None
        ways = [
            asyncio.create_task(self._forward(link, viewer, to_camera)),
            asyncio.create_task(self._forward_late(link, camera, to_viewer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _forward(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not link.dead:
                writer.write(data)
                await writer.drain()

    async def _forward_late(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        held: asyncio.Queue[tuple[float, float, bytes | None]] = asyncio.Queue()

        async def let_go() -> None:
            while True:
                came, due, data = await held.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if data is None:
                    return
                self.late_s = loop.time() - came
                if not link.dead:
                    writer.write(data)
                    await writer.drain()

        releasing = asyncio.create_task(let_go())
        try:
            while data := await reader.read(65536):
                if link.alter is not None:
                    data = link.alter(data)
                held.put_nowait((loop.time(), loop.time() + self.delay_s, data))
            # The end comes behind all that was held back, and not at all where nothing comes through.
            held.put_nowait((loop.time(), loop.time() + self.delay_s, None))
            await releasing
            if link.dead:
                await loop.create_future()
        finally:
            releasing.cancel()
            await asyncio.gather(releasing, return_exceptions=True)
