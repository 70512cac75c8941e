"""The rules that the database layer keeps by itself, and that PostgreSQL would take the same tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from app.domain.audit import A_SENDER, THE_HUB, Act, Actor, AuditEntry
from app.domain.errors import ProtocolError
from app.domain.privacy_mask import PrivacyMask
from app.hub.core import Hub
from app.hub.db.directory import all_cameras
from app.hub.db.schema import MIGRATIONS
from app.hub.db.tables import SCHEMA, alerts, leases, meta, metadata
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.sessions import Sessions
from app.hub.vault import Vault
from tests.hub.engines import EMPTY, ON_BOTH_ENGINES, Chosen

pytestmark = ON_BOTH_ENGINES
NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)


@asynccontextmanager
async def open_hub(folder: Path) -> AsyncIterator[Hub]:
    database = await Chosen.engine.database(folder)
    hub = await Hub.open(database, Sessions("o" * 16, "i" * 16, "Dana"), Vault(None), lambda: NOW)
    try:
        yield hub
    finally:
        await hub.aclose()


async def _rename(uow: UnitOfWork) -> None:
    await uow.change(sa.update(meta).values(hub_id="renamed"))


def test_change_without_an_event_is_refused_and_undone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            with pytest.raises(ProtocolError, match="without an event"):
                await hub.journal.write(A_SENDER, _rename)
            async with hub.database.reading() as reading:
                ((found,),) = [row.values() for row in await reading.rows(sa.select(meta.c.hub_id))]
            assert found == hub.id

    asyncio.run(scene())


@pytest.mark.parametrize("by", [Actor("Dana", "desk"), THE_HUB])
def test_an_act_without_a_record_is_refused_and_undone(tmp_path: Path, by: Actor) -> None:
    async def forgets(uow: UnitOfWork) -> None:
        await _rename(uow)
        uow.record("test", "x", {})

    async def tells(uow: UnitOfWork) -> None:
        await forgets(uow)
        uow.audit(AuditEntry(Act.CAMERAS_IMPORT, "cameras"))

    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            with pytest.raises(ProtocolError, match="without a record"):
                await hub.journal.write(by, forgets)
            assert hub.log.head == 0
            await hub.journal.write(by, tells)
            assert hub.log.head == 1

    asyncio.run(scene())


def test_work_that_fails_leaves_neither_change_nor_event_nor_number(tmp_path: Path) -> None:
    async def fails(uow: UnitOfWork) -> None:
        await _rename(uow)
        uow.record("test", "x", {})
        raise ValueError("half way")

    async def works(uow: UnitOfWork) -> int:
        return uow.record("test", "x", {})

    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            with pytest.raises(ValueError, match="half way"):
                await hub.journal.write(A_SENDER, fails)
            assert hub.log.head == 0
            assert await hub.journal.write(A_SENDER, works) == 1
            assert len(await hub.log.after(0, 10)) == 1

    asyncio.run(scene())


def test_caller_that_is_cancelled_gives_up_the_answer_and_not_the_event(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            begun = asyncio.Event()

            async def slow(uow: UnitOfWork) -> None:
                begun.set()
                uow.record("test", "x", {})
                await asyncio.sleep(0)

            caller = asyncio.create_task(hub.journal.write(A_SENDER, slow))
            await begun.wait()
            caller.cancel()
            await asyncio.wait_for(hub.log.beyond(0), 5)
            assert caller.cancelled()

    asyncio.run(scene())


def test_log_goes_on_from_any_number_across_memory_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hub.db.event_log.TAIL", 5)

    async def ten(uow: UnitOfWork) -> None:
        for _ in range(10):
            uow.record("test", "x", {})

    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            await hub.journal.write(A_SENDER, ten)
            for start in range(11):
                numbers: list[int] = []
                while batch := await hub.log.after(numbers[-1] if numbers else start, 3):
                    assert len(batch) <= 3
                    numbers += [number for number, _ in batch]
                assert numbers == list(range(start + 1, 11))

    asyncio.run(scene())


def test_readers_cannot_write(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_hub(tmp_path) as hub, hub.database.reading() as reading:
            with pytest.raises(DBAPIError, match=r"read-?only"):
                await reading.rows(sa.text("UPDATE meta SET head = 7"))  # type: ignore[arg-type] # on purpose

    asyncio.run(scene())


def test_reading_sees_one_moment(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_hub(tmp_path) as hub:

            async def one(uow: UnitOfWork) -> int:
                return uow.record("test", "x", {})

            async with hub.database.reading() as reading:
                assert (await reading.rows(sa.select(meta.c.head)))[0]["head"] == 0
                await hub.journal.write(A_SENDER, one)
                assert (await reading.rows(sa.select(meta.c.head)))[0]["head"] == 0

    asyncio.run(scene())


def test_times_come_back_in_utc_whatever_zone_they_went_in_with(tmp_path: Path) -> None:
    local = datetime(2026, 11, 21, 2, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))

    async def scene() -> None:
        async with open_hub(tmp_path) as hub:

            async def write(uow: UnitOfWork) -> None:
                values = {"id": "l", "camera_id": "c", "quality": "main", "who": "w", "reason": ""}
                await uow.change(sa.insert(leases).values(**values, granted_at=local, expires_at=local))
                uow.record("test", "x", {})

            await hub.journal.write(A_SENDER, write)
            async with hub.database.reading() as reading:
                (row,) = await reading.rows(sa.select(leases.c.granted_at, leases.c.ended_at))
        assert row["granted_at"] == local
        assert row["granted_at"].utcoffset() == timedelta(0)
        assert row["ended_at"] is None

    asyncio.run(scene())


@pytest.mark.parametrize("column", ["id", "urgency"])
def test_failed_statement_does_not_show_its_values(tmp_path: Path, column: str) -> None:
    async def bad(uow: UnitOfWork) -> None:
        await uow.change(sa.insert(alerts).values({"id": "a", column: "pl4nted-secret"}))

    async def scene() -> None:
        async with open_hub(tmp_path) as hub:
            with pytest.raises(DBAPIError) as failed:
                await hub.journal.write(A_SENDER, bad)
        error: BaseException | None = failed.value
        while error is not None:
            # A log shows the driver's own error too that it came from.
            assert "pl4nted-secret" not in str(error)
            error = error.__cause__ or error.__context__

    asyncio.run(scene())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def test_schema_constant_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(_config()).get_current_head() == SCHEMA


async def migrated(folder: Path, work: Callable[[sa.Connection, Config], None]) -> None:
    """Do something to a database that no hub has ever opened."""
    database = await Chosen.engine.database(folder, EMPTY)
    config = _config()

    def run(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        work(connection, config)

    async with database.writing() as connection:
        await connection.run_sync(run)
    await database.aclose()


def test_migrations_make_exactly_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    def up_and_down(connection: sa.Connection, config: Config) -> None:
        command.upgrade(config, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": _compare_type})
        assert compare_metadata(context, metadata) == []
        command.downgrade(config, "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]

    asyncio.run(migrated(tmp_path, up_and_down))


def test_directory_from_before_privacy_masks_is_kept_and_has_none(tmp_path: Path) -> None:
    def fill(connection: sa.Connection, config: Config) -> None:
        command.upgrade(config, "0001")
        connection.execute(
            sa.text(
                "INSERT INTO cameras (id, name, lat, lon, place, tags)"
                " VALUES ('c1', 'City Hall', 43.1, -77.6, 'Downtown', '[\"school\"]')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO camera_streams (camera_id, quality, position, kind, address)"
                " VALUES ('c1', 'main', 0, 'rtsp', 'rtsp://10.0.0.1/main')"
            )
        )

    file = b"id,name,lat,lon,url,masks\nc1,City Hall,43.1,-77.6,rtsp://10.0.0.1/main,0 0 1 0.5\n"

    async def scene() -> None:
        await migrated(tmp_path, fill)
        async with open_hub(tmp_path) as hub:
            async with hub.database.reading() as reading:
                (camera,) = await all_cameras(reading)
            assert (camera.name, camera.tags, camera.privacy_masks) == ("City Hall", ("school",), ())
            assert [stream.kind.value for stream in camera.streams] == ["rtsp"]
            dana = Actor("Dana", "desk")
            await hub.imports.apply(dana, (await hub.imports.plan(dana, file)).token)
        async with open_hub(tmp_path) as hub, hub.database.reading() as reading:
            (camera,) = await all_cameras(reading)
            assert camera.privacy_masks == (PrivacyMask(0, 0, 1, 0.5),)

    asyncio.run(scene())


def _compare_type(*_: object) -> None:
    """Compare as Alembic does by itself."""
