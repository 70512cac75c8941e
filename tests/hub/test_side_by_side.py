"""Two hubs on one PostgreSQL: one log, one record, and what ends on one ends on both."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.audit_verifier import main as verify
from app.domain.audit import A_SENDER
from app.domain.clock import SystemClock
from app.hub import core
from app.hub.application import application
from app.hub.audit.export_command import main as export
from app.hub.config import HubConfig
from app.hub.core import Hub
from app.hub.db.event_log import EventLog, LoggedEvent
from app.hub.db.tables import hubs
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.opening import open_hub
from app.hub.vault import Vault
from tests.conftest import LogLines
from tests.fakes.waiting import until
from tests.hub.engines import EMPTY, ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY, Chosen
from tests.hub.running_hub import INGEST_TOKEN, alert, client, events, running_hub, sign_in, welcome
from tests.hub.test_leases import CAMERAS

pytestmark = [ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY]
LOOK = {"camera_id": "plain", "quality": "main", "reason": ""}


@asynccontextmanager
async def opened(folder: Path, database: Path, **changes: Any) -> AsyncIterator[Hub]:
    """Open a hub on its own folder and a shared database."""
    url = changes.pop("url", None) or await Chosen.engine.url(database)
    config = HubConfig(folder, "o" * 16, "i" * 16, "Dana", database_url=url)
    async with open_hub(config, Vault(None), changes.pop("now", SystemClock().utc)) as (hub, notice):
        assert not notice
        yield hub


@asynccontextmanager
async def two_hubs(folder: Path) -> AsyncIterator[tuple[Hub, Hub]]:
    async with opened(folder / "a", folder) as a, opened(folder / "b", folder) as b:
        yield a, b


def web(hub: Hub) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(hub), client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1/")


def bearer(hub: Hub, role: str, user: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.sessions.admit(user or role, [role])}"}


async def one(uow: UnitOfWork) -> int:
    return uow.record("test", "x", {})


def event(number: int) -> LoggedEvent:
    return LoggedEvent(number, "test", datetime.now().astimezone(), None, "{}")


def test_consoles_of_two_hubs_see_one_log_and_the_record_is_one_chain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 40

    async def scene() -> None:
        async with (
            running_hub(tmp_path / "a", database=tmp_path) as a,
            running_hub(tmp_path / "b", database=tmp_path) as b,
        ):
            assert a.hub_id == b.hub_id
            desks = [await sign_in(a.port), await sign_in(b.port)]

            async def vendor(port: int) -> None:
                async with client(port, INGEST_TOKEN) as http:
                    for number in range(count):
                        body = alert(f"{port}-{number}")
                        assert (await http.post("alerts", json=body)).status_code == 200

            async def operator(desk: Any) -> None:
                for number in range(count):
                    await desk.post("incidents", {"title": f"{number}", "lat": 1.0, "lon": 2.0})

            async with desks[0].live() as at_a, desks[1].live() as at_b:
                await welcome(at_a)
                await welcome(at_b)
                await asyncio.gather(vendor(a.port), vendor(b.port), *(operator(desk) for desk in desks))
                seen = await events(at_a, 4 * count), await events(at_b, 4 * count)
            for told in seen:
                assert [event["sequence"] for event in told] == list(range(1, 4 * count + 1))
            assert seen[0] == seen[1]
            times = [event["time"] for event in seen[0]]
            assert times == sorted(times)
            for desk in desks:
                await desk.http.aclose()

    asyncio.run(scene())
    to = tmp_path / "record.jsonl"
    arguments = ["--data-dir", str(tmp_path / "c"), *Chosen.engine.arguments(tmp_path)]
    assert export([*arguments, "--to", str(to)]) == 0
    for folder in "ab":
        (signed,) = (tmp_path / folder / "checkpoints").glob("*.jsonl")
        keys = signed.with_suffix(".pem")
        assert verify([str(to), "--checkpoints", str(signed), "--keys", str(keys)]) == 0
    assert "records follow from each other" in capsys.readouterr().out
    record = [json.loads(line) for line in to.read_text().splitlines()[1:]]
    assert [line["columns"]["act"] for line in record[-2:]] == ["audit_key", "audit_read"]
    # What it is found by was changed, and not what it says.
    Chosen.engine.change(tmp_path, "UPDATE audit SET who = 'nobody' WHERE position = 7")
    again = tmp_path / "again.jsonl"
    assert export([*arguments, "--to", str(again)]) == 0
    assert verify([str(again)]) == 1
    assert 'Record 7: this record was made to be found wrongly: its column "who"' in capsys.readouterr().out
    assert export([*arguments, "--to", str(again)]) == 1
    assert "Name a file that does not exist yet" in capsys.readouterr().err


def test_no_number_is_told_before_all_lower_ones(tmp_path: Path) -> None:
    async def scene() -> None:
        log = EventLog(await Chosen.engine.database(tmp_path), "hub", 10)
        seen: list[int] = []
        log.watch(lambda event: seen.append(event.sequence))
        log.publish([event(12), event(13)])
        assert log.head == 10
        assert log.behind.is_set()
        assert await log.after(10, 5) == []
        log.behind.clear()
        # What is read holds the one's own once more.
        log.publish([event(11), event(12)])
        assert (log.head, seen) == (13, [11, 12, 13])
        assert [number for number, _ in await log.after(10, 5)] == [11, 12, 13]
        log.publish([event(13), event(9), event(14)])
        assert (log.head, seen) == (14, [11, 12, 13, 14])
        assert not log.behind.is_set()

    asyncio.run(scene())


def test_hubs_that_start_at_once_make_one_database(tmp_path: Path) -> None:
    async def scene() -> None:
        await Chosen.engine.url(tmp_path, EMPTY)
        starts = [opened(tmp_path / name, tmp_path) for name in "abc"]
        found = await asyncio.gather(*(start.__aenter__() for start in starts))
        assert len({hub.id for hub in found}) == 1
        for start in starts:
            await start.__aexit__(None, None, None)

    asyncio.run(scene())
    assert Chosen.engine.rows(tmp_path, "SELECT count(*) FROM meta") == [(1,)]


@pytest.mark.parametrize(
    ("method", "deed", "body"),
    [("POST", "disable", None), ("POST", "reset", None), ("PUT", "roles", {"roles": ["auditor"]})],
)
def test_what_ends_somebodys_sessions_ends_them_on_every_hub(
    tmp_path: Path, method: str, deed: str, body: object
) -> None:
    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b), web(a) as at_a, web(b) as at_b:
            admin = bearer(a, "administrator")
            made = await at_a.post("accounts", json={"name": "Eve", "roles": ["operator"]}, headers=admin)
            assert made.status_code == 201, made.text
            plan = await at_a.post("cameras/import?name=c", content=CAMERAS, headers=admin)
            await at_a.post(f"cameras/import/{plan.json()['token']}", headers=admin)
            eve, other = bearer(b, "operator", "Eve"), bearer(b, "operator", "Dana")
            session = b.sessions.session(eve["Authorization"])
            for who in (eve, other):
                assert (await at_b.post("leases", json=LOOK, headers=who)).status_code == 201
            done = await at_a.request(method, f"accounts/Eve/{deed}", json=body, headers=admin)
            assert done.is_success, done.text
            await asyncio.wait_for(session.stopped.wait(), 2)
            assert (await at_b.get("snapshot", headers=eve)).status_code == 401
            assert (await at_b.get("snapshot", headers=other)).status_code == 200
            await until(lambda: b.log.head == a.log.head, what="the same log")
            told = [json.loads(text) for _, text in await b.log.after(0, 100)]
            ended = [event["data"]["user"] for event in told if event["type"].endswith("lease.ended")]
            assert ended == ["Eve"]

    asyncio.run(scene())


def test_a_session_that_ends_by_itself_ends_no_look_at_another_hub(tmp_path: Path) -> None:
    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b), web(a) as at_a, web(b) as at_b:
            admin = bearer(a, "administrator")
            plan = await at_a.post("cameras/import?name=c", content=CAMERAS, headers=admin)
            await at_a.post(f"cameras/import/{plan.json()['token']}", headers=admin)
            here, there = bearer(a, "operator", "Eve"), bearer(b, "operator", "Eve")
            ended = (await at_a.post("leases", json=LOOK, headers=here)).json()["id"]
            open_one = (await at_b.post("leases", json=LOOK, headers=there)).json()["id"]
            assert (await at_a.delete("session", headers=here)).status_code == 204
            open_ones = Chosen.engine.rows(tmp_path, "SELECT id FROM leases WHERE ended_at IS NULL")
            assert open_ones == [(open_one,)]
            assert ended != open_one

    asyncio.run(scene())


def test_the_looks_of_a_hub_that_is_gone_are_ended_once_and_of_one_that_lives_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "LEASE_SWEEP_S", 0.02)

    def ends() -> list[tuple[str]]:
        return Chosen.engine.rows(tmp_path, "SELECT subject FROM events WHERE type = 'lease.ended'")

    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b):
            async with web(a) as at_a:
                admin, eve = bearer(a, "administrator"), bearer(a, "operator", "Eve")
                plan = await at_a.post("cameras/import?name=c", content=CAMERAS, headers=admin)
                await at_a.post(f"cameras/import/{plan.json()['token']}", headers=admin)
                lease = (await at_a.post("leases", json=LOOK, headers=eve)).json()["id"]
            async with opened(tmp_path / "c", tmp_path) as c:
                # Its start and its sweeps find a lease of one that lives.
                await c.journal.write(A_SENDER, one)
                await until(lambda: b.log.head == c.log.head, what="the same log")
                assert ends() == []
                # The hub freezes: it says nothing any more, and all who live notice.
                async with a.database.writing() as connection:
                    await connection.execute(
                        sa.update(hubs)
                        .where(hubs.c.run == a.database.run)
                        .values(seen_at=sa.func.current_timestamp() - timedelta(seconds=31))
                    )
                await until(lambda: bool(ends()), what="the end of the look")
                for hub in (b, c):
                    await hub.journal.write(A_SENDER, one)
                assert ends() == [(f"lease/{lease}",)]

    asyncio.run(scene())


def test_what_is_missed_while_nobody_listens_comes_with_the_next_connection(
    tmp_path: Path, log_lines: LogLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hub.db.following.AGAIN_S", 0.01)
    monkeypatch.setattr("app.hub.db.following.LOOK_S", 60.0)

    def listeners() -> set[int]:
        query = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        return {pid for (pid,) in Chosen.engine.rows(tmp_path, query)}

    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b):
            await until(lambda: len(listeners()) == 2, what="two who listen")
            before = listeners()
            for pid in before:
                Chosen.engine.rows(tmp_path, f"SELECT pg_terminate_backend({pid})")
            await a.journal.write(A_SENDER, one)
            await until(lambda: b.log.head == 1, 10, "what was missed")
            await until(lambda: len(listeners() - before) == 2, 10, "two who listen again")
            await b.journal.write(A_SENDER, one)
            await until(lambda: a.log.head == 2, what="what was told")

    asyncio.run(scene())


def test_a_number_that_another_hub_told_can_be_followed_here_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(core, "follow", deaf)

    async def scene() -> None:
        async with (
            running_hub(tmp_path / "a", database=tmp_path) as a,
            running_hub(tmp_path / "b", database=tmp_path) as b,
        ):
            at_a, at_b = await sign_in(a.port), await sign_in(b.port)
            await at_a.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})
            sequence = (await at_b.snapshot())["sequence"]
            async with at_b.live(after=sequence) as socket:
                assert (await welcome(socket))["head"] == sequence == 1
            for desk in (at_a, at_b):
                await desk.http.aclose()

    asyncio.run(scene())


def test_a_session_is_one_on_both_hubs_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    own = {"name": "Eve", "code": "", "desk_token": "o" * 16, "banner_acknowledged": True}

    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b), web(a) as at_a, web(b) as at_b:
            admin = bearer(a, "administrator")
            made = await at_a.post("accounts", json={"name": "Eve", "roles": ["volunteer"]}, headers=admin)
            now = datetime.now().astimezone()
            shift = {"account": "Eve", "begins_at": now.isoformat(),
                     "ends_at": (now + timedelta(hours=1)).isoformat(),
                     "scope": {"camera_groups": ["park"]}}  # fmt: skip
            planned = await at_a.post("shifts", json=shift, headers=bearer(a, "supervisor"))
            handed = {"password": made.json()["password"], "new_password": "one of my own"}
            signed_in = await at_a.post("sign-in", json=own | handed)
            assert signed_in.status_code == 200, signed_in.text
            eve = {"Authorization": f"Bearer {signed_in.json()['session_token']}"}

            async def status(at: httpx.AsyncClient) -> int:
                return (await at.get("session", headers=eve)).status_code

            async def becomes(at: httpx.AsyncClient, wanted: int) -> None:
                async with asyncio.timeout(5):
                    while await status(at) != wanted:  # noqa: ASYNC110 - it comes by the other hub's log
                        await asyncio.sleep(0.02)

            await becomes(at_b, 200)
            (known,) = b.sessions.of("Eve")
            assert known.reach == a.sessions.of("Eve")[0].reach
            assert (await at_a.post("session/lock", headers=eve)).status_code == 204
            await becomes(at_b, 423)
            unlock = {"password": "one of my own"}
            assert (await at_b.post("session/unlock", json=unlock, headers=eve)).status_code == 200
            await becomes(at_a, 200)
            shift_id = planned.json()["id"]
            await at_a.delete(f"shifts/{shift_id}", headers=bearer(a, "supervisor"))
            await becomes(at_b, 401)
            await becomes(at_a, 401)
            auditor = bearer(a, "auditor")
            records = (await at_a.get("audit", params={"limit": 500}, headers=auditor)).json()["records"]
            assert [r["act"] for r in records].count("session_end") == 1, "on record once, though two saw it"

    asyncio.run(scene())


def test_a_console_may_speak_to_either_hub_before_either_has_heard_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"name": "Eve", "code": "", "desk_token": "o" * 16, "banner_acknowledged": True}

    async def deaf(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(core, "follow", deaf)

    async def scene() -> None:
        async with two_hubs(tmp_path) as (a, b), web(a) as at_a, web(b) as at_b:

            async def status(at: httpx.AsyncClient) -> int:
                return (await at.get("snapshot", headers=eve)).status_code

            admin = bearer(a, "administrator")
            made = await at_a.post("accounts", json={"name": "Eve", "roles": ["operator"]}, headers=admin)
            handed = {"password": made.json()["password"], "new_password": "one of my own"}
            signed_in = await at_a.post("sign-in", json=own | handed)
            eve = {"Authorization": f"Bearer {signed_in.json()['session_token']}"}
            assert b.sessions.of("Eve") == []
            assert await status(at_b) == 200
            assert (await at_a.post("session/lock", headers=eve)).status_code == 204
            await b.log.catch_up()
            assert await status(at_b) == 423
            # It is locked for a hub that learns of it now.
            b.sessions.end_of("Eve")
            assert await status(at_b) == 423
            assert (await at_b.delete("session", headers=eve)).status_code == 204
            assert await status(at_b) == 401
            await a.log.catch_up()
            assert await status(at_a) == 401

    asyncio.run(scene())
