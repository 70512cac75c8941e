"""Bytes on the wire, for what no HTTP library would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIMIT_S = 20.0


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection to a hub; it is gone with the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def said(port: int, data: bytes) -> bytes:
    """Send bytes and return all that the hub says until it closes the connection."""
    async with wire(port) as (reader, writer):
        writer.write(data)
        return await all_of(reader)


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection ends, however it does."""
    found = b""
    async with asyncio.timeout(LIMIT_S):
        try:
            while part := await reader.read(65536):
                found += part
        except ConnectionResetError:
            return found
    return found


def statuses(answer: bytes) -> list[int]:
    """Return the statuses of the answers in the order in which they came."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
