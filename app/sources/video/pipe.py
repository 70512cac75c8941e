"""The pipe between a transport and libVLC, with a bound on how long it may stay full."""

from __future__ import annotations

import array
import contextlib
import os
import select
import sys
import threading

if sys.platform != "win32":
    import fcntl
    import termios

_SIZE = 1 << 20
_PATIENCE_S = 3.0


class DecoderPipe:
    """The writing end. One thread writes; any thread closes."""

    def __init__(self, writing: int) -> None:
        self._writing = writing
        self._closed = False
        self._lock = threading.Lock()

    @staticmethod
    def open() -> tuple[int, DecoderPipe]:
        """Return the reading end's descriptor and the writing end."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        # A key picture must fit as a whole; where the limit for users is lower, the default must do.
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _SIZE)
        return reading, DecoderPipe(writing)

    def write(self, data: bytes) -> int:
        """Write all of ``data``; see `Sink`."""
        view = memoryview(data)
        while view:
            with self._lock:
                if self._closed:
                    raise BrokenPipeError
                try:
                    view = view[os.write(self._writing, view) :]
                    continue
                except BlockingIOError:
                    poll = select.poll()
                    poll.register(self._writing, select.POLLOUT)
            if not poll.poll(_PATIENCE_S * 1000):
                raise TimeoutError
        return len(data)

    def drained(self) -> bool:
        """Say whether the reader has taken all that was written; where the system does not tell: yes."""
        if sys.platform == "win32":
            return True
        with self._lock:
            if self._closed:
                return True
            waiting = array.array("i", [0])
            fcntl.ioctl(self._writing, termios.FIONREAD, waiting)
        return waiting[0] == 0

    def close(self) -> None:
        """Let the decoder read to the end; writing fails from now on."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._writing)
