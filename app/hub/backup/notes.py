"""Puts backups on the hub's record: the command leaves notes in the data folder, the hub takes them up.

Only the hub that holds the folder writes its record, so the command itself cannot. A note is written before
the copying begins and another when the file is in place; a hub that is not running takes them up when it
starts. One that ends between its record and the note's removal writes the record again, with the note's id.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
import structlog
from pydantic import AwareDatetime, BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act, Actor, AuditEntry
from app.domain.errors import OperatorError
from app.hub.db.journal import Journal
from app.hub.db.tables import meta
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import NoRecordError, NoRoomError

LOOK_S = 5.0
FOLDER = "backup-notes"

log = structlog.get_logger("hub")


class Note(BaseModel):
    """What a backup command did. ``sha256`` is of the file that it made, None while it only began."""

    id: str
    who: str
    desk: str
    at: AwareDatetime
    name: str
    sha256: str | None = None

    @staticmethod
    def of(by: Actor, at: datetime, name: str) -> Note:
        """Return the note of a backup that begins."""
        return Note(id=uuid4().hex, who=by.name, desk=by.desk, at=at, name=name)

    def leave(self, data_dir: Path) -> None:
        """Leave it for the hub.

        Raises:
            OperatorError: the folder cannot be written; what cannot be put on record is not done.
        """
        file = data_dir / FOLDER / f"{self.id}-{'begun' if self.sha256 is None else 'done'}.json"
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            with file.with_suffix(".new").open("w", encoding="utf-8") as out:
                out.write(self.model_dump_json())
                out.flush()
                os.fsync(out.fileno())
            file.with_suffix(".new").replace(file)
        except OSError as error:
            raise OperatorError(
                f"The backup cannot be put on the hub's record: {error.strerror}.",
                "Check the data folder's rights and its disk's room.",
            ) from error


async def take_up(data_dir: Path, journal: Journal) -> None:
    """Put the notes that lie there on record, and remove them.

    Raises:
        NoRoomError, NoRecordError, sqlalchemy.exc.DBAPIError: they cannot be written; the notes stay.
    """
    for file, note in await asyncio.to_thread(_left, data_dir / FOLDER):
        await journal.write(Actor(note.who, note.desk), _on_record(note))
        await asyncio.to_thread(file.unlink, missing_ok=True)


async def follow(data_dir: Path, journal: Journal) -> None:
    """Take up notes as long as the hub runs."""
    while True:
        try:
            await take_up(data_dir, journal)
        except (NoRoomError, NoRecordError, DBAPIError, OSError) as error:
            log.warning("a backup cannot be put on record", reason=str(error))
        await asyncio.sleep(LOOK_S)


def _left(folder: Path) -> list[tuple[Path, Note]]:
    found = []
    for file in sorted(folder.glob("*.json"), key=lambda file: file.name):
        try:
            found.append((file, Note.model_validate_json(file.read_bytes())))
        except ValidationError:
            log.error("a note of a backup cannot be read and is kept as it is", file=file.name)
            file.rename(file.with_suffix(".unfit"))
    return found


def _on_record(note: Note) -> Callable[[UnitOfWork], Awaitable[None]]:
    async def work(uow: UnitOfWork) -> None:
        at = note.at.isoformat()
        what = "begun" if note.sha256 is None else f"done, sha256 {note.sha256}"
        uow.audit(AuditEntry(Act.BACKUP, f"backup/{note.id}", detail=f"{note.name}: {what} at {at}"))
        if note.sha256 is not None:
            await uow.change(sa.update(meta).values(backed_up_at=note.at))
            uow.record("hub.backed_up", "hub", {"at": at})

    return work
