"""A child that is spoken to in lines: what it writes to standard error is kept, and bounded."""

from __future__ import annotations

import sys
from pathlib import Path

from app.sources import line_process
from app.sources.line_process import LineProcess
from tests.fakes.waiting import run


async def run_child(file: Path, words: str) -> None:
    child = LineProcess([sys.executable, "-c", f"import sys; sys.stderr.write({words!r})"], file)
    await child.exited.wait()
    await child.aclose()


def test_standard_error_is_gone_on_with_and_one_full_file_is_kept_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "errors.log"
    run(run_child(file, "one "))
    run(run_child(file, "two "))
    assert file.read_text() == "one two "
    for full in ("a", "b"):
        file.write_bytes(full.encode() * (line_process.ERROR_BYTES + 1))
        run(run_child(file, "after"))
        assert file.read_text() == "after"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["errors.log", "errors.log.1"]
    assert file.with_name("errors.log.1").read_bytes()[:1] == b"b"
