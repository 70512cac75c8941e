"""``main.py audit verify``: holds a data folder's record against the checkpoints that belong to it."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app import audit_verifier
from app.hub.config import DATABASE


def main(argv: list[str]) -> int:
    """Verify a record; return 0 when all is well, 1 at a fault, 2 when it cannot be verified."""
    options = argparse.ArgumentParser(prog="watchfloor audit verify", description="Verify the audit record.")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's database")
    options.add_argument("--checkpoints", type=Path, help="folder of its checkpoints, where it is another")
    options.add_argument("--keys", type=Path, help="your own copy of its public keys (PEM)")
    chosen = options.parse_args(argv)
    database = chosen.data_dir / DATABASE
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


def _of_hub(database: Path, folder: Path) -> Path | None:
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            hub_id = connection.execute("SELECT hub_id FROM meta").fetchone()[0]
    except (sqlite3.Error, TypeError):
        # The verifier says what is wrong with it.
        return None
    return folder / f"{hub_id}.jsonl"
