"""The end of all that goes on in a person's name or under a session, on every hub of the database.

It is an event in the transaction of the deed that asks for it. Every hub follows the log and ends or locks
what it has in memory, the one that wrote it too: there is none that a crash leaves half gone.
"""

from __future__ import annotations

import json
from typing import Any

from app.hub.db.event_log import LoggedEvent
from app.hub.db.session_book import drop_sessions_of
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import revoke_looks_of
from app.hub.sessions import Sessions
from app.wire.hub import BETWEEN_HUBS, SESSION_ENDED, SESSION_LOCKED

LOCKED_WORDS = "This desk is locked."


async def end_all_of(uow: UnitOfWork, user: str, words: str) -> None:
    """End a person's sessions, live sockets and looks, in words for the desk."""
    await drop_sessions_of(uow, user, words)
    await revoke_looks_of(uow, user, words)


class SessionEnds:
    """Ends, locks and unlocks this hub's sessions as the log tells."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.told = 0
        """How often the log has told of any: what was read from the database before may be old."""

    def note(self, event: LoggedEvent) -> None:
        """Take one event of the log."""
        if not event.kind.startswith(BETWEEN_HUBS):
            return
        self.told += 1
        data: dict[str, Any] = json.loads(event.data)
        if "user" in data:
            self._sessions.end_of(data["user"], data["words"])
            return
        session = self._sessions.of_id(data["session"])
        if session is None:
            return
        if event.kind == SESSION_ENDED:
            self._sessions.end(session, data["words"])
        elif event.kind == SESSION_LOCKED:
            session.locked = True
            session.stop(LOCKED_WORDS)
        else:
            session.locked = False
            session.go_on()
