"""Which hubs live on the database. Not acts, so neither events nor records: nobody is to hear a heartbeat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.hub.db.database import Row, Rows
from app.hub.db.tables import UtcTime, hubs

GONE_AFTER = timedelta(seconds=30)
"""A run that has not said for so long that it lives is gone."""


async def say_alive(connection: AsyncConnection, run: str) -> None:
    """Note that a run lives, and forget those that are gone."""
    now = sa.func.current_timestamp()
    noted = await connection.execute(sa.update(hubs).where(hubs.c.run == run).values(seen_at=now))
    if noted.rowcount == 0:
        await connection.execute(sa.insert(hubs).values(run=run, seen_at=now))
    gone = [row["run"] for row in (await connection.execute(_all())).mappings() if not _lives(row)]
    await connection.execute(sa.delete(hubs).where(hubs.c.run.in_(gone)))


async def say_gone(connection: AsyncConnection, run: str) -> None:
    """Note that a run has ended."""
    await connection.execute(sa.delete(hubs).where(hubs.c.run == run))


async def living(rows: Rows, run: str) -> set[str]:
    """Return the runs that live, ``run`` that asks among them; on a file it is the only one."""
    return {run, *(row["run"] for row in await rows.rows(_all()) if _lives(row))}


def _all() -> sa.Select[Any]:
    # One clock, the database's: those of two machines need not agree.
    return sa.select(hubs, sa.type_coerce(sa.func.current_timestamp(), UtcTime).label("now"))


def _lives(row: Row) -> bool:
    return bool(row["now"] - row["seen_at"] < GONE_AFTER)
