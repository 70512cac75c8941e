"""A picture of its place's own size reaches the screen byte for byte; another size is scaled into place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.camera import Quality, StreamKey
from app.domain.ids import CameraId
from app.domain.ports import Frame
from tests.fakes.frames import PatternFrames
from tests.fakes.world import FakeClock
from widgets.wall.pictures import STRIP_ROWS, Place, draw

ROOT = Path(__file__).parents[3]
KEY = StreamKey(CameraId("cam-1"), Quality.SUB)
GROUND = QColor(1, 2, 3)
CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5"])
def test_pictures_of_the_size_that_was_asked_for_reach_the_screen_byte_for_byte(scale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.wall.exact_wall"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    said = json.loads(done.stdout)
    assert said["ratio"] == float(scale)
    assert said["rows"] > 150
    assert said["wrong_pixels"] == 0


def frame_of(rgb: npt.NDArray[np.uint8]) -> Frame:
    """A decoder's frame with these pixels, rows of (R, G, B)."""
    frames = PatternFrames(FakeClock())
    height, width, _ = rgb.shape
    frames.open(KEY, width, height, spare_bytes=4 * (width % 3))
    frames.step(KEY, np.dstack([rgb[:, :, ::-1], np.full((height, width), 255, np.uint8)]))
    frame = frames.newest(KEY)
    assert frame is not None
    return frame


def quarters(width: int, height: int) -> Frame:
    rgb = np.empty((height, width, 3), np.uint8)
    red, green, blue, white = CORNERS.values()
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = red, green
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = blue, white
    return frame_of(rgb)


@pytest.mark.parametrize(("width", "height"), [(64, 36), (320, 180), (1280, 720)])
def test_a_picture_of_another_size_is_scaled_into_its_place_and_nowhere_else(width: int, height: int) -> None:
    canvas = QImage(500, 400, QImage.Format.Format_RGB32)
    canvas.fill(GROUND)
    into = QRect(30, 20, 319, 2 * STRIP_ROWS + 11)
    painter = QPainter(canvas)
    clip = into.adjusted(-10, -10, 10, 10)
    painter.setClipRect(clip)
    assert draw(painter, quarters(width, height), Place.at(into))
    # Labels are drawn next, on the picture's bars as well.
    assert painter.clipRegion().boundingRect() == clip
    painter.end()
    inside = (into.topLeft(), into.topRight(), into.bottomLeft(), into.bottomRight())
    assert [canvas.pixelColor(corner).getRgb()[:3] for corner in inside] == list(CORNERS.values())
    middle = into.center()
    for x, y in ((-6, -6), (6, -6), (-6, 6), (6, 6)):
        near = canvas.pixelColor(middle + QPoint(x, y))
        corner = QPoint(into.left() if x < 0 else into.right(), into.top() if y < 0 else into.bottom())
        assert near == canvas.pixelColor(corner)
    around = (QPoint(into.left() - 1, into.top()), QPoint(into.right() + 1, into.bottom() + 1))
    assert all(canvas.pixelColor(point) == GROUND for point in around)


def test_a_picture_that_is_copied_and_one_that_is_torn_are_told_apart() -> None:
    frames = PatternFrames(FakeClock())
    frames.open(KEY, 48, 27)
    frames.step(KEY)
    frames.tear(KEY, 1)
    canvas = QImage(48, 27, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    frame = frames.newest(KEY)
    assert frame is not None
    place = Place.at(QRect(0, 0, 48, 27))
    assert [draw(painter, frame, place) for _ in range(2)] == [False, True]
    painter.end()
