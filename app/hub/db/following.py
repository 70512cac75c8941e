"""Hubs beside each other on one PostgreSQL: each tells the others that it wrote, and reads what they wrote.

The news is sent within the writing transaction, so it comes with the commit. It says only that there is
something: what is read, and in which order, is the database's word. A slow look beside it finds what a lost
connection did not bring.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from app.hub.db import postgresql
from app.hub.db.database import Database
from app.hub.db.event_log import EventLog
from app.hub.db.unit_of_work import CHANNEL
from app.hub.refusals import NoDatabaseError

LOOK_S = 5.0
AGAIN_S = 1.0

log = structlog.get_logger("hub")


class Follower:
    """Keeps an event log up to date with what other hubs write."""

    def __init__(self, database: Database, events: EventLog) -> None:
        self._database = database
        self._events = events

    async def run(self) -> None:
        """Follow until cancelled; a connection that is lost is made again."""
        told = False
        while True:
            try:
                with postgresql.lost_in_words():
                    await self._follow()
            except NoDatabaseError as error:
                if not told:
                    log.warning("the database does not answer; the hub asks again", cause=_cause(error))
                told = True
            else:
                told = False
            await asyncio.sleep(AGAIN_S)

    async def _follow(self) -> None:
        """Listen and read until the connection ends."""
        connection = await postgresql.connect(self._database.url)
        try:
            connection.add_termination_listener(self._on_ended)
            await connection.add_listener(CHANNEL, self._on_news)
            while not connection.is_closed():
                # First cleared, then read: news that come while it reads are not lost.
                self._events.behind.clear()
                await self._events.catch_up()
                await self._news()
        finally:
            connection.terminate()

    async def _news(self) -> None:
        try:
            # Not `wait_for`: before Python 3.12 that forgets a cancellation that comes as the waiting ends.
            async with asyncio.timeout(LOOK_S):
                await self._events.behind.wait()
        except TimeoutError:
            return

    def _on_news(self, _connection: Any, _pid: int, _channel: str, run: object) -> None:
        if run != self._database.run:
            self._events.behind.set()

    def _on_ended(self, _connection: Any) -> None:
        self._events.behind.set()


def _cause(error: BaseException) -> str:
    return type(error.__cause__).__name__ if error.__cause__ is not None else type(error).__name__
