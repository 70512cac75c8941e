"""Brings the libraries' warnings (Python's own logging) into the hub's log, as lines of the same form."""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger("library")


_FALSE_ALARM = "ASGI callable returned without completing handshake."
"""uvicorn logs this as an error for every live socket that was refused in good order."""


class _ToHubLog(logging.Handler):
    """Passes records on, without the caller's frames."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == _FALSE_ALARM:
            return
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(record.getMessage(), logger=record.name, exc_info=record.exc_info)


def route_standard_log() -> None:
    """Send warnings and errors of Python's logging to the hub's log."""
    root = logging.getLogger()
    root.handlers = [_ToHubLog(logging.WARNING)]
    root.setLevel(logging.WARNING)
