"""A camera that has fallen silent is found again within a second or so of its return, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.sources.video import knocking
from app.sources.video.knocking import Knocking
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.waiting import run, until

NEVER = threading.Event()


class Answering:
    """A camera that answers each question and keeps it."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"RTSP/1.0 401 Unauthorized\r\n\r\n")
        writer.close()


@asynccontextmanager
async def camera() -> AsyncIterator[tuple[Answering, TcpProxy]]:
    answering = Answering()
    server = await asyncio.start_server(answering.answer, "127.0.0.1", 0)
    async with server, TcpProxy(server.sockets[0].getsockname()[1]) as proxy:
        yield answering, proxy


@pytest.mark.parametrize(
    ("url", "question"),
    [
        ("rtsp://dana:secret@127.0.0.1:{}/live?ch=1", b"OPTIONS rtsp://127.0.0.1:%d/live?ch=1 RTSP/1.0\r\n"),
        ("http://dana:secret@127.0.0.1:{}/still.jpg?size=1", b"HEAD /still.jpg?size=1 HTTP/1.1\r\n"),
        ("http://127.0.0.1:{}", b"HEAD / HTTP/1.1\r\n"),
    ],
)
def test_a_camera_that_answers_is_asked_once_and_not_for_its_picture(url: str, question: bytes) -> None:
    async def scene() -> None:
        async with camera() as (answering, proxy):
            address = url.format(proxy.port)
            assert await asyncio.to_thread(Knocking().answered, address, NEVER)
            assert len(answering.asked) == 1
            expected = question % proxy.port if b"%d" in question else question
            assert answering.asked[0].startswith(expected)
            assert b"secret" not in answering.asked[0]

    run(scene())


def test_a_camera_that_returns_is_found_though_the_first_connection_stays_dead() -> None:
    async def scene() -> None:
        async with camera() as (answering, proxy):
            proxy.swallow()
            url = f"rtsp://127.0.0.1:{proxy.port}/live"
            waiting = asyncio.create_task(asyncio.to_thread(Knocking().answered, url, NEVER))
            await until(lambda: proxy.connections > 0)
            proxy.heal()
            assert await asyncio.wait_for(waiting, 2.5)
            assert len(answering.asked) == 1

    run(scene())


def test_a_camera_that_stays_silent_is_opened_outright_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "_PATIENCE_S", 0.3)

    async def scene() -> None:
        async with camera() as (answering, proxy):
            proxy.swallow()
            known, url = Knocking(), f"rtsp://127.0.0.1:{proxy.port}/live"
            said = [await asyncio.to_thread(known.answered, url, NEVER) for _ in range(5)]
            assert said == [False, False, False, True, False]
            assert not answering.asked

    run(scene())


def test_a_camera_that_is_known_to_answer_is_not_opened_while_it_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(knocking, "_PATIENCE_S", 0.3)

    async def scene() -> None:
        async with camera() as (_, proxy):
            known, url = Knocking(), f"rtsp://127.0.0.1:{proxy.port}/live"
            assert await asyncio.to_thread(known.answered, url, NEVER)
            proxy.swallow()
            assert not any([await asyncio.to_thread(known.answered, url, NEVER) for _ in range(5)])

    run(scene())


def test_a_port_where_nobody_listens_is_an_answer() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert Knocking().answered(f"rtsp://127.0.0.1:{port}/live", NEVER)


def test_whoever_is_in_a_hurry_does_not_wait() -> None:
    hurry = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/live"
        waiting = threading.Thread(target=Knocking().answered, args=(url, hurry))
        waiting.start()
        silent.accept()[0].close()
        hurry.set()
        waiting.join(1.0)
        assert not waiting.is_alive()
