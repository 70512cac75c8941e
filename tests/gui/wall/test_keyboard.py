"""The wall without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.ids import TileIndex
from app.domain.stream_state import Fault, StreamState, StreamStatus
from app.domain.wall import grid_named
from resources import theme

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk

CONTROL = Qt.KeyboardModifier.ControlModifier


def press(desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.surface, key, modifier)


def test_arrows_move_the_selection_and_stop_at_the_edge(make_desk: MakeDesk) -> None:
    desk = make_desk("3×3", 9)
    desk.surface.select(TileIndex(0))
    for key, tile in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
    ):
        press(desk, key)
        assert desk.surface.selected == tile


def test_an_arrow_without_a_selection_takes_the_first_tile(desk: Desk) -> None:
    press(desk, Qt.Key.Key_Right)
    assert desk.surface.selected == 0


def test_digits_select_and_beyond_the_grid_do_nothing(desk: Desk) -> None:
    press(desk, Qt.Key.Key_3)
    assert desk.surface.selected == 2
    press(desk, Qt.Key.Key_9)
    assert desk.surface.selected == 2


def test_control_and_an_arrow_swap_with_the_neighbour_and_follow_the_tile(desk: Desk) -> None:
    desk.surface.select(TileIndex(0))
    with desk.qtbot.waitSignal(desk.surface.swap_requested) as swapped:
        press(desk, Qt.Key.Key_Down, CONTROL)
    assert swapped.args == [0, 2]
    assert desk.surface.selected == 2


def test_delete_closes_the_selected_tile_and_leaves_an_empty_one_alone(desk: Desk) -> None:
    desk.surface.select(TileIndex(1))
    with desk.qtbot.waitSignal(desk.surface.close_requested) as closed:
        press(desk, Qt.Key.Key_Delete)
    assert closed.args == [1]
    desk.surface.select(TileIndex(3))
    with desk.qtbot.assertNotEmitted(desk.surface.close_requested):
        press(desk, Qt.Key.Key_Delete)


@pytest.mark.parametrize(
    ("key", "signal"), [(Qt.Key.Key_M, "locate_requested"), (Qt.Key.Key_P, "pin_requested")]
)
def test_letters_locate_and_pin_the_selected_camera(desk: Desk, key: Qt.Key, signal: str) -> None:
    desk.surface.select(TileIndex(1))
    with desk.qtbot.waitSignal(getattr(desk.surface, signal)) as asked:
        press(desk, key)
    assert asked.args == [desk.ids[1]]


def test_swap_with_waits_for_another_tile_and_escape_takes_it_back(desk: Desk) -> None:
    desk.surface.select(TileIndex(0))
    press(desk, Qt.Key.Key_S)
    press(desk, Qt.Key.Key_Escape)
    press(desk, Qt.Key.Key_S)
    press(desk, Qt.Key.Key_Right)
    with desk.qtbot.waitSignal(desk.surface.swap_requested) as swapped:
        press(desk, Qt.Key.Key_Return)
    assert swapped.args == [0, 1]


def test_enter_shows_a_tile_alone_and_escape_all_of_them_again(desk: Desk) -> None:
    desk.surface.select(TileIndex(1))
    with desk.qtbot.waitSignal(desk.surface.tile_expanded) as alone:
        press(desk, Qt.Key.Key_Return)
    assert alone.args == [1]
    assert desk.surface.tile(TileIndex(1)).dirty_tile == desk.surface.rect()
    assert desk.colour(1).getRgb()[:3] == (40, 90, 200)
    with desk.qtbot.waitSignal(desk.surface.tile_expanded) as again:
        press(desk, Qt.Key.Key_Escape)
    assert again.args == [None]
    desk.settle()
    assert desk.colour(0).getRgb()[:3] == (200, 120, 40)


def test_arrows_lead_from_one_tile_shown_alone_to_the_next_but_not_to_an_empty_one(desk: Desk) -> None:
    desk.surface.select(TileIndex(0))
    press(desk, Qt.Key.Key_Return)
    press(desk, Qt.Key.Key_Right)
    assert desk.surface.tile(TileIndex(1)).dirty_tile == desk.surface.rect()
    press(desk, Qt.Key.Key_Down)
    assert desk.surface.selected == 1


def test_an_empty_tile_is_not_shown_alone(desk: Desk) -> None:
    desk.surface.select(TileIndex(3))
    with desk.qtbot.assertNotEmitted(desk.surface.tile_expanded):
        press(desk, Qt.Key.Key_Return)


def test_closing_the_tile_shown_alone_brings_the_others_back(desk: Desk) -> None:
    desk.surface.select(TileIndex(1))
    press(desk, Qt.Key.Key_Return)
    with desk.qtbot.waitSignal(desk.surface.tile_expanded) as again:
        desk.arrange(desk.wall.place(TileIndex(1), None))
    assert again.args == [None]
    assert desk.surface.tile(TileIndex(0)).dirty_tile.width() < desk.surface.width()


def test_the_selected_tile_has_an_accent_frame(desk: Desk) -> None:
    desk.surface.select(TileIndex(1))
    assert desk.colour(1, x=0.5, y=0.0).name() == theme.ACCENT
    assert desk.colour(0, x=0.5, y=0.0).name() != theme.ACCENT


def test_the_selected_tile_is_described_to_assistive_technology(desk: Desk) -> None:
    assert desk.surface.accessibleName() == "Video wall"
    assert desk.surface.accessibleDescription() == "2×2, 4 tiles"
    desk.surface.select(TileIndex(0))
    assert desk.surface.accessibleDescription() == "Tile 1 of 4: Camera 0, Live"
    desk.report(0, StreamStatus(StreamState.OFFLINE, 0.0, Fault.UNREACHABLE))
    described = "Tile 1 of 4: Camera 0, Offline, Camera does not answer"
    assert desk.surface.accessibleDescription() == described


def test_a_smaller_grid_takes_the_selection_back_from_a_tile_that_is_gone(desk: Desk) -> None:
    desk.surface.select(TileIndex(3))
    desk.arrange(desk.wall.with_grid(grid_named("1×1")))
    assert desk.surface.selected is None
    press(desk, Qt.Key.Key_Right)
    assert desk.surface.selected == 0
