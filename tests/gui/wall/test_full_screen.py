"""A tile over the whole monitor, and the way back into the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.domain.ids import TileIndex
from app.domain.picture_size import HIDDEN, PictureSize
from tests.gui.wall.test_pointer import menu_of

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(desk: Desk) -> QWidget:
    """A window with a bar above the wall, as the console has."""
    made = QWidget()
    desk.qtbot.addWidget(made)
    column = QVBoxLayout(made)
    column.addWidget(QLabel("bar"))
    column.addWidget(desk.surface, 1)
    made.resize(700, 460)
    with desk.qtbot.waitExposed(made):
        made.show()
    desk.surface.show()
    desk.settle()
    return made


def go_full(desk: Desk, tile: int = 1) -> None:
    desk.surface.select(TileIndex(tile))
    QTest.keyClick(desk.surface, Qt.Key.Key_Return, SHIFT)
    desk.qtbot.waitUntil(lambda: desk.surface.isFullScreen() and desk.surface.isActiveWindow())
    desk.settle()


def test_shift_and_enter_give_the_selected_tile_the_monitor(desk: Desk, window: QWidget) -> None:
    go_full(desk)
    assert desk.surface.window() is desk.surface
    monitor = QGuiApplication.primaryScreen().size()
    desk.qtbot.waitUntil(lambda: desk.surface.size() == monitor)
    assert desk.surface.tile(TileIndex(1)).dirty_tile.size() == monitor
    video = desk.surface.tile(TileIndex(1)).video
    assert monitor.width() == video.width or monitor.height() == video.height
    desk.qtbot.waitUntil(lambda: desk.surface.demand[desk.ids[1]] == PictureSize(video.width, video.height))
    assert desk.colour(1).getRgb()[:3] == (40, 90, 200)
    # The tiles behind it are kept for a while.
    assert desk.surface.demand[desk.ids[0]] == HIDDEN


WAYS_BACK: dict[str, Callable[[Desk], object]] = {
    "escape": lambda desk: QTest.keyClick(desk.surface, Qt.Key.Key_Escape),
    "enter": lambda desk: QTest.keyClick(desk.surface, Qt.Key.Key_Return),
    "shift and enter": lambda desk: QTest.keyClick(desk.surface, Qt.Key.Key_Return, SHIFT),
    "F11": lambda desk: QTest.keyClick(desk.surface, Qt.Key.Key_F11),
    "a double click": lambda desk: QTest.mouseDClick(desk.surface, LEFT, NONE, QPoint(400, 300)),
    "closing the full screen": lambda desk: desk.surface.close(),
    "closing the tile": lambda desk: desk.arrange(desk.wall.place(TileIndex(1), None)),
}


@pytest.mark.parametrize("way", WAYS_BACK)
def test_the_wall_goes_back_to_its_place_in_the_window(desk: Desk, window: QWidget, way: str) -> None:
    place = desk.surface.geometry()
    go_full(desk)
    WAYS_BACK[way](desk)
    desk.qtbot.waitUntil(lambda: desk.surface.window() is window and desk.surface.geometry() == place)
    assert desk.surface.isVisible()
    assert not desk.surface.full_screen
    desk.settle()
    assert desk.colour(0).getRgb()[:3] == (200, 120, 40)
    assert desk.surface.demand[desk.ids[0]].width < place.width()


def test_arrows_lead_to_the_next_tile_and_stay_in_full_screen(desk: Desk, window: QWidget) -> None:
    go_full(desk, 0)
    QTest.keyClick(desk.surface, Qt.Key.Key_Right)
    assert desk.surface.full_screen
    assert desk.surface.tile(TileIndex(1)).dirty_tile == desk.surface.rect()


def test_the_menu_has_it_too_and_an_empty_tile_is_not_shown_so(desk: Desk, window: QWidget) -> None:
    desk.surface.show_full_screen(TileIndex(3))
    assert not desk.surface.full_screen
    menu = menu_of(desk, 2)
    assert menu is not None
    next(a for a in menu.actions() if a.text() == "Full screen").trigger()
    menu.close()
    assert desk.surface.full_screen
    assert desk.surface.tile(TileIndex(2)).dirty_tile == desk.surface.rect()
