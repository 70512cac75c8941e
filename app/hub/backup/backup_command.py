"""``main.py hub backup``: writes a hub that runs, or does not, into one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.domain.clock import SystemClock
from app.domain.errors import OperatorError
from app.hub.backup.archive import write_backup
from app.hub.backup.notes import Note
from app.hub.command_line import who_runs
from app.hub.config import DATABASE, ELSEWHERE


def main(argv: list[str]) -> int:
    """Make a backup and say where it is; return 0 when it is whole and in place."""
    options = argparse.ArgumentParser(prog="watchfloor hub backup", description="Back up a hub.")
    options.add_argument("--data-dir", type=Path, required=True, help="folder of the hub's database")
    options.add_argument("--to", type=Path, required=True, help="file to write, or folder for a new one")
    options.add_argument("--checkpoints", type=Path, help="folder of its checkpoints, where it is another")
    chosen = options.parse_args(argv)
    try:
        return _back_up(chosen.data_dir, chosen.checkpoints or chosen.data_dir / "checkpoints", chosen.to)
    except OperatorError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1


def _back_up(data_dir: Path, checkpoints: Path, to: Path) -> int:
    now = SystemClock().utc()
    target = to / f"watchfloor-{now:%Y-%m-%dT%H-%M-%SZ}.tar" if to.is_dir() else to
    if (data_dir / ELSEWHERE).exists():
        raise OperatorError(
            "This hub's database is on a PostgreSQL server, which this command does not back up.",
            f"Use pg_dump there, and keep a copy of {checkpoints} with what it writes.",
        )
    if not (data_dir / DATABASE).is_file():
        raise OperatorError(
            f"There is no hub's database in {data_dir}.", "Name the hub's own folder with --data-dir."
        )
    note = Note.of(who_runs(), now, target.name)
    note.leave(data_dir)
    manifest, digest = write_backup(data_dir / DATABASE, checkpoints, target, now)
    note.model_copy(update={"sha256": digest}).leave(data_dir)
    sys.stdout.write(
        f"{target}\n"
        f"events up to {manifest.event_head}, the record up to {manifest.record_position}\n"
        f"sha256 {digest}\n"
        "Passwords of cameras and the record's signing key are in the system's vault, not in this file.\n"
    )
    return 0
