"""Who is slower than any network is cut off, and holds up nobody meanwhile."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.hub import connections
from app.hub.live_places import MOST_SOCKETS
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.attacks.raw_http import all_of, said, statuses, wire
from tests.hub.running_hub import INGEST_TOKEN, Desk, alert, desk_at_hub, events, live, running_hub, welcome

HEAD = f"POST /api/v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {INGEST_TOKEN}\r\n".encode()
REQUEST = b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the hub lose its patience within tenths of a second."""
    for name, seconds in (("HEAD_S", 0.3), ("BODY_S", 0.3), ("UNREAD_S", 0.2), ("CLOSE_S", 0.3)):
        monkeypatch.setattr(connections, name, seconds)


async def drip(port: int, first: bytes, drop: bytes) -> bytes:
    """Send drop by drop until the hub ends it; return what it said. A desk works on meanwhile."""
    async with wire(port) as (reader, writer):
        writer.write(first)
        answer = asyncio.create_task(all_of(reader))
        while not answer.done():
            writer.write(drop)
            await asyncio.wait({answer}, timeout=0.02)
        return answer.result()


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),
        (b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n{", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n"),
        # The second request of a connection is as bounded as the first.
        (REQUEST + HEAD + b"Content-Length: 100000\r\n\r\n{", b" "),
    ],
    ids=["silence", "headers", "body", "chunks", "second request"],
)
def test_who_sends_drop_by_drop_is_told_and_cut_off(
    tmp_path: Path, soon: None, first: bytes, drop: bytes
) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            slow = [asyncio.create_task(drip(desk.port, first, drop)) for _ in range(5)]
            await desk.post("alerts", alert())
            for answer in await asyncio.gather(*slow):
                assert statuses(answer)[-1:] == [408]
                assert json.loads(answer.rsplit(b"\r\n\r\n", 1)[1])["hint"]

    asyncio.run(scene())


def test_a_body_that_goes_on_after_its_answer_ends_too(tmp_path: Path, soon: None) -> None:
    async def scene() -> bytes:
        async with running_hub(tmp_path) as ready:
            first = b"POST /api/v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
            return await drip(ready.port, first, b" ")

    # The answer was given; a second one would be taken for the next request's.
    assert statuses(asyncio.run(scene())) == [404]


def test_a_body_that_comes_at_a_fair_pace_may_take_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BODY_S", 0.1)
    monkeypatch.setattr(connections, "LEAST_BYTES_S", 50_000)

    async def scene() -> int:
        async with running_hub(tmp_path) as ready, wire(ready.port) as (reader, writer):
            body = json.dumps(alert(extra="x" * 200_000)).encode()
            writer.write(HEAD + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            answer = asyncio.create_task(all_of(reader))
            for start in range(0, len(body), 10_000):
                writer.write(body[start : start + 10_000])
                await asyncio.wait({answer}, timeout=0.02)
            return statuses(await answer)[0]

    assert asyncio.run(scene()) == 200


def test_an_answer_that_nobody_reads_is_not_kept(tmp_path: Path, soon: None, log_lines: LogLines) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for number in range(300):
                await desk.post("alerts", alert(number, detail="x" * 10_000))
            async with wire(desk.port) as (_reader, writer):
                # Stop reading at the socket itself.
                writer.transport.pause_reading()
                ask = f"GET /api/v1/snapshot HTTP/1.1\r\nAuthorization: Bearer {desk.session}\r\n"
                writer.write((ask + "Host: x\r\n\r\n").encode() * 3)
                await until(lambda: any("was not read" in line["event"] for line in log_lines), 15)

    asyncio.run(scene())


def test_too_many_connections_are_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: None
) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 5)
    monkeypatch.setattr(connections, "HEAD_S", 20.0)

    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            idle = [await asyncio.open_connection("127.0.0.1", ready.port) for _ in range(5)]
            answer = await said(ready.port, REQUEST)
            assert statuses(answer) == [503]
            assert json.loads(answer.split(b"\r\n\r\n")[1])["detail"] == "The hub has too many connections."
            for _, writer in idle:
                writer.transport.abort()

            async def served() -> bool:
                return statuses(await said(ready.port, REQUEST[:-2] + b"Connection: close\r\n\r\n")) == [200]

            async with asyncio.timeout(10):
                while not await served():
                    pass

    asyncio.run(scene())


