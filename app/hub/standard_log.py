"""Brings the libraries' warnings (Python's own logging) into the hub's log, as lines of the same form."""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger("library")


class _ToHubLog(logging.Handler):
    """Passes records on, without the caller's frames."""

    def emit(self, record: logging.LogRecord) -> None:
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(record.getMessage(), logger=record.name, exc_info=record.exc_info)


def route_standard_log() -> None:
    """Send warnings and errors of Python's logging to the hub's log."""
    root = logging.getLogger()
    root.handlers = [_ToHubLog(logging.WARNING)]
    root.setLevel(logging.WARNING)
