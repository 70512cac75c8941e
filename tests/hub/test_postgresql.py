"""What is PostgreSQL's own: refusals at the start, a server that goes and comes back, unfit text."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from websockets.exceptions import ConnectionClosedError

from app.domain.audit import A_SENDER
from app.domain.errors import OperatorError
from app.hub.config import HubConfig, database_of
from app.hub.db import postgresql
from app.hub.db.tables import meta
from app.hub.refusals import NoDatabaseError
from app.hub.server import EXIT_REFUSED
from tests.conftest import LogLines
from tests.fakes.tcp_proxy import TcpProxy
from tests.fakes.waiting import until
from tests.hub.engines import EMPTY, ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY, USER, Chosen
from tests.hub.running_hub import ROOT, alert, desk_at_hub, events, running_hub, sign_in, welcome
from tests.hub.test_audit import breaking, mended
from tests.hub.test_side_by_side import one, opened

pytestmark = [ON_BOTH_ENGINES, ON_POSTGRESQL_ONLY]
SILENT = {
    "detail": "The hub's database does not answer, so this was not done.",
    "hint": "Try again in a moment. Should it go on, tell the administrator.",
}


def through(port: int, url: str) -> str:
    """Return a database's address by way of another port."""
    return sa.make_url(url).set(port=port).render_as_string(hide_password=False)


async def refusal(folder: Path, url: str) -> OperatorError:
    with pytest.raises(OperatorError) as refused:
        async with opened(folder, folder, url=url):
            pass
    return refused.value


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("pl4nted", "cannot be read"),
        ("postgresql://x:pl4nted@localhost:abc/db", "cannot be read"),
        ("mysql://x:pl4nted@localhost/db", "is not PostgreSQL's"),
        ("postgresql://x:pl4nted@localhost", "names no database"),
        ("postgresql://x:pl4nted@localhost/db?password=pl4nted", "a part that is not known: password"),
        ("postgresql://x:pl4nted@10.0.0.1/db?sslmode=disable", "without TLS"),
        ("postgresql://x:pl4nted@db.example/db?sslmode=prefer", "without TLS"),
    ],
)
def test_an_address_that_does_not_fit_is_refused_and_never_quoted(url: str, words: str) -> None:
    with pytest.raises(OperatorError) as refused:
        postgresql.parsed(url)
    assert words in refused.value.message
    assert "pl4nted" not in refused.value.message + refused.value.hint


def test_a_database_on_another_machine_is_asked_for_by_tls_alone() -> None:
    assert postgresql.parsed("postgresql://x@db.example/db").query["sslmode"] == "require"
    assert postgresql.parsed("postgresql://x@db/db?sslmode=verify-full").query["sslmode"] == "verify-full"
    assert postgresql.parsed("postgresql://x@127.0.0.1/db").query["sslmode"] == "prefer"


def test_a_password_is_on_no_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can be read by everybody"):
        database_of("postgresql://hub:pl4nted@db/name")
    assert database_of("postgresql://hub@db/name") == "postgresql://hub@db/name"
    assert database_of(None) is None
    monkeypatch.setenv("WATCHFLOOR_DATABASE", "postgresql://hub:pl4nted@db/name")
    assert database_of(None) == "postgresql://hub:pl4nted@db/name"
    config = HubConfig(tmp_path, "o" * 16, "i" * 16, database_url=database_of(None))
    assert "pl4nted" not in repr(config)


def test_a_server_that_cannot_be_used_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        url = await Chosen.engine.url(tmp_path, EMPTY)
        assert url is not None
        host = url.rpartition("/")[0]
        assert "no database of that name" in (await refusal(tmp_path, f"{host}/nowhere")).message
        assert "does not let the hub in" in (await refusal(tmp_path, url.replace(USER, "stranger"))).message
        async with TcpProxy(1) as nobody:
            port = nobody.port
        assert "does not answer" in (await refusal(tmp_path, through(port, url))).message
        latin = f"{host}/latin"
        assert Chosen.engine.server is not None
        await Chosen.engine.server.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1'")
        assert "keeps text as LATIN1" in (await refusal(tmp_path, latin)).message
        await Chosen.engine.server.run("DROP DATABASE latin")
        with monkeypatch.context() as newer:
            newer.setattr(postgresql, "OLDEST", 99)
            refused = await refusal(tmp_path, url)
            assert refused.message.startswith("The database server is PostgreSQL 1")
            assert refused.hint == "Watchfloor needs 99 or newer."
        Chosen.engine.change(tmp_path, "CREATE TABLE cameras (id int)")
        assert "tables that are not a hub's" in (await refusal(tmp_path, url)).message
        assert Chosen.engine.rows(tmp_path, "SELECT count(*) FROM cameras") == [(0,)]

    asyncio.run(scene())


