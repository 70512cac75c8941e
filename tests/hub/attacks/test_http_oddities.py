"""What no HTTP library sends: requests within requests, odd lengths, hosts, methods and encodings."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from app.hub import connections
from tests.hub.attacks.raw_http import said, statuses
from tests.hub.running_hub import INGEST_TOKEN, alert, client, desk_at_hub, running_hub
from tests.hub.test_audit import records

BOMB = gzip.compress(b" " * 50_000_000)
HANDSHAKE = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
ALERTS = "POST /api/v1/alerts"
HEALTH = "GET /api/v1/health"
INSIDE = b"GET /api/v1/audit HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n"

ODD: dict[str, tuple[str, bytes, bytes, int]] = {
    "both lengths": (
        ALERTS, b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + INSIDE, 422
    ),
    "chunked by another name": (ALERTS, b"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", b"{}", 400),
    "chunked twice": (ALERTS, b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n", 400),
    "two lengths": (ALERTS, b"Content-Length: 2\r\nContent-Length: 200\r\n", b"{}" + INSIDE, 400),
    "negative length": (ALERTS, b"Content-Length: -2\r\n", b"{}", 400),
    "length in words": (ALERTS, b"Content-Length: +2\r\n", b"{}", 400),
    "length beyond numbers": (ALERTS, b"Content-Length: " + b"9" * 30 + b"\r\n", b"{}", 400),
    "space before the colon": (HEALTH, b"Content-Length : 2\r\n", b"{}", 400),
    "bare carriage return": (HEALTH, b"X: y\rZ: a\r\n", b"", 400),
    "NUL in a header": (HEALTH, b"X: y\x00z\r\n", b"", 400),
    "long header": (HEALTH, b"X: " + b"y" * 200_000 + b"\r\n", b"", 400),
    "many headers": (HEALTH, b"X-Header: y\r\n" * 20_000, b"", 400),
    "long address": ("GET /api/v1/" + "a" * 200_000, b"", b"", 400),
    "second host": (HEALTH, b"Host: evil.invalid\r\n", b"", 400),
    "trailing slash": (HEALTH + "/", b"", b"", 404),
    "absolute address": ("GET http://evil.invalid/api/v1/health", b"", b"", 404),
    "proxy": ("CONNECT evil.invalid:443", b"", b"", 404),
    "path upwards": ("GET /api/v1/../../etc/passwd", b"", b"", 404),
    "path upwards, hidden": ("GET /api/v1/..%2f..%2fetc/passwd", b"", b"", 404),
    "path of no letters": ("GET /api/v1/%ff%00%zz", b"", b"", 422),
    "lease of no letters": ("DELETE /api/v1/leases/%00", b"", b"", 422),
    "lease of half a letter": ("DELETE /api/v1/leases/%ed%a0%80", b"", b"", 404),
    "method in a header": ("POST /api/v1/audit", b"X-HTTP-Method-Override: GET\r\n", b"", 405),
    "TRACE": ("TRACE /api/v1/health", b"Cookie: my-cookie\r\n", b"", 405),
    "another protocol": (HEALTH, b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"", 200),
    "socket by POST": (
        "POST /api/v1/live", UPGRADE + HANDSHAKE + b"Content-Length: 3\r\n", b"abc", 400
    ),
    "socket without a key": ("GET /api/v1/live", UPGRADE, b"", 400),
    "socket elsewhere": ("GET /api/v1/audit", UPGRADE + HANDSHAKE, b"", 403),
    "zipped bomb": (
        ALERTS, f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n".encode(), BOMB, 422
    ),
    "zipped bomb for a command": (
        "POST /api/v1/incidents",
        b"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
        + f"Content-Length: {len(BOMB)}\r\n".encode(),
        BOMB,
        422,
    ),
    "chunk with a long remark": (
        ALERTS, b"Transfer-Encoding: chunked\r\n", b"2;" + b"a" * 200_000 + b"\r\n", 400
    ),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_each_gets_one_answer_in_words_and_nothing_happens(tmp_path: Path, odd: str) -> None:
    target, more, body, status = ODD[odd]

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            token = desk.session.encode()
            close = b"" if b"Upgrade" in more else b"Connection: close\r\n"
            head = target.encode() + b" HTTP/1.1\r\nHost: x\r\n" + close + b"Authorization: Bearer TOKEN\r\n"
            answer = await said(desk.port, (head + more + b"\r\n" + body).replace(b"TOKEN", token))
            assert statuses(answer) == [status], answer[:2000]
            assert b"evil.invalid" not in answer
            assert b"my-cookie" not in answer
            assert (await desk.snapshot())["sequence"] == 0
            await desk.post("alerts", alert())

    asyncio.run(scene())
    # What was hidden in a body was read by nobody.
    assert "audit_read" not in [record["act"] for record in records(tmp_path)]


def test_a_handshake_that_is_never_finished_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To websockets a request with more than a hundred headers is none; to the HTTP side it was one."""
    monkeypatch.setattr(connections, "HEAD_S", 0.3)

    async def scene() -> None:
        async with running_hub(tmp_path) as ready:
            many = b"X: y\r\n" * 300
            await said(
                ready.port, b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\n" + UPGRADE + HANDSHAKE + many + b"\r\n"
            )

    asyncio.run(scene())


