"""``main.py audit export``: writes a hub's record to a file, for the verifier; that is on record too."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from pathlib import Path

from app.domain.audit import Act, AuditEntry
from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.audit.export import write_export
from app.hub.command_line import who_runs
from app.hub.config import DATABASE_HELP, HubConfig, database_of
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.opening import open_hub


def main(argv: list[str]) -> int:
    """Export a record; return 0 when it is done."""
    options = argparse.ArgumentParser(prog="watchfloor audit export", description="Export the audit record.")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's own files")
    options.add_argument("--database", help=DATABASE_HELP)
    options.add_argument("--to", type=Path, required=True, help="the file to write, which must not exist yet")
    chosen = options.parse_args(argv)
    try:
        config = HubConfig(
            chosen.data_dir,
            secrets.token_urlsafe(),
            secrets.token_urlsafe(),
            database_url=database_of(chosen.database),
        )
        count = asyncio.run(_export(config, chosen.to))
    except OperatorError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1
    sys.stdout.write(f"{count} records are in {chosen.to}.\n")
    return 0


async def _export(config: HubConfig, to: Path) -> int:
    async def work(uow: UnitOfWork) -> None:
        uow.audit(AuditEntry(Act.AUDIT_READ, "audit", detail="export of all"))

    async with open_hub(config, None, SystemClock().utc) as (hub, notice):
        if notice:
            sys.stderr.write(f"{notice}\n")
        await hub.journal.write(who_runs(), work)
        try:
            # Who looked at what is nobody else's to read.
            opened = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as out:
                return await write_export(hub.database, hub.id, out)
        except OSError as error:
            raise OperatorError(
                f"The export cannot be written: {error.strerror}.", "Name a file that does not exist yet."
            ) from error
