"""The program's log: JSON lines for machines, with camera addresses' passwords struck out on every line.

A log file is bounded: full, it becomes ``NAME.1``, the ones before it move on, and the oldest goes.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

FILE_BYTES = 5_000_000
FILES_BEFORE = 3
"""How many full files are kept beside the one that is written."""

_LOGIN = re.compile(r"(?<=://)[^\s\"'<>]+@")
"""Up to the last @: a password may hold / and @ itself."""


def strike_logins(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Replace ``user:password@`` in every text of a log line (a net below the rule never to log one)."""
    return {key: _LOGIN.sub("…@", v) if isinstance(v, str) else v for key, v in event.items()}


def configure(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Send structlog to ``file``, which is bounded, or to standard error without one.

    Raises:
        OSError: the file cannot be written.
    """
    writer: object = structlog.PrintLogger(sys.stderr) if file is None else _bounded(file)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            strike_logins,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: writer,
        cache_logger_on_first_use=False,
    )


def _bounded(file: Path) -> logging.Logger:
    """Return a logger of Python's own that writes its lines, as they are, to a file that is bounded."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file, maxBytes=FILE_BYTES, backupCount=FILES_BEFORE, encoding="utf-8", errors="backslashreplace"
    )
    # Known to nobody else: what libraries log must not come in unstruck, nor this go on to them.
    logger = logging.Logger("watchfloor")
    logger.addHandler(handler)
    return logger
