"""The public ingest: what it takes, what it refuses and how, and which revision holds."""

from __future__ import annotations

import asyncio
import json
import socket
from asyncio.transports import BaseTransport
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.hub.connections import HubHttp
from tests.hub.engines import ON_BOTH_ENGINES, Chosen
from tests.hub.running_hub import INGEST_TOKEN, alert, client, desk_at_hub, events, running_hub, welcome

pytestmark = ON_BOTH_ENGINES

KIB = 1024


def test_alert_is_taken_by_ingest_token_and_told_whole(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, client(desk.port, INGEST_TOKEN) as vendor:
            answer = await vendor.post("alerts", json=alert(detail="Two men", place="5th & Main"))
            assert answer.json() | {"id": ""} == {"id": "", "outcome": "created", "sequence": 1}
            (row,) = (await desk.snapshot())["alerts"]
        assert row["id"] == answer.json()["id"]
        assert row["status"] == "new"
        assert (row["detail"], row["place"], row["lat"], row["lon"]) == ("Two men", "5th & Main", 43.1, -77.6)
        assert row["occurred_at"] == "2026-11-21T07:00:00Z"

    asyncio.run(scene())


def test_unknown_fields_stay_in_the_raw_payload(tmp_path: Path) -> None:
    body = '{"z": [1, {"deep": "ä"}], ' + json.dumps(alert())[1:]

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            answer = await desk.http.post("alerts", content=body.encode())
            assert answer.status_code == 200

    asyncio.run(scene())
    ((raw,),) = Chosen.engine.rows(tmp_path, "SELECT raw FROM alerts")
    assert raw == body


def _without(field: str) -> dict[str, object]:
    return {key: value for key, value in alert().items() if key != field}


UNFIT = [
    *(
        (field, _without(field))
        for field in ("source", "external_id", "kind", "urgency", "title", "occurred_at")
    ),
    ("source", alert(source=7)),
    ("source", alert(source=" ")),
    ("external_id", alert(external_id="x" * 201)),
    ("revision", alert(revision="3")),
    ("revision", alert(revision=-1)),
    ("revision", alert(revision=10**30)),
    ("revision", alert(revision=True)),
    ("kind", alert(kind="earthquake")),
    ("urgency", alert(urgency=9)),
    ("urgency", alert(urgency="1")),
    ("urgency", alert(urgency=True)),
    ("title", alert(title=None)),
    ("title", alert(title="t" * 201)),
    ("title", alert(title="a\x00b")),
    ("lat", alert(lat="43.1")),
    ("lat", alert(lat=91)),
    ("lon", alert(lon=-181)),
    ("lon", alert(lon=None)),
    ("lat", alert(lat=None)),
    ("occurred_at", alert(occurred_at="yesterday")),
    ("occurred_at", alert(occurred_at="2026-11-21T07:00:00")),
    ("occurred_at", alert(occurred_at=1763708400)),
    ("occurred_at", alert(occurred_at="0001-01-01T00:00:00+14:00")),
    ("body", []),
    ("body", "text"),
    ("body", None),
]


def test_unfit_alert_is_refused_by_field_and_the_queue_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for field, body in UNFIT:
                answer = await desk.http.post("alerts", json=body)
                _check_refusal(answer, field)
            assert (await desk.post("alerts", alert()))["sequence"] == 1

    asyncio.run(scene())


NO_JSON = [
    b"",
    b"not JSON",
    b"\xff\xfe\x00",
    b'{"source": "\xe4"}',
    b'{"source": "\\ud800"}',
    b'{"x": NaN}',
    b'{"x": 1e99999, "source": 1',
    b"[" * 100_000,
    b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    b'{"a": ' + b"9" * 5000 + b"}x",
]


def test_what_is_no_json_is_refused_as_body(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for body in NO_JSON:
                _check_refusal(await desk.http.post("alerts", content=body), "body")
            await desk.post("alerts", alert())

    asyncio.run(scene())


def test_deep_nesting_in_a_command_is_refused_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for path in ("incidents", "leases"):
                body = b'{"title":' + b"[" * 50_000
                answer = await desk.http.post(
                    path, content=body, headers={"content-type": "application/json"}
                )
                _check_refusal(answer, "body")

    asyncio.run(scene())


def test_large_body_is_refused_though_its_length_was_not_told(tmp_path: Path) -> None:
    async def chunks(count: int) -> Any:
        for _ in range(count):
            yield b" " * (64 * KIB)

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            just_fits = json.dumps(alert(extra="x" * 255 * KIB)).encode()
            assert len(just_fits) < 256 * KIB
            assert (await desk.http.post("alerts", content=just_fits)).status_code == 200
            _check_refusal(await desk.http.post("alerts", content=b"x" * (256 * KIB + 1)), "body")
            _check_refusal(await desk.http.post("alerts", content=b"x" * (10 * KIB * KIB)), "body")
            _check_refusal(await desk.http.post("alerts", content=chunks(160)), "body")
            _check_refusal(await desk.http.post("incidents", content=chunks(160)), "body")
            await desk.post("alerts", alert(2))

    asyncio.run(scene())


def test_sender_of_too_much_gets_its_answer_though_it_reads_only_at_the_end(tmp_path: Path) -> None:
    async def scene() -> bytes:
        async with running_hub(tmp_path) as ready:
            reader, writer = await asyncio.open_connection("127.0.0.1", ready.port)
            size = 20 * KIB * KIB
            head = f"POST /api/v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {INGEST_TOKEN}\r\n"
            writer.write(head.encode() + f"Content-Length: {size}\r\n\r\n".encode())
            for _ in range(size // (64 * KIB)):
                writer.write(b"x" * 64 * KIB)
                await writer.drain()
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
            writer.close()
            await writer.wait_closed()
            return answer

    assert asyncio.run(scene()).startswith(b"HTTP/1.1 422")


def test_length_that_lies_costs_only_its_own_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
            head = f"POST /api/v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {INGEST_TOKEN}\r\n"
            writer.write(head.encode() + b"Content-Length: 400\r\n\r\n{}")
            await writer.drain()
            await desk.post("alerts", alert())
            writer.close()
            await writer.wait_closed()
            await reader.read()
            await desk.post("alerts", alert(2))

    asyncio.run(scene())


def _check_refusal(answer: httpx.Response, field: str) -> None:
    assert answer.status_code == 422, answer.text
    refusal = answer.json()
    assert refusal["detail"][0]["field"] == field, answer.text
    assert refusal["detail"][0]["message"]
    assert refusal["hint"]


def test_higher_revision_holds_whatever_the_order_of_arrival(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            outcomes = [
                (await desk.post("alerts", alert(revision=revision, title=f"Report {revision}")))["outcome"]
                for revision in (2, 1, 2, 5, 3, 5)
            ]
            snapshot = await desk.snapshot()
        assert outcomes == ["created", "unchanged", "unchanged", "revised", "unchanged", "unchanged"]
        assert [row["title"] for row in snapshot["alerts"]] == ["Report 5"]
        assert snapshot["sequence"] == 2

    asyncio.run(scene())


def test_same_id_of_two_sources_is_two_alerts(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("alerts", alert(source="cad"))
            await desk.post("alerts", alert(source="shots"))
            assert len((await desk.snapshot())["alerts"]) == 2

    asyncio.run(scene())


def test_what_a_source_calls_an_alert_is_found_again_whatever_it_holds(tmp_path: Path) -> None:
    names = ["7", "07", "7.0", "null", "ünï \u2028 \U0001f6a8", "\"'\\", "[1,2]", "%_*", "a\tb"]

    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            for outcome in ("created", "unchanged"):
                sent = (desk.post("alerts", alert(external_id=name, source=name)) for name in names)
                answers = await asyncio.gather(*sent)
                assert [answer["outcome"] for answer in answers] == [outcome] * len(names)

    asyncio.run(scene())


def test_duplicates_sent_at_once_make_one_row(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk, desk.live() as socket:
            await welcome(socket)
            answers = await asyncio.gather(*(desk.post("alerts", alert(7)) for _ in range(40)))
            assert sorted(a["outcome"] for a in answers) == ["created"] + ["unchanged"] * 39
            assert len({a["id"] for a in answers}) == 1
            await desk.post("alerts", alert(8))
            assert [e["data"]["external_id"] for e in await events(socket, 2)] == ["call-7", "call-8"]

    asyncio.run(scene())


def test_revisions_sent_at_once_end_with_the_highest(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            order = [*range(10, 40), *range(10), *range(40, 50)]
            await asyncio.gather(
                *(
                    desk.post("alerts", alert(revision=revision, title=f"Report {revision}"))
                    for revision in order
                )
            )
            (row,) = (await desk.snapshot())["alerts"]
            assert (row["revision"], row["title"]) == (49, "Report 49")

    asyncio.run(scene())


def test_revision_keeps_the_handler_but_a_rise_in_urgency_makes_it_new(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            alert_id = (await desk.post("alerts", alert(urgency=3)))["id"]
            await desk.post(f"alerts/{alert_id}/acknowledge")
            await desk.post("alerts", alert(revision=1, urgency=3, title="Same, spelled right"))
            (row,) = (await desk.snapshot())["alerts"]
            assert (row["status"], row["handled_by"]) == ("acknowledged", "Dana Operator")
            await desk.post("alerts", alert(revision=2, urgency=4))
            (row,) = (await desk.snapshot())["alerts"]
            assert row["status"] == "acknowledged"
            await desk.post("alerts", alert(revision=3, urgency=1))
            (row,) = (await desk.snapshot())["alerts"]
            assert (row["status"], row["handled_by"], row["id"]) == ("new", "", alert_id)

    asyncio.run(scene())


NASTY = "<script>alert('x')</script> '; DROP TABLE alerts; -- \" \\ %s {0} \u202e 日本 🚓"


def test_markup_and_sql_stay_text(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            sent = alert(source=NASTY, external_id=NASTY, title=NASTY, detail=NASTY, place=NASTY)
            await desk.post("alerts", sent)
            await desk.post("incidents", {"title": NASTY})
            snapshot = await desk.snapshot()
            for field in ("source", "external_id", "title", "detail", "place"):
                assert snapshot["alerts"][0][field] == NASTY
            assert snapshot["incidents"][0]["title"] == NASTY

    asyncio.run(scene())


def test_answer_does_not_wait_for_a_delayed_acknowledgement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without TCP_NODELAY on the hub's side each answer takes 40 ms and more."""
    sends_at_once = []
    begun = HubHttp.connection_made

    def connection_made(connection: HubHttp, transport: BaseTransport) -> None:
        begun(connection, transport)
        taken = transport.get_extra_info("socket")
        sends_at_once.append(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)

    monkeypatch.setattr(HubHttp, "connection_made", connection_made)

    async def scene() -> None:
        async with running_hub(tmp_path) as ready, client(ready.port, INGEST_TOKEN) as vendor:
            assert (await vendor.post("alerts", json=alert())).status_code == 200

    asyncio.run(scene())
    assert sends_at_once == [True]
