"""``main.py hub import FILE``: imports a camera file into a hub that is not running."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.command_line import who_runs
from app.hub.config import DATABASE_HELP, HubConfig, database_of
from app.hub.opening import open_hub
from app.wire.hub import ImportPlanOut

_SHOWN_REFUSALS = 50


def main(argv: list[str]) -> int:
    """Print what importing the file would do, ask, and do it; return 0 when it is done."""
    options = argparse.ArgumentParser(prog="watchfloor hub import", description="Import a camera file.")
    options.add_argument("file", type=Path, help="CSV or JSON")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's own files")
    options.add_argument("--database", help=DATABASE_HELP)
    options.add_argument("--yes", action="store_true", help="do not ask")
    chosen = options.parse_args(argv)
    try:
        return asyncio.run(_import(chosen.file, _config(chosen), chosen.yes))
    except OperatorError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1


def _config(chosen: argparse.Namespace) -> HubConfig:
    # Nobody signs in here; the hub only needs to be open.
    return HubConfig(
        chosen.data_dir,
        secrets.token_urlsafe(),
        secrets.token_urlsafe(),
        database_url=database_of(chosen.database),
    )


async def _import(file: Path, config: HubConfig, agreed: bool) -> int:
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise OperatorError(f"{file.name} cannot be read: {error.strerror}.") from error
    async with open_hub(config, None, SystemClock().utc) as (hub, notice):
        if notice:
            sys.stderr.write(f"{notice}\n")
        by = who_runs()
        plan = await hub.imports.plan(by, content)
        _tell(plan)
        if not plan.added and not plan.changed:
            return 0
        if hub.vault.mode == "memory":
            sys.stdout.write("There is no system vault: passwords in this file will not be kept.\n")
        if not agreed and not await asyncio.to_thread(_asked):
            return 1
        await hub.imports.apply(by, plan.token)
    sys.stdout.write("Done.\n")
    return 0


def _tell(plan: ImportPlanOut) -> None:
    out = [
        f"{plan.added} new, {plan.changed} changed, {plan.unchanged} unchanged, {len(plan.refused)} refused"
    ]
    out += [f"  row {row.row}: {row.reason}" for row in plan.refused[:_SHOWN_REFUSALS]]
    if len(plan.refused) > _SHOWN_REFUSALS:
        out.append(f"  and {len(plan.refused) - _SHOWN_REFUSALS} more")
    sys.stdout.write("\n".join(out) + "\n")


def _asked() -> bool:
    sys.stdout.write("Import? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}
