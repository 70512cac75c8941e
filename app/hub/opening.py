"""Opens a hub: the lock of its data folder, its database, and what to do with a damaged file."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain.audit import THE_HUB, Act, AuditEntry
from app.domain.errors import OperatorError
from app.hub.config import ELSEWHERE, RESTORING, HubConfig
from app.hub.core import Hub
from app.hub.db.database import Database
from app.hub.db.sqlite_file import (
    DAMAGE_CODES,
    HELD_CODES,
    Condition,
    HubLock,
    InUseError,
    examine,
    primary_code,
    set_aside,
)
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.sessions import Sessions
from app.hub.vault import Vault, open_vault

log = structlog.get_logger("hub")


@asynccontextmanager
async def open_hub(
    config: HubConfig, vault: Vault | None, now: Callable[[], datetime]
) -> AsyncIterator[tuple[Hub, str]]:
    """Open the hub of a data folder; yield it with a notice for the operator, "" when all is well.

    Raises:
        InUseError: another hub or program holds the folder.
        OperatorError: the folder or its database cannot be used.
    """
    lock = HubLock(config.data_dir / "hub.lock")
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        lock.take()
    except OSError as error:
        raise OperatorError(
            f"The hub's data folder cannot be used: {error.strerror}.", "Choose another with --data-dir."
        ) from error
    try:
        if (config.data_dir / RESTORING).exists():
            raise OperatorError(
                "A restore did not come to its end in the hub's data folder.", "Restore the backup again."
            )
        hub, notice = await _open(config, vault, now)
        hub.relay = config.relay
        hub.second_person = config.second_person
        hub.proof_time = config.proof_time
        hub.signing_in.remember_time = config.remember_time
        try:
            yield hub, notice
        finally:
            await hub.aclose()
    finally:
        lock.release()


async def _open(config: HubConfig, vault: Vault | None, now: Callable[[], datetime]) -> tuple[Hub, str]:
    if config.database_url is not None:
        return await _open_shared(config, config.database_url, vault, now), ""
    return await _open_file(config, vault, now)


async def _open_shared(
    config: HubConfig, address: str, vault: Vault | None, now: Callable[[], datetime]
) -> Hub:
    """Open a PostgreSQL database. Nothing of it is ever set aside: it is not the hub's alone."""
    from app.hub.db import postgresql  # noqa: PLC0415 (a hub on a file needs no driver for it)

    url = postgresql.parsed(address)
    await postgresql.check(url)
    sessions = _sessions(config)
    _mark(config)
    try:
        return await _opened(Database(url), sessions, vault or await open_vault(), now, config)
    except DBAPIError as error:
        raise postgresql.refused(error) from error


async def _open_file(config: HubConfig, vault: Vault | None, now: Callable[[], datetime]) -> tuple[Hub, str]:
    notice = ""
    if await asyncio.to_thread(examine, config.database) is Condition.DAMAGED:
        notice = _set_aside(config, now())
    sessions = _sessions(config)
    (config.data_dir / ELSEWHERE).unlink(missing_ok=True)
    vault = vault or await open_vault()
    try:
        if notice:
            return await _open_anew(config, sessions, vault, now, notice), notice
        return await _open_database(config, sessions, vault, now), notice
    except DBAPIError as error:
        code = primary_code(error)
        if code in HELD_CODES:
            raise InUseError("Another program holds the hub's database.") from error
        if code != sqlite3.SQLITE_ERROR and code not in DAMAGE_CODES:
            raise OperatorError(
                "The hub's database cannot be used.", "Check the disk's room and the data folder's rights."
            ) from error
        # Sound pages, but not a hub's tables: as unusable as a damaged file, and treated alike.
        log.warning("the database is not a hub's", sqlite_code=code, exc_info=error)
    notice = _set_aside(config, now())
    return await _open_anew(config, sessions, vault, now, notice), notice


def _sessions(config: HubConfig) -> Sessions:
    return Sessions(
        config.operator_token, config.ingest_token, config.operator, metrics_token=config.metrics_token
    )


def _mark(config: HubConfig) -> None:
    """Leave a mark that a database file in this folder, if there is one, is not the hub's any more."""
    try:
        (config.data_dir / ELSEWHERE).write_text("This hub's database is on a PostgreSQL server.\n")
    except OSError as error:
        raise OperatorError(
            f"The hub's data folder cannot be used: {error.strerror}.", "Choose another with --data-dir."
        ) from error


async def _open_anew(
    config: HubConfig, sessions: Sessions, vault: Vault, now: Callable[[], datetime], notice: str
) -> Hub:
    """Open a new database, whose record begins with what became of the one before."""

    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.DATABASE_SET_ASIDE, "database", detail=notice))

    hub = await _open_database(config, sessions, vault, now)
    await hub.journal.write(THE_HUB, work)
    return hub


async def _open_database(
    config: HubConfig, sessions: Sessions, vault: Vault, now: Callable[[], datetime]
) -> Hub:
    await asyncio.to_thread(_keep_private, config.database)
    return await _opened(Database.on_file(config.database), sessions, vault, now, config)


async def _opened(
    database: Database, sessions: Sessions, vault: Vault, now: Callable[[], datetime], config: HubConfig
) -> Hub:
    try:
        return await Hub.open(database, sessions, vault, now, config.checkpoints, config.data_dir)
    except BaseException:
        await database.aclose()
        raise


def _keep_private(file: Path) -> None:
    """Let nobody else on this computer read a hub's database; on Windows the folder's own rights do that."""
    if sys.platform == "win32":
        return
    try:
        file.touch(mode=0o600)
        file.chmod(0o600)
    except OSError as error:
        raise OperatorError(
            "The hub's database cannot be used.", "Check the disk's room and the data folder's rights."
        ) from error


def _set_aside(config: HubConfig, at: datetime) -> str:
    kept = set_aside(config.database, at)
    log.error("the database is damaged and was set aside", kept_as=kept.name)
    return (
        f"The hub's database was damaged. It is kept as {kept.name}; "
        "the hub has begun a new one: import the cameras again."
    )
