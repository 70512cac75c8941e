"""``main.py hub restore``: puts a backup in the place of a hub that does not run, whole or not at all.

All is unpacked and verified in a folder of its own inside the data folder; what was there before is set aside
and never deleted. The database comes last: without it there is no hub in the folder yet.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app import audit_verifier
from app.domain.audit import Act, AuditEntry
from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.backup.archive import CHECKPOINTS, Manifest, opened_backup, read_facts, unpack
from app.hub.command_line import who_runs
from app.hub.config import DATABASE, RESTORING, database_of
from app.hub.db import schema
from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.journal import Journal
from app.hub.db.sqlite_file import HubLock
from app.hub.db.tables import desks, exempt_walls, meta, sessions, workstations
from app.hub.db.unit_of_work import UnitOfWork

_LOCK = "hub.lock"


def main(argv: list[str]) -> int:
    """Restore a backup; return 0 when the hub can be started."""
    options = argparse.ArgumentParser(prog="watchfloor hub restore", description="Restore a hub.")
    options.add_argument("--from", dest="file", type=Path, required=True, help="file of hub backup")
    options.add_argument("--data-dir", type=Path, required=True, help="folder for the hub's database")
    options.add_argument(
        "--set-aside", action="store_true", help="move what is in the folder into one of its own, and go on"
    )
    chosen = options.parse_args(argv)
    try:
        if database_of(None) is not None:
            raise OperatorError(
                "WATCHFLOOR_DATABASE names a PostgreSQL database, which this command does not restore.",
                "Use pg_restore there, or unset it to restore a hub whose database is a file.",
            )
        restore(chosen.file, chosen.data_dir, SystemClock().utc, set_aside=chosen.set_aside)
    except OperatorError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1
    return 0


def restore(file: Path, data_dir: Path, now: Callable[[], datetime], *, set_aside: bool = False) -> None:
    """Put a backup in place.

    Raises:
        InUseError: a hub runs on the folder.
        OperatorError: the backup is unfit, or the folder is not empty; nothing was changed then.
    """
    lock = HubLock(data_dir / _LOCK)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock.take()
        stage = data_dir / RESTORING
        try:
            there = sorted(path for path in data_dir.iterdir() if path.name not in {_LOCK, RESTORING})
            if there and not set_aside:
                raise OperatorError(
                    f"The data folder is not empty: {there[0].name} is there.",
                    "Choose an empty one, or have all of it moved into a folder of its own: --set-aside.",
                )
            if stage.exists():
                # Of a restore that did not come to its end.
                shutil.rmtree(stage)
            stage.mkdir(mode=0o700)
            manifest = _unpack(file, stage)
            asyncio.run(_take_over(stage / DATABASE, manifest, now))
            if there:
                _move(there, data_dir / f"before-restore-{now():%Y-%m-%dT%H-%M-%S}")
            _move_in(stage, data_dir)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise OperatorError(
            f"The data folder cannot be used: {error.strerror or error}.",
            "Check its rights and its disk's room, and begin again.",
        ) from error
    finally:
        lock.release()
    sys.stdout.write(
        f"Restored as of {manifest.made_at:%Y-%m-%d %H:%M} UTC: events up to {manifest.event_head}, "
        f"the record up to {manifest.record_position}. What came after is not in it.\n"
        "Accounts are as they were then: bar again whoever was barred since, and give new recovery codes.\n"
        "Where the hub's checkpoints are kept elsewhere, give it a new folder for them and keep the old one: "
        "its later checkpoints show what is missing.\n"
    )


def _unpack(file: Path, stage: Path) -> Manifest:
    """Unpack and verify all that can be verified without the hub's code."""
    with opened_backup(file) as (manifest, tar):
        if manifest.revision not in schema.revisions():
            raise OperatorError(
                f"The backup is of a newer Watchfloor ({manifest.made_by}).",
                "Nothing was changed. Restore it with that one.",
            )
        unpack(manifest, tar, stage)
    try:
        found = read_facts(stage / DATABASE, manifest.made_at, manifest.parts)
    except (sqlite3.Error, TypeError, ValidationError) as error:
        raise OperatorError(f"{DATABASE} in the backup is no hub's database.", _UNCHANGED) from error
    if found.model_copy(update={"made_by": manifest.made_by}) != manifest:
        raise OperatorError("The backup's manifest does not fit its database.", _UNCHANGED)
    fault = _fault_of_record(stage, manifest.hub_id)
    if fault is not None:
        raise OperatorError(f"The audit record in the backup is at fault: {fault}.", _UNCHANGED)
    return manifest


_UNCHANGED = "Nothing was changed. Use another backup, and keep this one: it may be evidence."


def _fault_of_record(stage: Path, hub_id: str) -> str | None:
    checkpoints = stage / CHECKPOINTS / f"{hub_id}.jsonl"
    try:
        signed, keys = [], {}
        if checkpoints.exists() and not checkpoints.with_suffix(".pem").exists():
            return "the keys of its checkpoints are missing"
        if checkpoints.exists():
            signed = audit_verifier.read_checkpoints(checkpoints.read_text("utf-8", "replace"))
            keys = audit_verifier.read_keys(checkpoints.with_suffix(".pem").read_bytes())
        verdict = audit_verifier.read_record(
            stage / DATABASE, lambda hub, rows: audit_verifier.verify(hub, rows, signed, keys)
        )
    except audit_verifier.UnverifiableError as error:
        return str(error).rstrip(".")
    return None if verdict.fault is None else f"record {verdict.position}: {verdict.fault}"


async def _take_over(file: Path, manifest: Manifest, now: Callable[[], datetime]) -> None:
    """Bring the schema up to date and put the restore on record, as the first act after the backup.

    The log is another one from here on: numbers beyond the backup were given out before, for other events.
    """

    async def work(uow: UnitOfWork) -> None:
        detail = f"made at {manifest.made_at.isoformat()}, record up to {manifest.record_position}"
        uow.audit(AuditEntry(Act.RESTORE, "database", detail=detail))
        await uow.change(sa.update(meta).values(log_id=uuid4().hex))
        # Who was signed in then may have been barred since.
        await uow.change(sa.delete(sessions))
        await uow.change(sa.delete(workstations))
        # A desk may have been withdrawn since, and which walls stay lit taken back: each is enrolled anew.
        await uow.change(sa.delete(exempt_walls))
        await uow.change(sa.delete(desks))
        uow.record("hub.restored", "hub", {"made_at": manifest.made_at.isoformat()})

    database = Database.on_file(file)
    try:
        async with database.writing() as connection:
            await schema.upgrade(connection)
        journal = Journal(database, EventLog(database, manifest.hub_id, manifest.event_head), now)
        await journal.write(who_runs(), work)
    except DBAPIError as error:
        raise OperatorError(
            "The database in the backup cannot be brought up to date.",
            "Nothing was changed. Check the room on the data folder's disk.",
        ) from error
    finally:
        await database.aclose()


def _move(there: list[Path], aside: Path) -> None:
    aside.mkdir(mode=0o700)
    # The database first: a hub that is started in the middle must not take it up without the rest.
    for path in sorted(there, key=lambda path: not path.name.startswith(DATABASE)):
        path.rename(aside / path.name)
    sys.stdout.write(f"What was there is in {aside}\n")


def _move_in(stage: Path, data_dir: Path) -> None:
    for path in sorted(stage.iterdir(), key=lambda path: path.name == DATABASE):
        path.rename(data_dir / path.name)
