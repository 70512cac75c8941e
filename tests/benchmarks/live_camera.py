"""A live RTSP camera of this process, and a bare reader that watches it for comparison."""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("live_server.py")
ANSWER_S = 20.0


class LiveCamera:
    """Sends one access unit after the other at its pace; a thread of its own makes and sends them.

    ``next_unit`` is called when a picture is due and returns the unit and whether it is a key picture.
    """

    def __init__(self, next_unit: Callable[[], tuple[bytes, bool]], fps: float) -> None:
        self._next_unit = next_unit
        self._fps = fps
        self._ending = threading.Event()
        self._told = threading.Condition()
        self._port = 0
        self.keys_sent: list[float] = []
        """When each key picture was sent, on the monotonic clock."""
        self._played: list[tuple[str, float]] = []
        self._server = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._hear, self._send)]
        for thread in self._threads:
            thread.start()

    def url(self, number: int = 0) -> str:
        """Return one of the camera's thousand addresses, once its server is there."""
        with self._told:
            if not self._told.wait_for(lambda: self._port, ANSWER_S):
                raise SystemExit("the RTSP server of the benchmark did not start")
        return f"rtsp://127.0.0.1:{self._port}/{number}"

    def played_at(self, number: int, since: float) -> float:
        """Return when a reader of that address was first answered PLAY after ``since``, in seconds."""
        times = [at for path, at in self._played if path == f"/{number}" and at >= since]
        if not times:
            raise SystemExit("a reader shows pictures and was never answered PLAY")
        return times[0]

    def stop(self) -> None:
        """End the camera and its server."""
        self._ending.set()
        self._threads[1].join()
        assert self._server.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._server.stdin.close()
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._threads[0].join()

    def _hear(self) -> None:
        assert self._server.stdout is not None
        with self._server.stdout as told:
            for line in told:
                message = json.loads(line)
                with self._told:
                    self._port = message.get("port", self._port)
                    if "played_at" in message:
                        self._played.append((message["path"], message["played_at"]))
                    self._told.notify_all()

    def _send(self) -> None:
        assert self._server.stdin is not None
        due = time.monotonic()
        while not self._ending.wait(max(0.0, due - time.monotonic())):
            due += 1 / self._fps
            unit, key = self._next_unit()
            if key:
                self.keys_sent.append(time.monotonic())
            try:
                self._server.stdin.write(struct.pack(">I", len(unit)) + unit)
                self._server.stdin.flush()
            except BrokenPipeError:
                return


@contextlib.contextmanager
def live_camera(next_unit: Callable[[], tuple[bytes, bool]], fps: float) -> Iterator[LiveCamera]:
    """Run a camera; it ends with the block."""
    camera = LiveCamera(next_unit, fps)
    try:
        yield camera
    finally:
        camera.stop()


class BareReader:
    """Reads a stream by PyAV, decodes nothing, and notes when each key picture is in hand."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.keys_seen: list[float] = []
        """When each key picture was read, on the monotonic clock."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self._ending.set()
        self._thread.join()

    def _read(self) -> None:
        options = {"rtsp_transport": "tcp"}
        with av.open(self._url, options=options, timeout=ANSWER_S) as container:
            for packet in container.demux(video=0):
                if packet.is_keyframe:
                    self.keys_seen.append(time.monotonic())
                if self._ending.is_set():
                    return


@contextlib.contextmanager
def bare_reader(url: str) -> Iterator[BareReader]:
    """Watch a stream with a bare reader until the end of the block."""
    reader = BareReader(url)
    try:
        yield reader
    finally:
        reader.stop()
