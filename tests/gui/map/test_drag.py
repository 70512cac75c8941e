"""A camera dragged off the map with a real mouse, in a real X server, onto another widget."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from PySide6.QtCore import QMimeData

from app.domain.ids import CameraId
from widgets.drag import camera_mime, camera_of, camera_payload

STEPS = 16
ANSWER_S = 25.0


@pytest.fixture
def x_display() -> Iterator[str]:
    """Start an X server of our own: a real mouse must not move the mouse of whoever runs the tests."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("Xvfb or xdotool is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "900x600x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Window:
    """The window of ``drag_window.py`` and a hand on the mouse."""

    def __init__(self, display: str) -> None:
        self._env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONUNBUFFERED": "1"}
        root = Path(__file__).parents[3]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.map.drag_window"],
            cwd=root,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: Queue[dict[str, Any]] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def said(self) -> dict[str, Any]:
        """Return the window's next line."""
        try:
            return self._lines.get(timeout=ANSWER_S)
        except Empty:
            return pytest.fail(f"the window said nothing for {ANSWER_S} s")

    def hand(self, *words: object) -> None:
        """Move or press the mouse by xdotool."""
        subprocess.run(["xdotool", *map(str, words)], env=self._env, check=True, timeout=20)

    def drag(self, start: list[int], end: list[int]) -> None:
        """Press at ``start``, move to ``end`` in steps as a hand does, let go."""
        moves: list[object] = []
        for i in range(1, STEPS + 1):
            x, y = (round(a + (b - a) * i / STEPS) for a, b in zip(start, end, strict=True))
            moves += ["mousemove", x, y, "sleep", 0.02]
        self.hand("mousemove", *start, "sleep", 0.1, "mousedown", 1, "sleep", 0.1, *moves)
        self.hand("sleep", 0.1, "mouseup", 1)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def window(x_display: str) -> Iterator[Window]:
    opened = Window(x_display)
    yield opened
    opened.close()


def test_a_camera_dragged_off_the_map_arrives_on_another_widget_and_the_map_stays(window: Window) -> None:
    begin = window.said()
    window.drag(begin["marker"], begin["target"])
    dropped = window.said()
    assert dropped["dropped"] == "cam 7/north"
    assert dropped["text"] == "watchfloor:camera:cam 7/north"
    assert dropped["lat"] == pytest.approx(begin["lat"], abs=1e-6)
    # The mouse is free again: a double click reaches the page.
    window.hand("mousemove", *begin["marker"], "sleep", 0.1, "click", "--repeat", 2, "--delay", 60, 1)
    assert window.said() == {"activated": "cam 7/north"}


def test_a_camera_survives_the_way_through_a_drag() -> None:
    assert camera_of(camera_mime(CameraId("cam 7/ü"))) == "cam 7/ü"
    assert camera_payload(CameraId("a")) == "watchfloor:camera:a"


@pytest.mark.parametrize(
    "text", ["", "a camera", "watchfloor:camera:", "http://watchfloor:camera:1", "file:///x"]
)
def test_other_drags_carry_no_camera(text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    assert camera_of(mime) is None


def test_a_drag_without_text_carries_no_camera() -> None:
    assert camera_of(QMimeData()) is None
