"""A private camera's picture is marked with who looks and when; the city's own is not."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from tests.fakes.world import FakeClock
from widgets.wall.watermark import Watermarks


def test_the_mark_is_made_once_a_minute_for_each_size_and_covers_all_of_it(qapp: QApplication) -> None:
    clock = FakeClock()
    marks = Watermarks(clock)
    size = QSize(480, 270)
    first = marks.over("Vera", size)
    clock.advance(30)
    assert marks.over("Vera", size) is first
    clock.advance(31)
    other = marks.over("Vera", size)
    assert other is not first
    assert other.toImage() != first.toImage()
    assert marks.over("Dana", size).toImage() != other.toImage()
    image = first.toImage()
    for left in range(0, 480, 160):
        for top in range(0, 270, 90):
            spots = [image.pixelColor(x, y).alpha() for x in range(left, left + 160, 3)
                     for y in range(top, top + 90, 3)]  # fmt: skip
            assert max(spots) > 40, "a corner without a mark can be cut out"
            assert sum(spots) / len(spots) < 60, "what lies below has to be seen"
