"""The wall under a real mouse in a real X server: what no event made by a test can prove."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
ANSWER_S = 20.0
STEPS = 10


class Desk:
    """`drag_window.py` on its own X server, with a hand on the mouse and the keyboard."""

    def __init__(self, display: str) -> None:
        self._env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.wall.drag_window"],
            cwd=ROOT,
            env=self._env,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[dict[str, Any]] = Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()
        self.places: dict[str, list[int]] = {}

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self._lines.put(json.loads(line))

    def next(self, word: str) -> Any:
        """Return what the window says next about ``word``, passing over its selections."""
        while True:
            try:
                line = self._lines.get(timeout=ANSWER_S)
            except Empty:
                pytest.fail(f"the window did not say {word!r} within {ANSWER_S} s")
            if word in line:
                return line[word]
            assert "selected" in line, f"{line} came where {word!r} was expected"

    def hand(self, *words: object) -> None:
        """Use mouse and keyboard as xdotool does."""
        subprocess.run(["xdotool", *map(str, words)], env=self._env, check=True, timeout=20)

    def pull(self, start: str, end: str) -> None:
        """Press on one place and move to another in steps; the button stays down."""
        (x, y), (to_x, to_y) = self.places[start], self.places[end]
        moves: list[object] = []
        for i in range(1, STEPS + 1):
            at = (round(x + (to_x - x) * i / STEPS), round(y + (to_y - y) * i / STEPS))
            moves += ["mousemove", *at, "sleep", 0.015]
        self.hand("mousemove", x, y, "sleep", 0.05, "mousedown", 1, *moves, "sleep", 0.05)

    def drag(self, start: str, end: str) -> None:
        """Pull and let go."""
        self.pull(start, end)
        self.hand("mouseup", 1)

    def close(self) -> None:
        """End the window."""
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Start an X server of our own: the test must not move anybody's mouse."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("Xvfb or xdotool is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def desk(display: str) -> Iterator[Desk]:
    opened = Desk(display)
    try:
        opened.places = opened.next("places")
        yield opened
    finally:
        opened.close()


def test_a_real_mouse_places_swaps_pins_and_closes(desk: Desk) -> None:
    desk.drag("source", "3")
    assert desk.next("place") == [3, "cam-9"]

    desk.drag("0", "1")
    assert desk.next("drag_ended")
    assert desk.next("swap") == [0, 1]

    desk.drag("0", "target")
    assert desk.next("pinned") == "cam-0"
    assert desk.next("drag_ended")

    desk.drag("2", "nothing")
    assert desk.next("drag_ended")
    assert desk.next("close") == 2


def test_escape_takes_a_drag_back_even_outside_the_wall(desk: Desk) -> None:
    desk.pull("2", "nothing")
    desk.hand("key", "Escape", "sleep", 0.1, "mouseup", 1)
    assert desk.next("drag_ended")
    # The next intent is the next drag's: nothing was closed.
    desk.drag("0", "1")
    assert desk.next("drag_ended")
    assert desk.next("swap") == [0, 1]