async def flooded(desk: Desk, log_lines: LogLines) -> int:
    """Send alerts until the sleeper is cut off; return how many."""
    number = 0
    async with asyncio.timeout(30):
        while not any("cut off" in line["event"] for line in log_lines):
            await desk.post("alerts", alert(number, detail="x" * 10_000))
            number += 1
    return number


async def read_to_the_end(socket: ClientConnection) -> tuple[list[int], int, str]:
    """Return the numbers that still came, and code and words of the end."""
    numbers: list[int] = []
    async with asyncio.timeout(15):
        try:
            while True:
                frame = json.loads(await socket.recv())
                numbers += [event["sequence"] for event in frame.get("events", ())]
        except ConnectionClosed as closed:
            end = closed.rcvd
            assert end is not None
            return numbers, end.code, end.reason


def test_a_console_that_does_not_read_is_cut_off_in_words_and_goes_on_without_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    monkeypatch.setattr("app.hub.live.SEND_TIMEOUT_S", 0.2)

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as reader, desk.live() as sleeper:
            await welcome(reader)
            sleeper.transport.pause_reading()
            count = await flooded(desk, log_lines)
            assert [e["sequence"] for e in await events(reader, count)] == list(range(1, count + 1))
            sleeper.transport.resume_reading()
            numbers, code, words = await read_to_the_end(sleeper)
            assert (code, words) == (4408, "events were not read in time; connect again")
            assert numbers == list(range(1, len(numbers) + 1))
            async with desk.live(after=len(numbers)) as again:
                await welcome(again)
                rest = await events(again, count - len(numbers))
            assert [e["sequence"] for e in rest] == list(range(len(numbers) + 1, count + 1))

    asyncio.run(scene())


def test_a_console_that_never_reads_again_keeps_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: None, log_lines: LogLines
) -> None:
    monkeypatch.setattr("app.hub.live.SEND_TIMEOUT_S", 0.2)

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as sleeper:
            sleeper.transport.pause_reading()
            await flooded(desk, log_lines)
            desk_port = sleeper.local_address[1]
            await until(lambda: not _holds(desk.port, desk_port), 15, "the hub to let go")
            sleeper.transport.abort()

    asyncio.run(scene())


def _holds(hub_port: int, desk_port: int) -> bool:
    """Say whether the hub, in this process, has the connection still."""
    found = psutil.Process().net_connections("tcp4")
    return any(c.laddr.port == hub_port and c.raddr and c.raddr.port == desk_port for c in found)


def test_one_session_has_a_few_live_sockets_and_others_have_theirs(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            held = [await desk.live() for _ in range(MOST_SOCKETS)]
            for socket in held:
                await welcome(socket)
            with pytest.raises(InvalidStatus) as refused:
                async with live(desk.port, desk.session, "after=0"):
                    pass
            answer = refused.value.response
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
            assert json.loads(answer.body or b"")["hint"]
            await held.pop().close()
            # The hub notices a moment later.
            async with asyncio.timeout(10):
                while True:
                    try:
                        async with desk.live() as socket:
                            await welcome(socket)
                        break
                    except InvalidStatus:
                        continue
            for socket in held:
                await socket.close()

    asyncio.run(scene())


def test_what_a_live_client_says_is_small_or_its_end(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as talker:
            await welcome(talker)
            await talker.send("x" * 100)
            await talker.send("x" * (connections.LARGEST_FRAME + 1))
            assert (await read_to_the_end(talker))[1] == 1009

    asyncio.run(scene())
