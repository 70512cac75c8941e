"""What an error of either engine means. Nothing here loads a driver."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from app.hub.db import sqlite_file

_DISK_FULL = "53100"
_LOST_CLASSES = ("08", "57P")
"""SQLSTATE classes of a connection that broke, and of a server that ends or begins."""
_LOST = frozenset({"53300", "55P03", "25P03", "57014"})
"""SQLSTATEs of a server that has no more room for connections, or does not get to an answer in time."""


def state_of(error: BaseException) -> str | None:
    """Return the SQLSTATE that a PostgreSQL server gave, None where none was given."""
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return None if state is None else str(state)


def has_no_room(error: DBAPIError) -> bool:
    """Say whether a write failed for want of room on the disk that holds the database."""
    return sqlite_file.has_no_room(error) or state_of(error) == _DISK_FULL


def is_lost(error: Exception) -> bool:
    """Say whether the server is gone, or did not answer in time: the same may work later."""
    state = state_of(error)
    if state is not None:
        return state.startswith(_LOST_CLASSES) or state in _LOST
    return isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
