"""Saving, opening, renaming and deleting layouts as an operator does, by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox

from app.domain.events import CameraUpserted
from app.domain.ids import CameraId, TileIndex
from app.domain.quality_policy import NoBudget, cost_mpx_s
from app.domain.tile_view import AspectMode, TileView
from app.domain.wall import grid_named
from layouts.desk_windows import MAIN_WALL
from tests.fakes.waiting import until
from tests.fakes.world import camera
from tests.gui.layouts.conftest import Room
from widgets.layouts.menu import LayoutAct, LayoutButton
from widgets.layouts.name_dialog import NameDialog, SaveDialog
from widgets.wall.lens import Zoom

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
TURNED = TileView(AspectMode.FILL, 180)


def furnish(room: Room) -> None:
    """Put two cameras on a 2×2 wall, one of them turned."""
    room.tell(*(CameraUpserted(camera(number)) for number in range(6)))
    walls = room.parts.walls
    walls.choose_grid(MAIN_WALL, grid_named("2×2"))
    walls.show(MAIN_WALL, [CameraId("cam-1"), CameraId("cam-2")])
    walls.choose_view(MAIN_WALL, TileIndex(1), TURNED)
    room.parts.bridge.flush()


def button(room: Room) -> LayoutButton:
    return room.windows.main.wall.grid_bar.layouts


async def save_dialog(room: Room) -> SaveDialog:
    """Open it as an operator does without a mouse: Alt+L, then Enter on the first entry."""
    room.windows.main.activateWindow()
    await until(room.windows.main.isActiveWindow)
    QTest.keyClick(room.windows.main, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    menu = await opened_menu(room)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    await until(lambda: bool(room.windows.main.findChildren(SaveDialog)))
    dialog = room.windows.main.findChildren(SaveDialog)[-1]
    await until(dialog.isVisible)
    return dialog


async def opened_menu(room: Room) -> QMenu:
    await until(lambda: button(room).menu_shown is not None)
    menu = button(room).menu_shown
    assert menu is not None
    await until(menu.isVisible)
    return menu


async def save(room: Room, name: str) -> None:
    dialog = await save_dialog(room)
    dialog.field.setText(name)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    await until(lambda: room.parts.layouts.named(name) is not None)
    await until(lambda: not room.windows.main.findChildren(SaveDialog))


def actions(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        below = action.menu()
        found += actions(below) if isinstance(below, QMenu) else [action]
    return found


async def choose(room: Room, act: LayoutAct, name: str) -> None:
    """Choose an entry of the menu."""
    button(room).click()
    menu = await opened_menu(room)
    next(action for action in actions(menu) if action.data() == (act, name)).trigger()
    menu.close()
    await until(lambda: button(room).menu_shown is None)


def test_a_layout_is_saved_by_keyboard_and_opened_again_with_its_views(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        before = room.parts.walls.wall(MAIN_WALL)
        await save(room, "Night shift & more")
        room.parts.walls.choose_grid(MAIN_WALL, grid_named("1×1"))
        room.parts.walls.close(MAIN_WALL, TileIndex(0))
        await choose(room, LayoutAct.OPEN, "Night shift & more")
        wall = room.parts.walls.wall(MAIN_WALL)
        assert (wall.grid, wall.shown(), wall.views) == (before.grid, before.shown(), before.views)
        await until(lambda: room.windows.main.wall.surface.tile(TileIndex(1)).view == TURNED)

    in_room(play)


def test_before_anything_is_saved_the_sheet_shows_what_it_will_cost(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        qualities = room.parts.streams.qualities
        dialog = await save_dialog(room)
        sheet = dialog.cost.sheet
        assert sheet is not None
        assert sheet.budget == "not measured yet"
        assert dialog.cost.table.rowCount() == 2
        size = room.windows.main.wall.surface.plain_sizes[CameraId("cam-1")]
        assert sheet.rows[0].tile == f"{size.width} × {size.height}"
        qualities.budget_mpx_s = 0.5
        await until(lambda: dialog.cost.sheet is not sheet, what="the sheet follows the measurement")
        assert dialog.cost.sheet is not None
        assert dialog.cost.sheet.tone == "alarm"
        qualities.budget_mpx_s, qualities.why_no_budget = None, NoBudget.NOT_WANTED
        await until(lambda: dialog.cost.sheet is not None and dialog.cost.sheet.budget == "no budget set")
        dialog.reject()
        assert not room.parts.layouts.listed

    in_room(play)


def test_the_other_walls_count_in_the_sheet(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        room.windows.main.wall_window_requested.emit()
        other = room.windows.panes()[1]
        room.parts.walls.show(other.wall_id, [CameraId("cam-5")])
        await until(lambda: CameraId("cam-5") in other.surface.demand)
        room.parts.streams.qualities.budget_mpx_s = 1000.0
        dialog = await save_dialog(room)
        load = sum(cost_mpx_s(camera(1), stream.quality) for stream in camera(1).streams[1:]) * 3
        assert dialog.cost.sheet is not None
        assert f"with the other walls {load:.1f} Mpx/s" in dialog.cost.sheet.load
        dialog.reject()

    in_room(play)


def test_a_taken_name_is_replaced_only_after_a_question_that_enter_does_not_answer(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        await save(room, "Bridge")
        room.parts.walls.choose_grid(MAIN_WALL, grid_named("3×3"))
        dialog = await save_dialog(room)
        dialog.field.setText("bridge")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        assert dialog.problem.text() == "There is a layout “Bridge” already. Replace it?"
        assert not dialog.button.isDefault()
        assert room.parts.layouts.listed[0].grid == grid_named("2×2")
        dialog.field.setText("bridge 2")
        assert dialog.button.text() == "Save", "another name takes the question back"
        dialog.field.setText("bridge")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        QTest.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
        await until(lambda: room.parts.layouts.listed[0].grid == grid_named("3×3"))
        assert [layout.name for layout in room.parts.layouts.listed] == ["bridge"]

    in_room(play)


def test_a_failed_write_is_said_in_the_dialog_which_stays(
    in_room: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        dialog = await save_dialog(room)
        dialog.field.setText("Bridge")

        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr("os.replace", refuse)
            QTest.keyClick(dialog.field, Qt.Key.Key_Return)
            await until(dialog.problem.isVisible)
        assert dialog.problem.text() == "layouts.json cannot be written: No space left on device."
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        await until(lambda: room.parts.layouts.named("Bridge") is not None)

    in_room(play)


def test_a_layout_is_renamed_and_deleted_only_when_that_is_agreed_to(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        await save(room, "Bridge")
        await choose(room, LayoutAct.RENAME, "Bridge")
        await until(lambda: bool(room.windows.main.findChildren(NameDialog)))
        dialog = room.windows.main.findChildren(NameDialog)[-1]
        assert dialog.field.text() == "Bridge"
        dialog.field.setText("Tunnel")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        await until(lambda: room.parts.layouts.named("Tunnel") is not None)
        for word, left in (("Cancel", 1), ("Delete", 0)):
            await choose(room, LayoutAct.DELETE, "Tunnel")
            await until(lambda: bool(room.windows.main.findChildren(QMessageBox)))
            box = room.windows.main.findChildren(QMessageBox)[-1]
            assert "“Tunnel”" in box.text()
            next(b for b in box.buttons() if b.text().replace("&", "") == word).click()
            await until(lambda: not room.windows.main.findChildren(QMessageBox))
            # What was wrongly begun would be done before this turn of the file's.
            await room.parts.layouts.read()
            assert len(room.parts.layouts.listed) == left

    in_room(play)


def test_a_tile_that_is_shown_alone_does_not_go_on_alone_with_another_camera(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        await save(room, "Bridge")
        surface = room.windows.main.wall.surface
        room.parts.walls.swap(MAIN_WALL, TileIndex(0), TileIndex(1))
        room.parts.bridge.flush()
        surface.expand(TileIndex(0))
        assert surface.tile(TileIndex(1)).rect.isEmpty()
        await choose(room, LayoutAct.OPEN, "Bridge")
        await until(lambda: not surface.tile(TileIndex(1)).rect.isEmpty())

    in_room(play)


def test_the_cost_is_that_of_all_tiles_unzoomed_even_while_one_is_shown_alone(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        surface = room.windows.main.wall.surface
        await until(lambda: surface.tile(TileIndex(0)).rect.width() > 0)
        before = surface.plain_sizes
        surface.expand(TileIndex(0))
        tile = surface.tile(TileIndex(0))
        surface.look(tile, Zoom(4.0))
        assert surface.plain_sizes == before

    in_room(play)


def test_a_camera_that_has_gone_keeps_its_tile_and_words_say_so(in_room: Play) -> None:
    async def play(room: Room) -> None:
        furnish(room)
        wall = room.parts.walls.wall(MAIN_WALL).place(TileIndex(2), CameraId("old-bridge"))
        await room.parts.layouts.save("Bridge", wall)
        room.parts.walls.close(MAIN_WALL, TileIndex(0))
        await choose(room, LayoutAct.OPEN, "Bridge")
        room.parts.bridge.flush()
        tile = room.windows.main.wall.surface.tile(TileIndex(2))
        assert tile.words()[0] == "old-bridge"
        assert "Not in the camera directory any more" in " ".join(tile.words())
        notice = next(iter(room.store.notices.values()))
        assert notice.message == "“Bridge” has 1 camera that the directory lacks now."

    in_room(play)
