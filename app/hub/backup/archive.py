"""The file of a backup: a tar of a manifest, the database and the record's checkpoints.

Written beside its place and renamed at the end, so that a crash leaves the one before whole. The hashes in
the manifest tell rot and mixed-up parts; whoever can write the file can write them too, so the hash of the
whole goes on the hub's record.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.domain.errors import OperatorError
from app.hub.audit.chain import Link, beginning
from app.hub.config import DATABASE
from app.hub.db.sqlite_file import HubLock, InUseError

MANIFEST = "manifest.json"
CHECKPOINTS = "checkpoints"
_CHUNK = 1024 * 1024
_PART = "watchfloor-backup.part"


class Part(BaseModel):
    """One file in a backup."""

    name: str
    size: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What a backup holds and where its hub stood. ``hub_id`` names files: it is hexadecimal and no path."""

    model_config = ConfigDict(extra="ignore")

    format: Literal[1] = 1
    made_at: AwareDatetime
    made_by: str
    hub_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    revision: str
    """The database's schema."""
    event_head: int
    record_position: int
    record_hash: str
    parts: list[Part]


def read_facts(database: Path, made_at: datetime, parts: list[Part]) -> Manifest:
    """Return where the hub of a database file stands.

    Raises:
        sqlite3.Error, TypeError, ValidationError: it is no hub's database.
    """
    with closing(_reading(database)) as connection:
        hub_id, head = connection.execute("SELECT hub_id, head FROM meta").fetchone()
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        query = "SELECT position, hash FROM audit ORDER BY position DESC LIMIT 1"
        newest = connection.execute(query).fetchone()
    link = Link(*newest) if newest else beginning(hub_id)
    return Manifest(
        made_at=made_at,
        made_by=f"watchfloor {_version()}",
        hub_id=hub_id,
        revision=revision,
        event_head=head,
        record_position=link.position,
        record_hash=link.hash,
        parts=parts,
    )


