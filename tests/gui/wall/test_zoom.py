"""Looking from near: wheel, drag and keys, and what the tile then paints, says and asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.ids import TileIndex
from app.domain.picture_size import PictureSize
from app.domain.stream_state import Fault, StreamState, StreamStatus
from resources import theme
from widgets.wall.surface import WallSurface

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
DOUBLE = 3
"""Notches that double."""
QUARTER = PictureSize(319, 179)


def wheel(desk: Desk, at: QPoint, notches: int) -> bool:
    """Turn the wheel away from (positive) or towards the operator; say whether the wall took it."""
    event = QWheelEvent(
        QPointF(at),
        desk.surface.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(desk.surface, event)
    return event.isAccepted()


def drag(desk: Desk, start: QPoint, by: QPoint, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press, pull and let go; the first steps only say that it is a drag."""
    first = QPoint(QApplication.startDragDistance(), 0)
    QTest.mousePress(desk.surface, LEFT, modifier, start)
    for step in (first, first + by):
        QTest.mouseMove(desk.surface, start + step)
    QTest.mouseRelease(desk.surface, LEFT, modifier, start + first + by)


def factor(desk: Desk, tile: int) -> float:
    return desk.surface.tile(TileIndex(tile)).zoom.factor


def ramp(width: int, height: int) -> npt.NDArray[np.uint8]:
    """A picture whose colour says where it is: blue grows to the right, green downwards."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :, 0] = np.linspace(0, 255, width)[None, :]
    pixels[:, :, 1] = np.linspace(0, 255, height)[:, None]
    return pixels


def show_ramp(desk: Desk, tile: int, width: int = 640, height: int = 360) -> None:
    desk.frames.open(desk.keys[tile], width, height)
    desk.frames.step(desk.keys[tile], ramp(width, height))
    desk.settle()


def place_of(colour: QColor) -> tuple[float, float]:
    """Where in the `ramp` a colour comes from, in parts."""
    return colour.blue() / 255, colour.green() / 255


def test_the_wheel_zooms_at_the_pointer_and_keeps_what_is_under_it(desk: Desk) -> None:
    show_ramp(desk, 1)
    tile = desk.surface.tile(TileIndex(1)).dirty_tile
    at = tile.topLeft() + QPoint(tile.width() * 3 // 4, tile.height() * 2 // 5)
    under = place_of(desk.shot().pixelColor(at))
    edge = place_of(desk.colour(1, 0.99, 0.5))
    for notches in (DOUBLE, 2, -1):
        assert wheel(desk, at, notches)
        assert place_of(desk.shot().pixelColor(at)) == pytest.approx(under, abs=0.02)
    assert factor(desk, 1) == pytest.approx(2 ** (4 / 3))
    assert place_of(desk.colour(1, 0.99, 0.5))[0] < edge[0] - 0.05
    assert factor(desk, 0) == 1.0


def test_the_zoom_ends_at_eight_and_at_the_whole_picture(desk: Desk) -> None:
    for notches, end in ((30, 8.0), (-30, 1.0)):
        wheel(desk, desk.centre(0), notches)
        assert factor(desk, 0) == end


@pytest.mark.parametrize("tile", [2, 3])
def test_a_tile_without_a_picture_leaves_the_wheel_alone(desk: Desk, tile: int) -> None:
    desk.report(2, StreamStatus(StreamState.DENIED, None, Fault.DENIED_BY_HUB))
    assert not wheel(desk, desk.centre(tile), DOUBLE)
    assert factor(desk, tile) == 1.0


def test_a_drag_on_a_zoomed_tile_pulls_the_picture_and_starts_no_tile_drag(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[TileIndex] = []
    monkeypatch.setattr(WallSurface, "_drag", lambda _self, index: started.append(index))
    show_ramp(desk, 0)
    wheel(desk, desk.centre(0), DOUBLE)
    before = place_of(desk.colour(0, 0.5, 0.5))
    drag(desk, desk.centre(0), QPoint(-60, 20))
    assert place_of(desk.colour(0, 0.5, 0.5)) == pytest.approx(
        (before[0] + 60 / 319 / 2, before[1] - 20 / 179 / 2), abs=0.02
    )
    assert not started
    assert desk.surface.selected == 0


def test_a_zoomed_tile_is_dragged_with_shift_or_by_its_name_and_another_one_as_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[TileIndex] = []
    monkeypatch.setattr(WallSurface, "_drag", lambda _self, index: started.append(index))
    wheel(desk, desk.centre(0), DOUBLE)
    before = desk.surface.tile(TileIndex(0)).zoom
    name = desk.surface.tile(TileIndex(0)).dirty_tile.bottomLeft() + QPoint(20, -18)
    for start, modifier in ((desk.centre(0), SHIFT), (name, NONE)):
        drag(desk, start, QPoint(30, 0), modifier)
    drag(desk, desk.centre(1), QPoint(30, 0))
    assert started == [0, 0, 1]
    assert desk.surface.tile(TileIndex(0)).zoom == before


def test_a_pull_ends_when_its_tile_is_closed_under_the_hand(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    QTest.mousePress(desk.surface, LEFT, NONE, desk.centre(0))
    QTest.mouseMove(desk.surface, desk.centre(0) + QPoint(30, 0))
    desk.arrange(desk.wall.place(TileIndex(0), None))
    QTest.mouseMove(desk.surface, desk.centre(0) + QPoint(60, 0))
    QTest.mouseRelease(desk.surface, LEFT, NONE, desk.centre(0))
    assert factor(desk, 0) == 1.0


def test_the_pointer_over_a_zoomed_tile_is_a_hand_and_over_its_name_it_is_not(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    assert desk.surface.cursor().shape() is Qt.CursorShape.OpenHandCursor
    desk.shot()
    name = desk.surface.tile(TileIndex(0)).dirty_tile.bottomLeft() + QPoint(20, -18)
    for at, shape in (
        (desk.centre(0), Qt.CursorShape.OpenHandCursor),
        (name, Qt.CursorShape.ArrowCursor),
        (desk.centre(1), Qt.CursorShape.ArrowCursor),
    ):
        QTest.mouseMove(desk.surface, at)
        desk.qtbot.waitUntil(lambda shape=shape: desk.surface.cursor().shape() is shape)


def test_a_double_click_on_a_zoomed_tile_shows_it_alone_and_keeps_the_zoom(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    with desk.qtbot.waitSignal(desk.surface.tile_expanded) as alone:
        QTest.mouseDClick(desk.surface, LEFT, NONE, desk.centre(0))
    assert alone.args == [0]
    assert factor(desk, 0) == pytest.approx(2.0)


def test_keys_zoom_move_and_reset_the_selected_tile(desk: Desk) -> None:
    desk.surface.select(TileIndex(0))
    for _ in range(DOUBLE):
        QTest.keyClick(desk.surface, Qt.Key.Key_Plus, SHIFT)
    tile = desk.surface.tile(TileIndex(0))
    assert tile.zoom.factor == pytest.approx(2.0)
    QTest.keyClick(desk.surface, Qt.Key.Key_Minus)
    QTest.keyClick(desk.surface, Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)
    assert tile.zoom.factor == pytest.approx(2.0)
    QTest.keyClick(desk.surface, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(desk.surface, Qt.Key.Key_Up, SHIFT)
    assert tile.zoom.x > 0.5 > tile.zoom.y
    assert desk.surface.selected == 0
    for key in (Qt.Key.Key_0, Qt.Key.Key_Backspace):
        QTest.keyClick(desk.surface, key)
        assert tile.zoom.factor == 1.0
        QTest.keyClick(desk.surface, Qt.Key.Key_Plus)


# What it says


def test_a_zoomed_tile_says_so_on_itself_in_its_tool_tip_and_to_assistive_technology(desk: Desk) -> None:
    desk.surface.select(TileIndex(0))
    calm = len(desk.surface.tile(TileIndex(0)).labels())
    wheel(desk, desk.centre(0), DOUBLE)
    tile = desk.surface.tile(TileIndex(0))
    assert len(tile.labels()) == calm + 1
    assert tile.words()[-1] == "Zoomed 2.0×, a part of the picture"
    assert desk.surface.accessibleDescription().endswith("Zoomed 2.0×, a part of the picture")
    wheel(desk, desk.centre(0), -DOUBLE)
    assert len(tile.labels()) == calm
    assert "Zoomed" not in desk.surface.accessibleDescription()


def test_the_overview_of_a_large_tile_shows_which_part_is_seen(make_desk: MakeDesk) -> None:
    desk = make_desk("1×1", 1, (960, 540))
    wheel(desk, QPoint(2, 2), DOUBLE)
    _, overview = desk.surface.tile(TileIndex(0)).labels()[-1]
    image = overview.toImage()
    marked = [
        (x / image.width() < 0.52, y / image.height() < 0.52)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() == theme.ACCENT
    ]
    # The wheel was turned at the top left corner.
    assert set(marked) == {(True, True)}
    assert len(marked) > image.width() // 2


def test_a_zoomed_tile_of_a_stopped_camera_stays_grey_and_can_be_moved(desk: Desk) -> None:
    show_ramp(desk, 0)
    desk.clock.advance(30)
    desk.settle()
    wheel(desk, desk.centre(0), 2 * DOUBLE)
    desk.settle()
    left = desk.colour(0, 0.03, 0.6)
    # The shade over a grey picture is the theme's darkest colour, which is not quite neutral.
    assert max(left.getRgb()[:3]) - min(left.getRgb()[:3]) <= 3
    # The decoder's memory goes with its last lease: what was seen last may still be looked over.
    desk.frames.vanish(desk.keys[0])
    desk.settle()
    drag(desk, desk.centre(0), QPoint(-150, -90))
    assert desk.colour(0, 0.03, 0.6).red() > left.red() + 5
    assert desk.state(0) in (StreamState.FROZEN, StreamState.OFFLINE)


def test_a_part_of_a_late_picture_that_was_never_kept_is_not_made_up(desk: Desk) -> None:
    show_ramp(desk, 0)
    desk.clock.advance(1.5)
    desk.settle()
    assert desk.state(0) is StreamState.DELAYED
    wheel(desk, desk.centre(0), 2 * DOUBLE)
    desk.settle()
    assert desk.colour(0, 0.03, 0.6).name() != theme.VOID
    desk.frames.vanish(desk.keys[0])
    drag(desk, desk.centre(0), QPoint(-150, -90))
    assert desk.colour(0, 0.03, 0.6).name() == theme.VOID


# What it asks for


def test_the_streams_hear_once_of_a_zoom_that_has_settled(desk: Desk) -> None:
    told: list[dict[object, PictureSize]] = []
    desk.surface.demand_changed.connect(told.append)
    for _ in range(DOUBLE):
        wheel(desk, desk.centre(0), 1)
    assert not told
    desk.qtbot.waitUntil(lambda: bool(told))
    assert told == [{desk.ids[0]: PictureSize(638, 358, True), desk.ids[1]: QUARTER, desk.ids[2]: QUARTER}]
    wheel(desk, desk.centre(0), -DOUBLE)
    desk.qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1] == dict.fromkeys(desk.ids[:3], QUARTER)


def test_moving_the_part_asks_for_nothing(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    with desk.qtbot.waitSignal(desk.surface.demand_changed):
        pass
    drag(desk, desk.centre(0), QPoint(40, 10))
    assert not desk.surface._settle.isActive()


def test_the_larger_picture_is_copied_pixel_by_pixel(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    with desk.qtbot.waitSignal(desk.surface.demand_changed):
        pass
    size = desk.surface.demand[desk.ids[0]]
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (size.height, size.width, 4), np.uint8)
    desk.frames.open(desk.keys[0], size.width, size.height)
    desk.frames.step(desk.keys[0], pixels)
    desk.settle()
    rect = desk.surface.tile(TileIndex(0)).video.rect
    # Half a pixel is rounded away, no more; the words lie above and below.
    rows = range(rect.height() * 2 // 5, rect.height() * 3 // 5)
    image = desk.shot()
    screen = [
        [image.pixelColor(rect.x() + x, rect.y() + y).getRgb()[2::-1] for x in range(rect.width())]
        for y in rows
    ]
    left, top = size.width // 4, size.height // 4
    parts = (
        pixels[top + dy : top + dy + rect.height(), left + dx : left + dx + rect.width(), :3]
        for dy in (0, 1)
        for dx in (0, 1)
    )
    assert any((part[rows.start : rows.stop] == np.array(screen)).all() for part in parts)


def test_a_camera_in_two_tiles_is_right_in_the_zoomed_one_and_in_the_other(desk: Desk) -> None:
    desk.arrange(desk.wall.place(TileIndex(3), desk.ids[0]))
    wheel(desk, desk.centre(3), DOUBLE)
    with desk.qtbot.waitSignal(desk.surface.demand_changed):
        pass
    assert desk.surface.demand[desk.ids[0]] == (638, 358, True)
    show_ramp(desk, 0, 638, 358)
    for tile, part in ((0, 1.0), (3, 0.5)):
        left, right = (place_of(desk.colour(tile, x, 0.5)) for x in (0.02, 0.98))
        assert right[0] - left[0] == pytest.approx(0.96 * part, abs=0.02)
    # Closing the plain one leaves the zoomed one as it is.
    desk.arrange(desk.wall.place(TileIndex(0), None))
    assert factor(desk, 3) == pytest.approx(2.0)


def test_a_zoom_moves_with_its_tile_and_goes_with_its_camera(desk: Desk) -> None:
    wheel(desk, desk.centre(0), DOUBLE)
    desk.arrange(desk.wall.swap(TileIndex(0), TileIndex(1)))
    assert [round(factor(desk, tile), 3) for tile in (0, 1)] == [1.0, 2.0]
    desk.arrange(desk.wall.place(TileIndex(1), desk.ids[3]))
    assert factor(desk, 1) == 1.0
