"""``main.py audit verify``: holds a data folder's record against the checkpoints that belong to it.

The record of a hub on PostgreSQL is verified as ``main.py audit export`` wrote it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app import audit_verifier
from app.hub.config import DATABASE


def main(argv: list[str]) -> int:
    """Verify a record; return 0 when all is well, 1 at a fault, 2 when it cannot be verified."""
    options = argparse.ArgumentParser(prog="watchfloor audit verify", description="Verify the audit record.")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's own files")
    options.add_argument(
        "--record", type=Path, help="an export of the record, in place of the folder's database"
    )
    options.add_argument("--checkpoints", type=Path, help="folder of its checkpoints, where it is another")
    options.add_argument("--keys", type=Path, help="your own copy of its public keys (PEM)")
    chosen = options.parse_args(argv)
    database = chosen.record or chosen.data_dir / DATABASE
    arguments = [str(database)]
    checkpoints = _of_hub(database, chosen.checkpoints or chosen.data_dir / "checkpoints")
    if checkpoints is not None:
        keys = chosen.keys or checkpoints.with_suffix(".pem")
        arguments += ["--checkpoints", str(checkpoints), "--keys", str(keys)]
        others = [file.stem for file in checkpoints.parent.glob("*.jsonl") if file != checkpoints]
        if others:
            sys.stdout.write(
                f"There are checkpoints here of {', '.join(sorted(others))}, and that is not this hub: its "
                "database was set aside or exchanged. Verify it too, or keep its checkpoints elsewhere.\n"
            )
            return 1
        if chosen.keys is None:
            sys.stderr.write("The keys are taken from beside the checkpoints; trust your own copy more.\n")
    return audit_verifier.main(arguments)


def _of_hub(record: Path, folder: Path) -> Path | None:
    hub_id = _hub_of_database(record) or _hub_of_export(record)
    # Where neither says whose it is, the verifier says what is wrong with it.
    return None if hub_id is None else folder / f"{hub_id}.jsonl"


def _hub_of_database(record: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{record.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("SELECT hub_id FROM meta").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return None


def _hub_of_export(record: Path) -> str | None:
    try:
        with record.open(encoding="utf-8") as lines:
            hub_id = json.loads(lines.readline())["hub_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # It becomes a file's name.
    return hub_id if isinstance(hub_id, str) and hub_id.isalnum() else None