def test_a_connection_that_is_just_being_closed_counts_as_lost() -> None:
    # The driver says so, in this window of microseconds, by an error of no class that it documents.
    with pytest.raises(NoDatabaseError), postgresql.lost_in_words():
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")


def hub_program(folder: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "main.py", "hub", "--data-dir", str(folder)],
        cwd=ROOT,
        env=os.environ
        | {"WATCHFLOOR_DATABASE": url, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_the_program_takes_its_database_from_the_environment(tmp_path: Path) -> None:
    url = asyncio.run(Chosen.engine.url(tmp_path))
    assert url is not None
    program = hub_program(tmp_path, url)
    assert program.stdout is not None
    said = json.loads(program.stdout.readline())
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=20)
    assert program.returncode == 0
    assert Chosen.engine.rows(tmp_path, "SELECT hub_id FROM meta") == [(said["hub_id"],)]
    assert not (tmp_path / "watchfloor.sqlite").exists()
    assert Chosen.engine.rows(tmp_path, "SELECT count(*) FROM hubs") == [(0,)]
    refused = hub_program(tmp_path, "postgresql://x:pl4nted@localhost")
    out, _ = refused.communicate(timeout=20)
    assert refused.returncode == EXIT_REFUSED
    assert "names no database" in json.loads(out)["error"]


def test_a_database_of_a_newer_watchfloor_is_left_alone(tmp_path: Path) -> None:
    async def scene() -> None:
        url = await Chosen.engine.url(tmp_path)
        assert url is not None
        Chosen.engine.change(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
        assert "another version of Watchfloor" in (await refusal(tmp_path, url)).message

    asyncio.run(scene())


@pytest.mark.parametrize("fault", ["reset", "cut", "swallow"])
def test_a_server_that_goes_is_said_in_words_and_the_hub_recovers_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines, fault: str
) -> None:
    monkeypatch.setattr("app.hub.db.following.AGAIN_S", 0.05)
    monkeypatch.setattr(postgresql, "ANSWER_S", 1.0)
    monkeypatch.setattr(postgresql, "CONNECT_S", 1.0)

    async def scene() -> None:
        url = await Chosen.engine.url(tmp_path)
        assert url is not None
        port = sa.make_url(url).port
        assert port is not None
        async with (
            TcpProxy(port) as network,
            running_hub(tmp_path, url=through(network.port, url)) as ready,
        ):
            desk = await sign_in(ready.port)
            async with desk.http, desk.live() as socket:
                await welcome(socket)
                await desk.post("alerts", alert(1))
                (first,) = await events(socket, 1)
                network.aim(1)
                getattr(network, fault)()
                for method, path, body in (
                    ("POST", "alerts", alert(2)),
                    ("POST", "incidents", {"title": "One", "lat": 1.0, "lon": 2.0}),
                    ("GET", "snapshot", None),
                ):
                    answer = await desk.http.request(method, path, json=body)
                    assert (answer.status_code, answer.json()) == (503, SILENT), path
                assert (await desk.http.get("health")).json()["record"] == "failing"
                network.heal()
                network.aim(port)
                await desk.post("alerts", alert(3))
                await desk.post("incidents", {"title": "Two", "lat": 1.0, "lon": 2.0})
                second, third = await events(socket, 2)
                assert [e["sequence"] for e in (first, second, third)] == [1, 2, 3]
                assert second["data"]["title"] == "Call 3"
                assert (await desk.http.get("health")).json()["record"] == "ok"

    asyncio.run(scene())
    titles = Chosen.engine.rows(tmp_path, "SELECT title FROM alerts ORDER BY title")
    assert titles == [("Call 1",), ("Call 3",)]
    while any(line["level"] == "error" for line in log_lines):
        log_lines.expect("the record cannot be signed")


