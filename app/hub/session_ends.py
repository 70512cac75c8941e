"""What becomes of sessions, on every hub of the database.

It is an event in the transaction of the deed that asks for it. Every hub follows the log and does the same
to what it has in memory, the one that wrote it too: there is no second path, and none that a crash leaves
half gone.
"""

from __future__ import annotations

import json
from typing import Any

from app.hub.db.event_log import LoggedEvent
from app.hub.db.session_book import DESK_LOCKED, drop_sessions_of, session_of, tell_presence, told_proof
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.leases import revoke_looks_of
from app.hub.sessions import Sessions
from app.wire.hub import BETWEEN_HUBS, SESSION_ENDED, SESSION_KEPT


async def end_all_of(uow: UnitOfWork, user: str, words: str) -> None:
    """End a person's sessions, live sockets and looks, in words for the desk."""
    await drop_sessions_of(uow, user)
    uow.record(SESSION_ENDED, f"account/{user}", {"user": user, "words": words})
    tell_presence(uow, user)
    await revoke_looks_of(uow, user, words)


class SessionEnds:
    """Makes, locks and ends this hub's sessions as the log tells."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.told = 0
        """How often the log has told of any: what was read from the database before may be old."""

    def note(self, event: LoggedEvent) -> None:
        """Take one event of the log."""
        if event.kind not in BETWEEN_HUBS:
            return
        self.told += 1
        told: dict[str, Any] = json.loads(event.data)
        if event.kind == SESSION_KEPT:
            self._keep(told)
            return
        for session in self._sessions.all():
            if session.id == told.get("session") or session.user == told.get("user"):
                self._sessions.end(session, told["words"])

    def _keep(self, told: dict[str, Any]) -> None:
        """Know a session that a hub made, or what it did to one that is known here."""
        known = self._sessions.of_id(told["id"])
        if known is None:
            self._sessions.recall(told["key"], session_of(told, self._sessions))
            return
        known.proved_at = told_proof(told)
        if told["locked"] and not known.locked:
            known.locked = True
            known.stop(DESK_LOCKED)
        elif known.locked and told.get("unlocks"):
            known.locked = False
            known.go_on()
