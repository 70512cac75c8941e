"""The process that started the hub, as far as standard input tells: its one line, and its end.

A thread reads, because asyncio cannot read an ordinary pipe on Windows; it reads the descriptor itself,
because Python's buffered reader would hold its lock into the interpreter's end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_STDIN = 0
_LONGEST_LINE = 64 * 1024


class Parent:
    """Whoever holds the other end of standard input."""

    def __init__(self, descriptor: int = _STDIN) -> None:
        self._descriptor = descriptor

    def first_line(self) -> bytes:
        """Return the first line, waiting for it; what there is when the input ends before."""
        line = b""
        while b"\n" not in line and len(line) < _LONGEST_LINE:
            # Byte by byte: what follows the line stays unread.
            chunk = os.read(self._descriptor, 1)
            if not chunk:
                break
            line += chunk
        return line

    def on_end(self, tell: Callable[[], object]) -> None:
        """Call ``tell`` from a thread when the input has ended: the parent is gone."""

        def wait() -> None:
            while os.read(self._descriptor, 4096):
                pass
            tell()

        threading.Thread(target=wait, name="parent", daemon=True).start()
