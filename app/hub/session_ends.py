"""The end of all that goes on in a person's name, on every hub of the database.

It is an event in the transaction of the deed that asks for it. Every hub follows the log and ends what it has
in memory, the one that wrote it too: there is no second path, and none that a crash leaves half gone.
"""

from __future__ import annotations

import json

from app.hub.db.event_log import LoggedEvent
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import revoke_looks_of
from app.hub.sessions import Sessions
from app.wire.hub import SESSION_ENDED


async def end_all_of(uow: UnitOfWork, user: str, words: str) -> None:
    """End a person's sessions, live sockets and looks, in words for the desk."""
    uow.record(SESSION_ENDED, f"account/{user}", {"user": user, "words": words})
    await revoke_looks_of(uow, user, words)


class SessionEnds:
    """Ends this hub's sessions as the log tells."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def note(self, event: LoggedEvent) -> None:
        """Take one event of the log."""
        if event.kind == SESSION_ENDED:
            self._sessions.end_of(json.loads(event.data)["user"])
