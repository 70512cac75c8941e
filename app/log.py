"""The program's log: JSON lines for machines, with camera addresses' passwords struck out on every line."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

_LOGIN = re.compile(r"(?<=://)[^\s\"'<>]+@")
"""Up to the last @: a password may hold / and @ itself."""


def strike_logins(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Replace ``user:password@`` in every text of a log line (a net below the rule never to log one)."""
    return {key: _LOGIN.sub("…@", v) if isinstance(v, str) else v for key, v in event.items()}


def configure(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Send structlog to ``file``, or to standard error without one."""
    stream: TextIO = sys.stderr
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("a", encoding="utf-8", buffering=1)
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
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
