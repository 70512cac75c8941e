"""Checks a camera's address before a library sees it, so that each way to be wrong has its own fault."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.domain.stream_state import Fault
from app.sources.video.transport import TransportError


def check_address(url: str, ports: Mapping[str, int]) -> None:
    """Check the address's form, and that its host's name is known.

    Args:
        url: the address; never repeated in an error.
        ports: the schemes allowed, each with its usual port.

    Raises:
        TransportError: BAD_ADDRESS or HOST_UNKNOWN.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or ports.get(parts.scheme.lower(), 0)
    except ValueError:
        raise TransportError(Fault.BAD_ADDRESS) from None
    if not host or not port or parts.scheme.lower() not in ports:
        raise TransportError(Fault.BAD_ADDRESS)
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransportError(Fault.HOST_UNKNOWN) from None
