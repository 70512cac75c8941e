"""The benchmarks' own HTTP: what it takes for an answer is what the measurement counts as an alert taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.benchmarks.alert_wire import AlertWire
from tests.fakes.waiting import run

TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken"


@asynccontextmanager
async def answering(*lives: list[list[bytes]]) -> AsyncIterator[tuple[AlertWire, list[bytes]]]:
    """Run a peer that gives each connection its answers, in pieces; yields what it was sent."""
    coming, asked = iter(lives), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for pieces in next(coming):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            asked.append(head + await reader.readexactly(size))
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        wire = AlertWire(server.sockets[0].getsockname()[1], "secret")
        yield wire, asked
        wire.close()


def test_alerts_go_over_one_connection_and_each_has_its_whole_answer() -> None:
    async def scene() -> None:
        refused = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\nno"
        async with answering([[TAKEN[:20], TAKEN[20:45], TAKEN[45:]], [refused]]) as (wire, asked):
            assert await wire.post(b"{}") == (200, b"taken")
            assert await wire.post(b"[1]") == (429, b"no")
        assert [request.partition(b"\r\n\r\n")[2] for request in asked] == [b"{}", b"[1]"]
        assert all(b"Authorization: Bearer secret\r\n" in request for request in asked)

    run(scene())


@pytest.mark.parametrize("cut_off", [[], [TAKEN[:10]], [TAKEN[:-1]]])
def test_a_broken_answer_is_none_and_the_next_alert_has_a_fresh_connection(cut_off: list[bytes]) -> None:
    async def scene() -> None:
        async with answering([cut_off], [[TAKEN]]) as (wire, asked):
            with pytest.raises(ConnectionError):
                await wire.post(b"1")
            assert await wire.post(b"2") == (200, b"taken")
        assert len(asked) == 2

    run(scene())
