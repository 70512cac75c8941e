"""``main.py hub admin``: what needs no window, on the data folder of a hub that is not running.

With a PostgreSQL database hubs may run on it; the folder is then one of the command's own.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from app.domain.account import Account
from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.accounts import administration
from app.hub.accounts.administration import Fresh, Handover
from app.hub.command_line import who_runs
from app.hub.config import DATABASE_HELP, HubConfig, database_of
from app.hub.core import Hub
from app.hub.db.account_book import all_accounts
from app.hub.opening import open_hub


def main(argv: list[str]) -> int:
    """Do one thing about accounts; return 0 when it is done."""
    chosen = _parser().parse_args(argv)
    try:
        return asyncio.run(_run(chosen))
    except OperatorError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchfloor hub admin", description="Manage accounts.")
    parser.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's own files")
    parser.add_argument("--database", help=DATABASE_HELP)
    deeds = parser.add_subparsers(dest="deed", required=True)
    create = deeds.add_parser("create", help="make an account and print what to hand over")
    create.add_argument("name")
    create.add_argument("--role", action="append", required=True, help="may be given more than once")
    for name, words in (
        ("unlock", "release an account that was locked, disabled or left unused"),
        ("reset", "print a new password, second factor and recovery codes; the old ones are void"),
    ):
        deeds.add_parser(name, help=words).add_argument("name")
    deeds.add_parser("list", help="print every account")
    return parser


async def _run(chosen: argparse.Namespace) -> int:
    config = HubConfig(
        chosen.data_dir,
        secrets.token_urlsafe(),
        secrets.token_urlsafe(),
        database_url=database_of(chosen.database),
    )
    async with open_hub(config, None, SystemClock().utc) as (hub, notice):
        if notice:
            sys.stderr.write(f"{notice}\n")
        match chosen.deed:
            case "create":
                fresh = await Fresh.make(chosen.name, hub.passwords, hub.seal)
                await hub.journal.write(
                    who_runs(),
                    lambda uow: administration.create(uow, hub.sessions.roles, fresh, chosen.role),
                )
                _hand_over(fresh.handover)
            case "reset":
                fresh = await Fresh.make(chosen.name, hub.passwords, hub.seal)
                await hub.journal.write(who_runs(), lambda uow: administration.reset(uow, fresh))
                _hand_over(fresh.handover)
            case "unlock":
                await hub.journal.write(who_runs(), lambda uow: administration.unlock(uow, chosen.name))
                sys.stdout.write(f"{chosen.name} may sign in again.\n")
            case "list":
                await _list(hub)
    return 0


async def _list(hub: Hub) -> None:
    async with hub.database.reading() as reading:
        found = await all_accounts(reading)
    for account in found:
        sys.stdout.write(f"{account.name}: {', '.join(account.roles)}{_state(account, hub)}\n")
    if not found:
        sys.stdout.write("There are no accounts. Make one: hub admin create NAME --role administrator\n")


def _state(account: Account, hub: Hub) -> str:
    barred = account.barred(hub.now())
    if barred is not None:
        return f" ({barred[0]})"
    return " (has not signed in yet)" if account.must_change else ""


def _hand_over(handover: Handover) -> None:
    sys.stdout.write(
        f"Hand this over to {handover.name}. It is not shown again.\n"
        f"  password, to be changed at the first sign-in: {handover.password}\n"
        f"  for the authenticator app: {handover.totp_address}\n"
        f"  recovery codes, each good once in place of the app's: {', '.join(handover.recovery_codes)}\n"
    )
