"""The log files: whole lines, bounded in size and number."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app import log


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A log file of at most a thousand bytes with two before it."""
    monkeypatch.setattr(log, "FILE_BYTES", 1000)
    monkeypatch.setattr(log, "FILES_BEFORE", 2)
    path = tmp_path / "deep" / "console.log"
    log.configure(path)
    yield path
    close()


def close() -> None:
    for handler in structlog.get_config()["logger_factory"]().handlers:
        handler.close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_log_keeps_its_newest_lines_whole_and_no_more_files_than_allowed(file: Path) -> None:
    for number in range(200):
        structlog.get_logger("x").info("a look ended", number=number, url="rtsp://bob:pass@host/a?100%s")
    files = [file.with_name("console.log.2"), file.with_name("console.log.1"), file]
    assert sorted(file.parent.iterdir()) == sorted(files)
    assert all(path.stat().st_size <= 1000 for path in files)
    kept = [line for path in files for line in lines(path)]
    assert [line["number"] for line in kept] == list(range(200 - len(kept), 200))
    assert {line["url"] for line in kept} == {"rtsp://…@host/a?100%s"}


def test_log_that_was_begun_is_gone_on_with(file: Path) -> None:
    structlog.get_logger("x").info("first")
    close()
    log.configure(file)
    try:
        raise ValueError("half way")
    except ValueError:
        structlog.get_logger("x").exception("second")
    first, second = lines(file)
    assert (first["event"], second["event"]) == ("first", "second")
    assert "half way" in str(second["exception"])


def test_libraries_do_not_write_into_the_log(file: Path) -> None:
    logging.getLogger("watchfloor").critical("rtsp://bob:pass@host")
    assert file.read_text(encoding="utf-8") == ""
