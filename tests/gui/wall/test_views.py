"""Aspect modes and rotation: chosen by key and menu, right on the screen, in the demand and in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.domain.ids import TileIndex
from app.domain.picture_size import PictureSize
from app.domain.tile_view import PLAIN, AspectMode, TileView
from resources import theme
from tests.gui.wall.test_pointer import menu_of
from widgets.wall.lens import NO_ZOOM
from widgets.wall.tile_menu import TileMenu

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk

FILL, STRETCH = TileView(AspectMode.FILL), TileView(AspectMode.STRETCH)
RED, GREEN, BLUE, WHITE = (200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 200)
CORNERS = ((0.1, 0.35), (0.9, 0.35), (0.1, 0.65), (0.9, 0.65))
"""Top left, top right, bottom left, bottom right, off the words."""


def show_quarters(desk: Desk, tile: int, width: int, height: int, aspect: float | None = None) -> None:
    """Let a camera show red, green, blue and white in its corners, from the top left on in reading order."""
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = RED, GREEN
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = BLUE, WHITE
    desk.frames.resize(desk.keys[tile], width, height, aspect)
    desk.frames.step(desk.keys[tile], np.dstack([rgb[:, :, ::-1], np.full((height, width), 255, np.uint8)]))
    desk.settle()
    desk.settle()


def view(desk: Desk, tile: int, chosen: TileView) -> None:
    desk.arrange(desk.wall.with_view(TileIndex(tile), chosen))
    desk.settle()


def corners(desk: Desk, tile: int = 0) -> list[tuple[int, ...]]:
    return [desk.colour(tile, *corner).getRgb()[:3] for corner in CORNERS]


@pytest.mark.parametrize(
    ("key", "views"),
    [
        (Qt.Key.Key_F, [FILL, STRETCH, PLAIN]),
        (Qt.Key.Key_R, [TileView(turn_deg=90), TileView(turn_deg=180), TileView(turn_deg=270), PLAIN]),
    ],
)
def test_a_key_asks_for_the_next_view_of_the_selected_tile(
    desk: Desk, key: Qt.Key, views: list[TileView]
) -> None:
    desk.surface.select(TileIndex(1))
    for expected in views:
        with desk.qtbot.waitSignal(desk.surface.view_requested) as asked:
            QTest.keyClick(desk.surface, key)
        assert asked.args == [1, expected]
        view(desk, 1, expected)
    desk.surface.select(TileIndex(3))
    with desk.qtbot.assertNotEmitted(desk.surface.view_requested):
        QTest.keyClick(desk.surface, key)


def test_the_menu_marks_the_view_and_asks_for_another(desk: Desk) -> None:
    view(desk, 1, TileView(AspectMode.FILL, 90))
    for words, expected in (
        ("Stretch to the tile", TileView(AspectMode.STRETCH, 90)),
        ("270° clockwise", TileView(AspectMode.FILL, 270)),
    ):
        menu = menu_of(desk, 1)
        assert menu is not None
        actions = [entry for choice in menu.choices for entry in choice.actions()]
        assert [a.text() for a in actions if a.isChecked()] == ["Fill, edges cut off", "90° clockwise"]
        with desk.qtbot.waitSignal(desk.surface.view_requested) as asked:
            next(a for a in actions if a.text() == words).trigger()
        assert asked.args == [1, expected]
        menu.close()
        desk.qtbot.waitUntil(lambda: desk.surface.findChild(TileMenu) is None)


def test_a_square_picture_has_bars_fills_or_is_stretched(desk: Desk) -> None:
    show_quarters(desk, 0, 100, 100)
    for chosen, bars, asked in (
        (PLAIN, True, PictureSize(179, 179)),
        (FILL, False, PictureSize(319, 319)),
        (STRETCH, False, PictureSize(319, 179)),
    ):
        view(desk, 0, chosen)
        assert (desk.colour(0, 0.02, 0.5).name() == theme.VOID) is bars
        assert desk.surface.demand[desk.ids[0]] == asked
    assert corners(desk) == [RED, GREEN, BLUE, WHITE]


def test_a_filled_tile_cuts_alike_at_both_edges_and_says_so(desk: Desk) -> None:
    show_quarters(desk, 0, 400, 400)
    calm = len(desk.surface.tile(TileIndex(0)).labels())
    view(desk, 0, FILL)
    # The middle of the picture is still the middle of the tile.
    assert desk.colour(0, 0.25, 0.47).getRgb()[:3] == RED
    assert desk.colour(0, 0.75, 0.53).getRgb()[:3] == WHITE
    tile = desk.surface.tile(TileIndex(0))
    part = tile.zoom.seen(tile.reach)
    assert (part.left, part.width) == (0.0, 1.0)
    assert part.top == pytest.approx((1 - part.height) / 2)
    assert tile.words()[-1] == "Fills the tile, edges cut off"
    assert len(tile.labels()) == calm + 1
    view(desk, 0, STRETCH)
    assert tile.words()[-1] == "Stretched"
    assert len(tile.labels()) == calm


@pytest.mark.parametrize("mode", [AspectMode.STRETCH, AspectMode.FILL])
@pytest.mark.parametrize(
    ("turn", "seen"),
    [
        (90, [BLUE, RED, WHITE, GREEN]),
        (180, [WHITE, BLUE, GREEN, RED]),
        (270, [GREEN, WHITE, RED, BLUE]),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_a_turned_picture_is_the_right_way_up_copied_or_scaled(
    make_desk: MakeDesk, mode: AspectMode, turn: int, seen: list[tuple[int, int, int]], exact: bool
) -> None:
    desk = make_desk("1×1", 1, (300, 300))
    show_quarters(desk, 0, 300 if exact else 111, 300 if exact else 111)
    view(desk, 0, TileView(mode, turn))
    assert corners(desk) == seen


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_picture_of_the_size_that_was_asked_for_is_copied_pixel_by_pixel(
    make_desk: MakeDesk, turn: int
) -> None:
    desk = make_desk("2×2", 3, (641, 363))
    view(desk, 0, TileView(turn_deg=turn))
    desk.frames.resize(desk.keys[0], 64, 36)
    desk.settle()
    tile = desk.surface.tile(TileIndex(0))
    size = tile.size_in(tile.rect)
    across, down = (size.height, size.width) if turn % 180 else (size.width, size.height)
    assert (across, down) == (tile.video.width, tile.video.height)
    pixels = np.random.default_rng(turn).integers(0, 256, (size.height, size.width, 4), np.uint8)
    desk.frames.resize(desk.keys[0], size.width, size.height, 16 / 9)
    desk.frames.step(desk.keys[0], pixels)
    desk.settle()
    image, rect = desk.shot(), tile.video.rect
    upright = np.rot90(pixels[:, :, :3], -turn // 90)
    for y in range(rect.height() * 2 // 5, rect.height() * 3 // 5):
        row = [image.pixelColor(rect.x() + x, rect.y() + y).getRgb()[2::-1] for x in range(rect.width())]
        assert (upright[y] == np.array(row)).all()


def test_a_picture_on_its_side_is_fitted_and_asked_for_by_its_own_width_and_height(desk: Desk) -> None:
    view(desk, 0, TileView(turn_deg=90))
    with desk.qtbot.waitSignal(desk.surface.demand_changed, raising=False, timeout=300):
        pass
    assert desk.surface.demand[desk.ids[0]] == PictureSize(179, 101)
    video = desk.surface.tile(TileIndex(0)).video
    assert (video.width, video.height) == (101, 179)
    desk.surface.expand(TileIndex(0))
    assert desk.surface.demand[desk.ids[0]] == PictureSize(360, 202)


def test_a_turned_picture_is_zoomed_the_way_it_is_seen(desk: Desk) -> None:
    show_quarters(desk, 0, 320, 180)
    view(desk, 0, TileView(AspectMode.STRETCH, 90))
    tile = desk.surface.tile(TileIndex(0))
    # Turned clockwise, red is at the top right.
    desk.surface.look(tile, NO_ZOOM.at(2.5, 1.0, 0.0, tile.reach))
    desk.settle()
    assert corners(desk) == [RED] * 4


def test_a_turned_picture_that_has_stopped_is_the_right_way_up_in_grey(desk: Desk) -> None:
    show_quarters(desk, 0, 320, 180)
    desk.clock.advance(30)
    desk.settle()
    upright = [QColor(*corner).red() for corner in corners(desk)]
    for chosen in (TileView(turn_deg=180), TileView(AspectMode.STRETCH, 90)):
        view(desk, 0, chosen)
        red, green, blue, white = upright
        wanted = [white, blue, green, red] if chosen.turn_deg == 180 else [blue, red, white, green]
        assert [colour[0] for colour in corners(desk)] == pytest.approx(wanted, abs=2)
    # The last picture goes on being shown that way when the decoder's memory is gone.
    desk.frames.vanish(desk.keys[0])
    view(desk, 0, PLAIN)
    assert [colour[0] for colour in corners(desk)] == pytest.approx(upright, abs=2)


def test_a_turned_and_filled_picture_is_cut_where_it_is_seen_too_tall(desk: Desk) -> None:
    show_quarters(desk, 0, 320, 180)
    view(desk, 0, TileView(AspectMode.FILL, 90))
    assert corners(desk) == [BLUE, RED, WHITE, GREEN]
    # A picture of 16:9 on its side in a tile of 16:9: as wide as the tile, its length 16/9 of the width.
    assert desk.surface.demand[desk.ids[0]] == PictureSize(567, 319)
    tile = desk.surface.tile(TileIndex(0))
    assert tile.reach.height == pytest.approx((9 / 16) * (179 / 319), rel=0.01)


def test_a_view_moves_with_its_tile_and_the_other_tile_of_the_camera_keeps_its_own(desk: Desk) -> None:
    show_quarters(desk, 0, 320, 180)
    desk.arrange(desk.wall.place(TileIndex(3), desk.ids[0]))
    view(desk, 0, TileView(turn_deg=180))
    desk.arrange(desk.wall.swap(TileIndex(0), TileIndex(1)))
    desk.settle()
    assert corners(desk, 1) == [WHITE, BLUE, GREEN, RED]
    assert corners(desk, 3) == [RED, GREEN, BLUE, WHITE]
