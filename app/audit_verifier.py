"""Verifies a hub's audit record and names the record at fault. It stands alone: this file, Python and
`cryptography` are enough, and nothing of the hub that wrote the record is asked.

    python audit_verifier.py RECORD [--checkpoints FILE] [--keys FILE]

RECORD is the hub's SQLite file or an export, one JSON object a line: first the "hub_id", then each record's
"position", "record" and "hash", and where they are given the "columns" that stood beside it for searching.
FILE of checkpoints is what the hub wrote to its second place, one JSON object a line; FILE of keys holds the
public keys that you trust, in PEM. Keep both where the hub's administrator cannot write.

What each part shows:
* the chain, that no record was changed, taken out, put in or moved without all later ones being made anew;
* a checkpoint, that nobody did even that up to its position, and that nothing was cut off before it.
What was cut off after the last checkpoint leaves no trace: the hub writes one every few minutes.

Exit code 0: all is well. 1: a record or checkpoint is at fault. 2: it could not be verified.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?", re.DOTALL)
_SIGNED = ("hub_id", "position", "hash", "at", "key_id")
_ANY = "surrogateescape"
_COLUMNS = ("at", "who", "act", "camera_id", "incident_id")


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it is stored. ``columns`` is what stands beside it for searching, where there is any."""

    position: int
    record: str
    hash: str
    columns: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``fault`` is None when all is well; ``position`` is that of the record at fault."""

    records: int
    checkpoints: int
    position: int | None = None
    fault: str | None = None


class UnverifiableError(Exception):
    """What was given is no record, no checkpoints or no keys; the text says which."""


def verify(
    hub_id: str,
    rows: Iterable[Row],
    checkpoints: list[dict[str, object]],
    keys: dict[str, Ed25519PublicKey],
) -> Verdict:
    """Follow the chain from its beginning and hold it against the checkpoints.

    Args:
        hub_id: the hub whose record it is; the chain begins with it.
        rows: the records, in the order of their positions.
        checkpoints: as they were read.
        keys: the trusted public keys by their id.
    """
    due: dict[str, str] = {}
    for checkpoint in checkpoints:
        position, signed = str(checkpoint["position"]), str(checkpoint["hash"])
        fault = _signature_fault(checkpoint, keys) or _stranger(checkpoint, hub_id)
        if fault is None and due.setdefault(position, signed) != signed:
            fault = "the hub signed two different records at this position"
        if fault is not None:
            place = checkpoint.get("position")
            return Verdict(0, 0, place if isinstance(place, int) else None, f"checkpoint: {fault}")
    last, before, confirmed = 0, _beginning(hub_id), 0
    for row in rows:
        fault = _row_fault(row, last + 1, before)
        if fault is not None:
            return Verdict(last, confirmed, min(row.position, last + 1), fault)
        last, before = row.position, row.hash
        awaited = due.pop(str(last), None)
        if awaited is not None:
            if awaited != before:
                words = "the records up to here were made anew after the hub signed them"
                return Verdict(last, confirmed, last, words)
            confirmed += 1
    if due:
        return Verdict(last, confirmed, last + 1, "this record and what followed it were cut off")
    return Verdict(last, confirmed)


def _row_fault(row: Row, expected: int, before: str) -> str | None:
    if row.position != expected:
        return "this record is missing" if row.position > expected else "this record is there twice"
    if hashlib.sha256(f"{before}\n{row.record}".encode("utf-8", _ANY)).hexdigest() != row.hash:
        return "this record was changed, or others before it were exchanged: its hash does not fit"
    try:
        fields = json.loads(row.record)
    except ValueError:
        return "this record cannot be read"
    if not isinstance(fields, dict) or fields.get("position") != expected:
        return "this record was moved: it names another position"
    for name, value in (row.columns or {}).items():
        if value != fields.get(name):
            return f'this record was made to be found wrongly: its column "{name}" is not what it says'
    return None


def _signature_fault(checkpoint: dict[str, object], keys: dict[str, Ed25519PublicKey]) -> str | None:
    key = keys.get(str(checkpoint.get("key_id")))
    if key is None:
        return "it is signed with a key that is not trusted"
    try:
        key.verify(base64.b64decode(str(checkpoint.get("signature"))), _signed_text(checkpoint))
    except (InvalidSignature, ValueError):
        return "its signature is not genuine"
    return None


def _stranger(checkpoint: dict[str, object], hub_id: str) -> str | None:
    return None if checkpoint.get("hub_id") == hub_id else "it is another hub's"


def _signed_text(checkpoint: dict[str, object]) -> bytes:
    signed = {name: checkpoint.get(name) for name in _SIGNED}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _beginning(hub_id: str) -> str:
    return hashlib.sha256(f"watchfloor audit {hub_id}".encode()).hexdigest()


def read_keys(data: bytes) -> dict[str, Ed25519PublicKey]:
    """Return the public keys of a PEM file by their id, the first 16 hex digits of the raw key's SHA-256.

    Raises:
        UnverifiableError: a key is no Ed25519 key, or there is none.
    """
    keys = {}
    for pem in _PEM.findall(data):
        try:
            key = load_pem_public_key(pem)
        except ValueError:
            raise UnverifiableError("A key in the file of keys cannot be read.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise UnverifiableError("A key in the file of keys is not an Ed25519 key.")
        keys[hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]] = key
    if not keys:
        raise UnverifiableError("The file of keys holds no public key in PEM.")
    return keys


def read_checkpoints(text: str) -> list[dict[str, object]]:
    """Return checkpoints, one JSON object a line. A line that a power cut left unfinished is left out.

    Raises:
        UnverifiableError: a line is no checkpoint.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.endswith("}"):
            continue
        try:
            checkpoint = json.loads(line)
        except ValueError:
            checkpoint = None
        if not isinstance(checkpoint, dict) or not {"position", "hash"} <= checkpoint.keys():
            raise UnverifiableError(f"Line {number} of the checkpoints is no checkpoint.")
        found.append(checkpoint)
    return found


