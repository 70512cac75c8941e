"""The hub's connections, with an end to every wait for the other side.

uvicorn waits for ever: for the rest of a request that comes byte by byte, and for a reader that does not
read. Who is slower than any network is told so where that is still possible, and cut off.
"""

from __future__ import annotations

import asyncio
import json
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

MOST_CONNECTIONS = 800
"""Fewer than the thousand files that a process may have open by default."""
HEAD_S = 10.0
"""From the first byte of a request, or the connection's beginning, to the end of its headers."""
BODY_S = 20.0
LEAST_BYTES_S = 8 * 1024
"""A body may take `BODY_S`, and longer as far as it comes at this pace."""
UNREAD_S = 20.0
"""How long an answer may lie unread, as far as it does not go out at that pace."""
CLOSE_S = 5.0
LARGEST_FRAME = 4096
"""Of what a live client says: nothing of the protocol's, and dropped."""

log = structlog.get_logger("hub")


class Reader:
    """Watches that the other side reads what is written to it."""

    def __init__(self, transport: asyncio.Transport, on_late: Callable[[], None]) -> None:
        self._transport = transport
        self._on_late = on_late
        self._look: asyncio.TimerHandle | None = None
        self._unread = 0

    def paused(self) -> None:
        """Begin: more was written than the other side has room for."""
        self.resumed()
        self._unread = self._transport.get_write_buffer_size()
        self._look = asyncio.get_running_loop().call_later(UNREAD_S, self._on_look)

    def resumed(self) -> None:
        """End: it has room again, or the connection is lost."""
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _on_look(self) -> None:
        read = self._unread - self._transport.get_write_buffer_size()
        if read < LEAST_BYTES_S * UNREAD_S:
            self._on_late()
        else:
            self.paused()


class HubHttp(H11Protocol):
    """An HTTP connection whose requests arrive, and whose answers are read, in a time that has an end."""

    _phase: object = None
    _until = 0.0
    _alarm: asyncio.TimerHandle | None = None
    _reader: Reader | None = None
    _upgraded = False

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for a request, unless there are too many who do."""
        assert isinstance(transport, asyncio.Transport)
        is_full = len(self.connections) >= MOST_CONNECTIONS
        super().connection_made(transport)
        self._reader = Reader(transport, self._on_unread)
        if is_full:
            self._cut_off(503, "The hub has too many connections.", "Try again in a minute.")
            return
        self._watch(0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and look what is still to come."""
        super().data_received(data)
        if not self._upgraded and not self.transport.is_closing():
            self._watch(len(data))

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the live socket, if that is how one is asked for."""
        if event.method != b"GET":
            self._cut_off(400, "A live socket is opened with GET.", "Check the sender.")
            return
        self._upgraded = True
        self._rest()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Watch that the answer is read."""
        super().pause_writing()
        if self._reader is not None:
            self._reader.paused()

    def resume_writing(self) -> None:
        """Note that it is."""
        super().resume_writing()
        if self._reader is not None:
            self._reader.resumed()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's signature)
        """Refuse what is no HTTP in the hub's own form."""
        self._cut_off(
            400, "This is not an HTTP request that can be read.", "Check the client's HTTP library."
        )

    def _watch(self, size: int) -> None:
        state = self.conn.their_state
        if state not in (h11.IDLE, h11.SEND_BODY):
            self._phase = None
            return
        phase = (state, self.cycle)
        if phase != self._phase:
            self._phase = phase
            self._until = self.loop.time() + (HEAD_S if state is h11.IDLE else BODY_S)
        if state is h11.SEND_BODY:
            self._until += size / LEAST_BYTES_S
        if self._alarm is not None and self._alarm.when() > self._until:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._alarm = self.loop.call_at(self._until, self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = None
        if self._phase is None or self.transport.is_closing():
            return
        if self.loop.time() < self._until:
            self._alarm = self.loop.call_at(self._until, self._on_alarm)
            return
        log.info("a request came too slowly and was cut off", desk=self._desk())
        self._cut_off(408, "The request came too slowly.", "Check the network and send it again.")

    def _on_unread(self) -> None:
        log.info("an answer was not read and was cut off", desk=self._desk())
        self.transport.abort()

    def _cut_off(self, status: int, detail: str, hint: str) -> None:
        """Close the connection, in words where no answer has begun."""
        self._rest()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = json.dumps({"detail": detail, "hint": hint}).encode()
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ]
            for event in (
                h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()
            ):  # fmt: skip
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None and not self.cycle.response_complete:
            # Whoever serves the request hears that its sender has gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self.loop.call_later(CLOSE_S, self.transport.abort)

    def _rest(self) -> None:
        self._phase = None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._reader is not None:
            self._reader.resumed()

    def _desk(self) -> str:
        return self.client[0] if self.client is not None else "unknown"


class HubSocket(WebSocketsSansIOProtocol):
    """A live socket that can be closed in words though its client does not read, and that then ends."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.close_timeout = CLOSE_S

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for an opening handshake that can be answered."""
        super().connection_made(transport)
        self.loop.call_later(HEAD_S, self._on_no_handshake)

    def handle_parser_exception(self) -> None:
        """End a connection that does not speak the protocol; before the handshake uvicorn would forget it."""
        if self.handshake_complete:
            super().handle_parser_exception()
        else:
            self.transport.abort()

    def _on_no_handshake(self) -> None:
        if not self.handshake_complete and not self.close_sent:
            self.transport.abort()

    async def send(self, message: ASGISendEvent) -> None:
        """Send; a close waits for nobody."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)
        if self.close_timer is not None:
            # uvicorn's would let the connection stay until all is read.
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """End a connection whose client has not answered for long."""
        super().keepalive_timeout()
        self.loop.call_later(self.close_timeout, self.transport.abort)
