"""mpv as a peer: how it is started beside us, and what it says over its own control socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPTIONS = [
    "--no-config",
    "--profile=low-latency",
    "--vo=x11",
    "--no-audio",
    "--no-border",
    "--rtsp-transport=tcp",
    "--no-keepaspect-window",
    "--really-quiet",
    "--osc=no",
]
START_S = 15.0


class IdleMpv:
    """A running mpv with its window open, waiting for something to play."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._events = control.makefile("r", encoding="utf-8")

    def command(self, *words: str) -> None:
        """Send one command."""
        self._control.sendall(json.dumps({"command": words}).encode() + b"\n")

    def wait_for(self, event: str) -> float:
        """Wait for an event and return the monotonic time at which it came, in seconds."""
        for line in self._events:
            message: dict[str, Any] = json.loads(line)
            if message.get("event") == event:
                return time.monotonic()
        raise SystemExit("mpv ended while it was measured")

    def close(self) -> None:
        """Let go of it."""
        self._events.close()
        self._control.close()


@contextlib.contextmanager
def idle_mpv(display: str, folder: Path) -> Iterator[IdleMpv]:
    """Run mpv without anything to play; it ends with the block."""
    place = folder / "mpv.sock"
    child = subprocess.Popen(
        ["mpv", *OPTIONS, "--idle=yes", "--force-window=immediate", f"--input-ipc-server={place}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DISPLAY": display},
    )
    try:
        with socket.socket(socket.AF_UNIX) as control:
            _connect(control, place)
            mpv = IdleMpv(control)
            try:
                yield mpv
            finally:
                mpv.close()
    finally:
        child.kill()
        child.wait()


def _connect(control: socket.socket, place: Path) -> None:
    control.settimeout(START_S)
    deadline = time.monotonic() + START_S
    while True:
        try:
            control.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                raise SystemExit("mpv did not start") from None
            time.sleep(0.05)
        else:
            return
