"""What a hub on a shared database does for the sake of those beside it."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import DBAPIError

from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.hub_book import say_alive, say_gone
from app.hub.refusals import NoDatabaseError

ALIVE_S = 10.0
"""Well below the time after which a run counts as gone."""

log = structlog.get_logger("hub")


async def follow(database: Database, events: EventLog) -> None:
    """Follow what other hubs write."""
    from app.hub.db.following import Follower  # noqa: PLC0415 (a hub on a file needs no driver for it)

    await Follower(database, events).run()


async def stay_alive(database: Database) -> None:
    """Say now and then that this hub lives: what it granted is ended by others when it does not."""
    while True:
        await asyncio.sleep(ALIVE_S)
        try:
            async with database.writing() as connection:
                await say_alive(connection, database.run)
        except (NoDatabaseError, DBAPIError) as error:
            log.warning("the hub cannot say that it lives", reason=str(error))


async def leave(database: Database) -> None:
    """Say that this hub has ended, so that the others need not wait to notice."""
    try:
        async with database.writing() as connection:
            await say_gone(connection, database.run)
    except (NoDatabaseError, DBAPIError) as error:
        log.warning(
            "the hub cannot say that it has ended; the others notice by themselves", reason=str(error)
        )