def test_no_route_answers_to_a_method_that_it_does_not_name(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            paths = (await desk.http.get("openapi.json")).json()["paths"]
            for path, told in paths.items():
                for method in {"HEAD", "OPTIONS", "TRACE", "PATCH", "PUT", "PROPFIND"} - {
                    m.upper() for m in told
                }:
                    answer = await desk.http.request(method, path.removeprefix("/api/v1/"))
                    assert answer.status_code in (404, 405), (method, path)
                    assert "access-control-allow-origin" not in answer.headers
            assert (await desk.snapshot())["sequence"] == 0

    asyncio.run(scene())


def test_what_is_said_of_ones_origin_is_not_believed(tmp_path: Path) -> None:
    forged = {
        "X-Forwarded-For": "10.9.9.9", "X-Real-IP": "10.9.9.9", "Forwarded": "for=10.9.9.9",
        "X-Forwarded-Host": "evil.invalid", "X-Forwarded-User": "Ada", "Remote-User": "Ada",
        "X-Original-URL": "/api/v1/health", "X-Rewrite-URL": "/api/v1/health",
    }  # fmt: skip

    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            answer = await stranger.get("audit", headers=forged)
            assert answer.status_code == 401

    asyncio.run(scene())
    (denied,) = [record for record in records(tmp_path) if record["act"] == "denied"]
    assert (denied["who"], denied["where"]) == ("unknown", "127.0.0.1")


def test_the_ingest_token_opens_nothing_but_ingest_however_it_is_carried(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, None) as stranger:
            paths = (await stranger.get("openapi.json")).json()["paths"]
            gets = [
                path.removeprefix("/api/v1/")
                for path, told in paths.items()
                if "get" in told and "{" not in path
            ]
            closed = [path for path in gets if (await stranger.get(path)).status_code == 401]
            assert {"snapshot", "audit", "accounts"} <= set(closed)
            for path in closed:
                for headers in (
                    {"Cookie": f"session={INGEST_TOKEN}; Authorization=Bearer {INGEST_TOKEN}"},
                    {"X-Api-Key": INGEST_TOKEN},
                    {"Authorization": f"Basic {INGEST_TOKEN}"},
                ):
                    assert (await stranger.get(path, headers=headers)).status_code == 401
                carried = {"access_token": INGEST_TOKEN, "token": INGEST_TOKEN}
                assert (await stranger.get(path, params=carried)).status_code in (401, 422)

    asyncio.run(scene())
