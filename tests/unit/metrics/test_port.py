"""Who gets the figures, and what becomes of those who ask badly."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from app.domain.errors import OperatorError
from app.metrics.port import STALE_S, MetricsPort
from tests.fakes.waiting import run
from tests.fakes.world import FakeClock
from tests.unit.metrics.looks import look


@asynccontextmanager
async def opened(clock: FakeClock | None = None) -> AsyncIterator[MetricsPort]:
    port = MetricsPort(0, clock or FakeClock())
    try:
        yield port
    finally:
        await port.aclose()


def connected(port: MetricsPort) -> socket.socket:
    """Return a connection that has asked nothing yet."""
    where = urlsplit(port.address)
    return socket.create_connection((where.hostname, where.port), timeout=3.0)


async def ask(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, url, headers=headers)


def test_the_newest_look_is_served_as_prometheus_text() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with opened(clock) as port:
            assert (await ask(port.address)).status_code == 503
            port.show(look(clock.seconds))
            answer = await ask(port.address)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert "watchfloor_hub_round_trip_seconds 0.002\n" in answer.text
            port.show(look(clock.seconds, hub_round_trip_s=0.5))
            assert "watchfloor_hub_round_trip_seconds 0.5\n" in (await ask(port.address)).text

    run(scene())


def test_figures_of_a_console_that_hangs_are_not_passed_off_as_new() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with opened(clock) as port:
            port.show(look(clock.seconds))
            clock.advance(STALE_S + 0.1)
            assert (await ask(port.address)).status_code == 503

    run(scene())


def test_only_this_computer_can_ask_and_a_web_page_cannot() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with opened(clock) as port:
            port.show(look(clock.seconds))
            where = urlsplit(port.address)
            assert where.hostname == "127.0.0.1"
            assert (await ask(port.address, host=f"localhost:{where.port}")).status_code == 200
            for name in ("rebound.example.org", f"10.0.0.1:{where.port}", "[::1", "127.0.0.1.example.org"):
                refused = await ask(port.address, host=name)
                assert refused.status_code == 403
                assert "watchfloor_" not in refused.text

    run(scene())


def test_other_paths_and_methods_are_told_no() -> None:
    async def scene() -> None:
        async with opened() as port:
            assert (await ask(port.address + "?x=1")).status_code == 503
            assert (await ask(port.address.removesuffix("metrics"))).status_code == 404
            assert (await ask(port.address, "POST")).status_code == 405

    run(scene())


@pytest.mark.parametrize("words", [b"", b"\r\n\r\n", b"rubbish\r\n\r\n", b"x" * 100_000, b"\xff\xfe\r\n\r\n"])
def test_rubbish_and_silence_keep_nobody_else_from_the_figures(words: bytes) -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with opened(clock) as port:
            port.show(look(clock.seconds))
            with connected(port) as silent:
                silent.sendall(words)
                assert (await ask(port.address)).status_code == 200

    run(scene())


def test_closing_waits_for_nobody() -> None:
    async def scene() -> None:
        async with opened() as port:
            silent = connected(port)
            assert (await ask(port.address)).status_code == 503
        with silent:
            assert silent.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connected(port)

    run(scene(), timeout_s=4.0)


def test_a_taken_port_is_named_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with pytest.raises(OperatorError, match=f"The port {number} for metrics cannot be opened"):
            MetricsPort(number, FakeClock())
