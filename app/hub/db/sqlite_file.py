"""The database file before it is opened: who holds it, and whether it is whole.

A damaged file is set aside, never deleted or repaired; a file that somebody else holds is not touched.
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import DBAPIError

from app.domain.errors import OperatorError

CHECK_UP_TO = 256 * 1024 * 1024
"""Bytes up to which the whole file is checked at start (about 0.3 s for each 100 MB)."""

HELD_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""SQLite's codes for a file that somebody else holds."""
DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""SQLite's codes for a file that is damaged or no database."""
_FULL_CODES = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
"""SQLite's codes for a disk without room, for the database and for the index of its write-ahead log."""

_PARTS = ("", "-wal", "-shm", "-journal")


class InUseError(OperatorError):
    """Another process holds the hub's database."""

    def __init__(self, what: str) -> None:
        super().__init__(what, "Use the hub that runs already, or choose another data folder.")


def primary_code(error: DBAPIError) -> int | None:
    """Return SQLite's own primary error code, None for other errors."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def has_no_room(error: DBAPIError) -> bool:
    """Say whether a write failed for want of room on the disk."""
    return getattr(error.orig, "sqlite_errorcode", None) in _FULL_CODES


class Condition(Enum):
    """What the file is like."""

    ABSENT = "absent"
    SOUND = "sound"
    DAMAGED = "damaged"


class HubLock:
    """The lock that keeps a second hub off a data folder; it ends with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            InUseError: another hub has it.
        """
        file = self._path.open("ab")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise InUseError("Another hub is running on this data folder.") from error
        self._file = file

    def release(self) -> None:
        """Let another hub take the folder."""
        if self._file is not None:
            self._file.close()
            self._file = None


def examine(path: Path) -> Condition:
    """Return what the file is like, without changing it.

    Raises:
        InUseError: another program holds it.
    """
    if path.is_dir():
        return Condition.DAMAGED
    if not path.exists() or path.stat().st_size == 0:
        return Condition.ABSENT
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        # The write lock and the header in one: a file that is no database fails here.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if path.stat().st_size <= CHECK_UP_TO:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                return Condition.DAMAGED
        connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in HELD_CODES:
            raise InUseError("Another program holds the hub's database.") from error
        if error.sqlite_errorcode & 0xFF in DAMAGE_CODES:
            return Condition.DAMAGED
        raise OperatorError(
            "The hub's database cannot be opened.",
            "Check that the data folder can be written and that its disk has room.",
        ) from error
    finally:
        if connection is not None:
            connection.close()
    return Condition.SOUND


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged database with its companions, date in the name, and return its new path."""
    stem = f"{path.stem}-{now:%Y-%m-%dT%H-%M-%S}"
    target, count = path.with_name(f"{stem}.damaged{path.suffix}"), 1
    while target.exists():
        count += 1
        target = path.with_name(f"{stem}-{count}.damaged{path.suffix}")
    for part in _PARTS:
        source = path.with_name(path.name + part)
        if source.exists():
            source.rename(target.with_name(target.name + part))
    return target


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