def read_record(path: Path, use: Callable[[str, Iterator[Row]], Verdict]) -> Verdict:
    """Give ``use`` the hub's id and the rows of an SQLite file or of an export, and return its verdict.

    Raises:
        UnverifiableError: the file is neither.
    """
    try:
        with path.open("rb") as file:
            is_database = file.read(16) == b"SQLite format 3\0"
        if is_database:
            # Read only: the hub may be running, and evidence is not to be touched.
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
                # A flipped bit may leave bytes that are no text; they are to be hashed as they are.
                database.text_factory = lambda data: data.decode("utf-8", _ANY)
                hub_id = str(database.execute("SELECT hub_id FROM meta").fetchone()[0])
                return use(hub_id, _rows_of_database(database))
        with path.open(encoding="utf-8", errors=_ANY) as lines:
            head = json.loads(lines.readline())
            return use(str(head["hub_id"]), _rows_of_export(lines))
    except OSError as error:
        raise UnverifiableError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, IndexError, sqlite3.Error) as error:
        raise UnverifiableError(f"{path.name} is neither a hub's database nor an export of it.") from error


def _rows_of_database(database: sqlite3.Connection) -> Iterator[Row]:
    query = f"SELECT position, record, hash, {', '.join(_COLUMNS)} FROM audit ORDER BY position"
    for position, record, digest, *values in database.execute(query):
        columns = dict(zip(_COLUMNS, values, strict=True))
        columns["at"] = f"{str(columns['at']).replace(' ', 'T')}Z"
        yield Row(position, record, digest, columns)


def _rows_of_export(lines: Iterable[str]) -> Iterator[Row]:
    for position, line in enumerate((line for line in lines if line.strip()), 1):
        try:
            fields = json.loads(line)
            columns = fields.get("columns") or {}
            beside = {name: columns.get(name) for name in _COLUMNS} if columns else None
            row = Row(int(fields["position"]), str(fields["record"]), str(fields["hash"]), beside)
        except (ValueError, KeyError, TypeError, AttributeError):
            # It has no hash that fits: the verdict names it.
            row = Row(position, line, "")
        yield row


def main(argv: list[str]) -> int:
    """Verify and say what was found; see the module for the arguments and exit codes."""
    options = argparse.ArgumentParser(description="Verify a hub's audit record.")
    options.add_argument("record", type=Path, help="the hub's database, or an export of its record")
    options.add_argument("--checkpoints", type=Path, help="what the hub wrote to its second place")
    options.add_argument("--keys", type=Path, help="the public keys that you trust, in PEM")
    chosen = options.parse_args(argv)
    try:
        if (chosen.checkpoints is None) != (chosen.keys is None):
            raise UnverifiableError("Checkpoints and keys are only of use together: give both or neither.")
        keys = read_keys(_bytes(chosen.keys)) if chosen.keys else {}
        text = _bytes(chosen.checkpoints).decode("utf-8", "replace") if chosen.checkpoints else ""
        checkpoints = read_checkpoints(text)
        if chosen.checkpoints is not None and not checkpoints:
            raise UnverifiableError(f"{chosen.checkpoints.name} holds no checkpoint: they were taken out.")
        verdict = read_record(chosen.record, lambda hub_id, rows: verify(hub_id, rows, checkpoints, keys))
    except UnverifiableError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if verdict.fault is not None:
        place = "Record ?" if verdict.position is None else f"Record {verdict.position}"
        sys.stdout.write(f"{place}: {verdict.fault}.\n")
        return 1
    signed = f"{verdict.checkpoints} checkpoints confirm them" if checkpoints else "no checkpoint was given"
    sys.stdout.write(f"All {verdict.records} records follow from each other; {signed}.\n")
    return 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnverifiableError(f"{path.name} cannot be read: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
