"""Sends alerts over keep-alive connections at a price that leaves the processor to the hub.

A few lines of HTTP/1.1 on asyncio's streams, for a peer that is known: a full HTTP library takes longer for
a request than the hub does.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime


def body(source: str, number: int) -> bytes:
    """Return an alert as a vendor sends it."""
    alert = {
        "source": source,
        "external_id": str(number),
        "kind": "gunshot",
        "urgency": 1,
        "title": f"Alert {number} of the benchmark",
        "occurred_at": datetime.now(UTC).isoformat(),
        "lat": 41.0,
        "lon": -72.0,
    }
    return json.dumps(alert).encode()


class AlertWire:
    """One connection to the public ingest."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = (
            f"POST /api/v1/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, content: bytes) -> tuple[int, bytes]:
        """Send one alert and return status and body of the answer.

        Raises:
            ConnectionError: the hub does not answer; the next one is sent over a new connection.
        """
        try:
            reader, writer = self._streams = self._streams or await asyncio.open_connection(
                "127.0.0.1", self._port
            )
            writer.write(self._head + str(len(content)).encode() + b"\r\n\r\n" + content)
            head = await reader.readuntil(b"\r\n\r\n")
            size = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
            return int(head[9:12]), await reader.readexactly(int(size))
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise ConnectionError from error

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None
