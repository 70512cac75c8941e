"""Asks a camera that has fallen silent whether it is there again, before it is opened anew.

Opening binds itself to one connection and waits for its answer. A connection that was made while the network
was down stays silent for good, though: whoever waits on it learns only by a timeout that the network is back.
A knock is what opening begins with, on a connection of its own, once a second. The first answer ends the
wait, and no knock is a session that the camera would have to keep.
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import threading
import time
from urllib.parse import urlsplit

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_PERIOD_S = 1.0
_PATIENCE_S = 8.0
_LOOK_S = 0.1
_TRUSTED = 3
"""A camera that never answered a knock is opened outright after so many silences: some may answer none."""
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}


class Knocking:
    """One stream's, after a timeout."""

    def __init__(self) -> None:
        self._silences = 0
        self._known = False

    def answered(self, url: str, hurry: threading.Event) -> bool:
        """Knock for some seconds until the camera answers; False: it is no use to open it.

        A refusal is an answer, and so is whatever hinders a knock from being sent: opening gives it its name.

        Args:
            url: the camera's address.
            hurry: ends the wait at once, with True.
        """
        if self._silences >= _TRUSTED and not self._known:
            self._silences = 0
            return True
        answered = _knock(url, _PATIENCE_S, hurry)
        self._known = self._known or (answered and not hurry.is_set())
        self._silences = 0 if answered else self._silences + 1
        return answered


def _knock(url: str, patience_s: float, hurry: threading.Event) -> bool:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme.lower())
    if parts.hostname is None or port is None:
        return True
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    question = _question(url)
    began, turn = time.monotonic(), 0
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as connections:
        while not hurry.is_set():
            passed_s = time.monotonic() - began
            if passed_s >= patience_s:
                return False
            if passed_s >= turn * _PERIOD_S:
                family, _, _, _, address = found[turn % len(found)]
                turn += 1
                if not _connect(connections.enter_context(socket.socket(family)), address, selector):
                    return True
            for key, _ in selector.select(_LOOK_S):
                if key.events & selectors.EVENT_READ or not _asked(key, question, selector):
                    return True
    return True


def _connect(
    connection: socket.socket, address: tuple[object, ...], selector: selectors.BaseSelector
) -> bool:
    """Begin to connect; False where the system refuses at once."""
    connection.setblocking(False)
    if connection.connect_ex(address) not in _UNDER_WAY:
        return False
    selector.register(connection, selectors.EVENT_WRITE)
    return True


def _asked(key: selectors.SelectorKey, question: bytes, selector: selectors.BaseSelector) -> bool:
    """Send the question over a connection that came about; False where it did not."""
    connection = key.fileobj
    assert isinstance(connection, socket.socket)
    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        return False
    try:
        connection.send(question)
    except OSError:
        return False
    selector.modify(connection, selectors.EVENT_READ)
    return True


def _question(url: str) -> bytes:
    """Return what opening asks first, as far as that binds nobody; the login stays out of it."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower().startswith("rtsp"):
        asked = parts._replace(netloc=place, fragment="").geturl()
        lines = [f"OPTIONS {asked} RTSP/1.0", "CSeq: 1"]
    else:
        asked = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        lines = [f"HEAD {asked} HTTP/1.1", f"Host: {place}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("ascii", "replace")