def test_a_client_that_has_to_be_read_for_is_sent_away_while_the_server_is_gone(
    tmp_path: Path, log_lines: LogLines
) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("alerts", alert(1))
        url = await Chosen.engine.url(tmp_path)
        assert url is not None
        port = sa.make_url(url).port
        assert port is not None
        async with (
            TcpProxy(port) as network,
            running_hub(tmp_path, url=through(network.port, url)) as ready,
        ):
            desk = await sign_in(ready.port)
            network.aim(1)
            network.reset()
            async with desk.http, desk.live() as socket:
                await welcome(socket)
                with pytest.raises(ConnectionClosedError) as closed:
                    await asyncio.wait_for(socket.recv(), 10)
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, "does not answer" in closed.value.rcvd.reason) == (1013, True)
            network.aim(port)
            async with desk.live() as socket:
                await welcome(socket)
                assert [e["sequence"] for e in await events(socket, 1)] == [1]

    asyncio.run(scene())
    while any(line["level"] == "error" for line in log_lines):
        log_lines.expect("the record cannot be signed")


def test_a_server_that_was_started_again_costs_no_request(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            await desk.post("alerts", alert(1))
            await desk.snapshot()
            Chosen.engine.rows(
                tmp_path,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            await desk.post("alerts", alert(2))
            assert len((await desk.snapshot())["alerts"]) == 2

    asyncio.run(scene())


def test_a_reader_that_gets_no_connection_in_time_is_told_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with opened(tmp_path, tmp_path) as hub, AsyncExitStack() as held:
            pool = hub.database._readers.pool
            monkeypatch.setattr(pool, "_timeout", 0.1)

            async def hold_all() -> None:
                for _ in range(20):
                    reading = await held.enter_async_context(hub.database.reading())
                    await reading.rows(sa.select(meta.c.head))

            with pytest.raises(NoDatabaseError):
                await hold_all()

    asyncio.run(scene())


def test_a_commit_whose_answer_is_lost_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hub.db.following.LOOK_S", 60.0)

    async def scene() -> None:
        async with opened(tmp_path, tmp_path) as hub:
            read = hub.log.catch_up
            reads: list[int] = []

            async def counted() -> None:
                await read()
                reads.append(hub.log.head)

            monkeypatch.setattr(hub.log, "catch_up", counted)
            hub.log.behind.set()
            await until(lambda: bool(reads), 10, "one who follows and now waits for news")
            dialect = hub.database._writer.sync_engine.dialect
            commit = dialect.do_commit

            def commit_unheard(connection: Any) -> None:
                commit(connection)
                raise ConnectionResetError

            with monkeypatch.context() as lost:
                lost.setattr(dialect, "do_commit", commit_unheard)
                with pytest.raises(NoDatabaseError):
                    await hub.journal.write(A_SENDER, one)
            await until(lambda: hub.log.head == 1, what="what was committed")

    asyncio.run(scene())


def test_a_full_disk_of_the_server_is_said_in_words(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk_at_hub(tmp_path) as desk:
            deeds = [deed.replace("RAISE 'broken'", "RAISE SQLSTATE '53100'") for deed in breaking()]
            Chosen.engine.change(tmp_path, *deeds)
            answer = await desk.http.post("incidents", json={"title": "One", "lat": 1.0, "lon": 2.0})
            assert answer.status_code == 507
            assert "disk is full" in answer.json()["detail"]
            Chosen.engine.change(tmp_path, mended())
            await desk.post("incidents", {"title": "One", "lat": 1.0, "lon": 2.0})

    asyncio.run(scene())


def test_a_commit_is_on_the_disk_before_it_is_answered(tmp_path: Path) -> None:
    async def scene() -> None:
        await Chosen.engine.url(tmp_path)
        # However lax the server was set up.
        Chosen.engine.change(
            tmp_path,
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());"
            " END$$",
        )
        async with opened(tmp_path, tmp_path) as hub, hub.database.writing() as connection:
            found = await connection.exec_driver_sql("SHOW synchronous_commit")
            assert found.scalar() == "on"

    asyncio.run(scene())
