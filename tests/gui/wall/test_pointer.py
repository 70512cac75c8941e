"""The wall under the mouse; real drags are in test_real_drag.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from app.domain.events import CameraUpserted, HubEvent
from app.domain.ids import Sequence, TileIndex
from tests.fakes.world import camera
from widgets.wall.marks import close_rect
from widgets.wall.tile_menu import TileMenu

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def click(desk: Desk, at: QPoint) -> None:
    QTest.mouseClick(desk.surface, LEFT, NONE, at)


def menu_of(desk: Desk, tile: int) -> TileMenu | None:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, desk.centre(tile), desk.surface.mapToGlobal(desk.centre(tile))
    )
    QApplication.sendEvent(desk.surface, event)
    return desk.surface.findChild(TileMenu)


def test_a_click_selects(desk: Desk) -> None:
    click(desk, desk.centre(2))
    assert desk.surface.selected == 2


def test_a_click_in_the_gap_selects_nothing(desk: Desk) -> None:
    click(desk, desk.surface.tile(TileIndex(0)).dirty_tile.bottomRight() + QPoint(1, 1))
    assert desk.surface.selected is None


def test_the_close_button_appears_under_the_pointer_and_closes(desk: Desk) -> None:
    # Wherever an earlier test left the pointer, it starts on an empty tile.
    QTest.mouseMove(desk.surface, desk.centre(3))
    desk.qtbot.waitUntil(lambda: desk.surface._marks.hovered == 3)
    calm = desk.shot()
    QTest.mouseMove(desk.surface, desk.centre(1))
    desk.qtbot.waitUntil(lambda: desk.shot() != calm)
    with desk.qtbot.waitSignal(desk.surface.close_requested) as closed:
        click(desk, close_rect(desk.surface.tile(TileIndex(1))).center().toPoint())
    assert closed.args == [1]
    assert desk.surface.selected is None


def test_a_press_on_the_close_button_that_slides_off_it_closes_nothing(desk: Desk) -> None:
    button = close_rect(desk.surface.tile(TileIndex(1))).center().toPoint()
    with desk.qtbot.assertNotEmitted(desk.surface.close_requested):
        QTest.mousePress(desk.surface, LEFT, NONE, button)
        QTest.mouseRelease(desk.surface, LEFT, NONE, desk.centre(1))


def test_an_empty_tile_has_no_close_button(desk: Desk) -> None:
    with desk.qtbot.assertNotEmitted(desk.surface.close_requested):
        click(desk, close_rect(desk.surface.tile(TileIndex(3))).center().toPoint())


def test_a_double_click_shows_a_tile_alone_and_another_brings_all_back(desk: Desk) -> None:
    for expected in (0, None):
        with desk.qtbot.waitSignal(desk.surface.tile_expanded) as signal:
            QTest.mouseDClick(desk.surface, LEFT, NONE, desk.centre(0))
        assert signal.args == [expected]


def test_the_menu_closes_locates_pins_and_starts_a_swap(desk: Desk) -> None:
    signals = {
        "Close tile": desk.surface.close_requested,
        "Show on the map": desk.surface.locate_requested,
        "Pin to the incident": desk.surface.pin_requested,
    }
    for words, signal in signals.items():
        menu = menu_of(desk, 1)
        assert menu is not None
        action = next(a for a in menu.actions() if a.text() == words)
        with desk.qtbot.waitSignal(signal) as asked:
            action.trigger()
        assert asked.args == [1 if words == "Close tile" else desk.ids[1]]
        menu.close()
        desk.qtbot.waitUntil(lambda: desk.surface.findChild(TileMenu) is None)
    menu = menu_of(desk, 1)
    assert menu is not None
    next(a for a in menu.actions() if a.text() == "Swap with…").trigger()
    menu.close()
    with desk.qtbot.waitSignal(desk.surface.swap_requested) as swapped:
        click(desk, desk.centre(2))
    assert swapped.args == [1, 2]


def test_the_menu_zooms_in_and_shows_the_whole_picture_again(desk: Desk) -> None:
    tile = desk.surface.tile(TileIndex(1))
    for words, on in (
        ("Zoom in", True),
        ("Show the whole picture", False),
        ("Zoom in", True),
        ("Zoom out", False),
    ):
        menu = menu_of(desk, 1)
        assert menu is not None
        next(a for a in menu.actions() if a.text() == words).trigger()
        assert tile.zoom.on is on
        menu.close()
        desk.qtbot.waitUntil(lambda: desk.surface.findChild(TileMenu) is None)


def test_the_tool_tip_of_a_zoomed_tile_says_how_the_tile_itself_is_dragged(desk: Desk) -> None:
    tile, at = desk.surface.tile(TileIndex(0)), desk.centre(0)
    for nearer, said in ((False, False), (True, True)):
        if nearer:
            desk.surface.look(tile, tile.zoom.at(2.0, 0.5, 0.5, tile.reach))
        tip = QHelpEvent(QHelpEvent.Type.ToolTip, at, desk.surface.mapToGlobal(at))
        QApplication.sendEvent(desk.surface, tip)
        assert ("with Shift" in QToolTip.text()) is said
    QToolTip.hideText()


def test_an_empty_tile_has_no_menu(desk: Desk) -> None:
    assert menu_of(desk, 3) is None


def test_the_tool_tip_has_the_full_name_as_text_and_never_as_markup(desk: Desk) -> None:
    name = "<img src=x onerror=alert(1)> & co"
    desk.store.apply(HubEvent(Sequence(2), CameraUpserted(camera(0, name=name))))
    at = desk.centre(0)
    QApplication.sendEvent(
        desk.surface, QHelpEvent(QHelpEvent.Type.ToolTip, at, desk.surface.mapToGlobal(at))
    )
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; co" in QToolTip.text()
    QToolTip.hideText()