def write_backup(database: Path, checkpoints: Path, target: Path, now: datetime) -> tuple[Manifest, str]:
    """Write a backup of a hub, running or not; return its manifest and the SHA-256 of the file.

    Args:
        database: the hub's SQLite file.
        checkpoints: the folder of its checkpoints.
        target: the file to be written; one that is there is replaced at the end.
        now: the time that the backup is of.

    Raises:
        OperatorError: there is no hub's database, or the place cannot be written.
    """
    lock = HubLock(target.parent / "watchfloor-backup.lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.take()
    except InUseError as error:
        raise OperatorError("Another backup is being written there.", "Wait until it is done.") from error
    except OSError as error:
        raise _unwritable(target, error) from error
    part, copy = target.with_name(_PART), target.with_name(f"{_PART}-database")
    try:
        # The checkpoints first: none must speak of records that the copy of the database has not yet.
        hub_id = _hub_id(database)
        kept = {
            f"{CHECKPOINTS}/{file.name}": file.read_bytes()
            for file in (checkpoints / f"{hub_id}.jsonl", checkpoints / f"{hub_id}.pem")
            if file.exists()
        }
        _copy(database, copy)
        with copy.open("rb") as content:
            parts = [Part(name=DATABASE, size=copy.stat().st_size, sha256=_digest(content))]
        parts += [
            Part(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in kept.items()
        ]
        manifest = read_facts(copy, now, parts)
        with _new(part) as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, MANIFEST, BytesIO(manifest.model_dump_json(indent=1).encode()), now)
                with copy.open("rb") as content:
                    _add(tar, DATABASE, content, now)
                for name, data in kept.items():
                    _add(tar, name, BytesIO(data), now)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            digest = _digest(out)
        part.replace(target)
        _sync(target.parent)
        return manifest, digest
    except (sqlite3.Error, TypeError, ValidationError) as error:
        why = error if isinstance(error, sqlite3.Error) else "it is not a hub's"
        raise OperatorError(
            f"The hub's database cannot be copied: {why}.",
            "Check the data folder, and the room on the disk that the backup goes to.",
        ) from error
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        for left in (copy, copy.with_name(f"{copy.name}-journal"), part):
            left.unlink(missing_ok=True)
        lock.release()


@contextmanager
def opened_backup(file: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Open a backup; yield its manifest and the tar that follows.

    Raises:
        OperatorError: it cannot be read, or is none.
    """
    try:
        with tarfile.open(file, "r:") as tar:
            first = tar.next()
            is_ours = first is not None and first.name == MANIFEST and first.size <= _CHUNK
            content = tar.extractfile(first) if first is not None and is_ours else None
            if content is None:
                raise OperatorError(f"{file.name} is no backup of a hub.", "Name a file of hub backup.")
            yield Manifest.model_validate_json(content.read()), tar
    except ValidationError as error:
        raise OperatorError(f"{MANIFEST} in {file.name} cannot be read.", _DAMAGED) from error
    except (tarfile.TarError, EOFError) as error:
        raise OperatorError(f"{file.name} is no backup of a hub, or was cut off.", _DAMAGED) from error
    except OSError as error:
        raise OperatorError(
            f"{file.name} cannot be read or unpacked: {error.strerror or error}.",
            "Check the path, and the room on the data folder's disk.",
        ) from error


def unpack(manifest: Manifest, tar: tarfile.TarFile, folder: Path) -> None:
    """Write a backup's parts into a folder, each held against its hash.

    Raises:
        OperatorError: a part was changed, is missing or does not belong there; the message names it.
    """
    known = {
        DATABASE,
        f"{CHECKPOINTS}/{manifest.hub_id}.jsonl",
        f"{CHECKPOINTS}/{manifest.hub_id}.pem",
    }
    awaited = {part.name: part for part in manifest.parts}
    if DATABASE not in awaited:
        raise OperatorError(f"The backup has no {DATABASE}.", _DAMAGED)
    while (member := tar.next()) is not None:
        part = awaited.pop(member.name, None)
        content = tar.extractfile(member) if member.isreg() else None
        if part is None or content is None or part.name not in known:
            raise OperatorError(f"{member.name!r} does not belong into a backup.", _DAMAGED)
        target = folder / part.name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        with _new(target) as out:
            while data := content.read(_CHUNK):
                out.write(data)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            if member.size != part.size or _digest(out) != part.sha256:
                raise OperatorError(f"{part.name} in the backup was changed or damaged.", _DAMAGED)
    if awaited:
        raise OperatorError(f"{', '.join(sorted(awaited))} is missing from the backup.", _DAMAGED)


_DAMAGED = "Nothing was changed. Use another backup."


def _hub_id(database: Path) -> str:
    if not database.is_file():
        raise OperatorError(
            f"There is no hub's database in {database.parent}.", "Name the hub's own folder with --data-dir."
        )
    with closing(_reading(database)) as connection:
        return str(connection.execute("SELECT hub_id FROM meta").fetchone()[0])


def _copy(database: Path, copy: Path) -> None:
    """Copy a database that may be written to meanwhile, as it is at one moment."""
    # A journal that a crash left would be taken for the new copy's.
    copy.with_name(f"{copy.name}-journal").unlink(missing_ok=True)
    _new(copy).close()
    with closing(_reading(database)) as source, closing(sqlite3.connect(copy)) as target:
        # All pages in one step: between steps a hub's next commit would make it begin again.
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError("it is damaged")


def _reading(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10.0)


def _new(file: Path) -> BinaryIO:
    """Open a new file that nobody else may read, in place of one that a crash left."""
    file.unlink(missing_ok=True)
    how = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(file, how, 0o600), "w+b")


def _add(tar: tarfile.TarFile, name: str, content: BinaryIO, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size = content.seek(0, os.SEEK_END)
    content.seek(0)
    member.mode, member.mtime = 0o600, int(at.timestamp())
    tar.addfile(member, content)


def _digest(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while data := content.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    """Make a rename outlive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(target: Path, error: OSError) -> OperatorError:
    return OperatorError(
        f"The backup cannot be written to {target.parent}: {error.strerror or error}.",
        "Check that folder's rights and the room on its disk; a backup takes twice the database's size.",
    )


def _version() -> str:
    try:
        return metadata.version("watchfloor")
    except metadata.PackageNotFoundError:
        return "from source"
