"""A wall that stays lit while its desk is locked: what is seen of it, and that it takes no input."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from app.domain.errors import SourceError
from app.domain.events import CameraUpserted, DeskChanged, LooksKept, SessionChanged
from app.domain.ids import CameraId, TileIndex, WallId
from layouts.desk_windows import MAIN_WALL
from layouts.wall_pane import LIT_WORDS, WallWindow
from tests.fakes.door import DANA, FakeDoor
from tests.fakes.waiting import until
from tests.fakes.world import camera
from tests.gui.layouts.conftest import Room, RoomTest
from tests.gui.layouts.test_door import Hall
from widgets.view_state_door import DoorStep

Play = Callable[[RoomTest], None]
SECOND, THIRD = WallId("wall-2"), WallId("wall-3")
GUARDED = replace(DANA, exempt_walls=frozenset({SECOND}))


class FromOutside(QCloseEvent):
    """A window's close button, or Alt+F4."""

    def spontaneous(self) -> bool:
        return True


async def seated(room: Room, *, lit: bool = True) -> tuple[Hall, WallWindow, WallWindow]:
    """Sit Dana at a desk with three walls, one camera on each, and return the two that have windows."""
    door = FakeDoor(room.parts.store, GUARDED if lit else DANA)
    hall = Hall(room, door=door)
    await hall.enter()
    for number in (1, 2, 3, 4):
        room.tell(CameraUpserted(camera(number, name=f"Camera {number} at the corner")))
    for _ in range(2):
        room.windows.main.wall_window_requested.emit()
    second, third = (window for window in room.windows.windows() if isinstance(window, WallWindow))
    for wall, numbers in ((MAIN_WALL, (1,)), (SECOND, (2, 4)), (THIRD, (3,))):
        room.parts.walls.show(wall, [CameraId(f"cam-{number}") for number in numbers])
    await until(lambda: len(room.engine.open_streams) == 4)
    for key in list(room.engine.open_streams):
        room.engine.picture(key)
    return hall, second, third


def open_cameras(room: Room) -> list[str]:
    return sorted(key.camera_id for key in room.engine.open_streams)


def is_void(window: WallWindow, tile: int) -> bool:
    """Say whether a tile is painted as if there were none: one colour, no word."""
    place = window.pane.surface.tile(TileIndex(tile)).dirty_tile.adjusted(2, 2, -2, -2)
    image = window.pane.surface.grab(place).toImage()
    step = 3
    colours = {
        image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)
    }
    return len(colours) == 1


def test_a_lock_leaves_the_exempt_wall_lit_and_hides_all_else(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, third = await seated(room)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        await until(lambda: open_cameras(room) == ["cam-2", "cam-4"])
        assert hall.covered(room.windows.main)
        assert hall.covered(third)
        assert not hall.covered(second)
        assert second.pane.band.text() == LIT_WORDS
        assert second.pane.band.isVisible()
        assert second.pane.grid_bar.isHidden()
        assert not second.pane.surface.isEnabled()
        assert not is_void(second, 0)
        assert hall.card.view.words == "Dana is signed in. 1 wall stays lit, by the administrator's setting."
        hall.card.field("password").setText("secret")
        hall.card.action_button.click()
        await hall.open()
        assert second.pane.band.isHidden()
        assert second.pane.grid_bar.isVisible()
        assert second.pane.surface.isEnabled()
        await until(lambda: len(room.engine.open_streams) == 4)
        hall.close()

    in_room(scene)


def test_without_the_setting_a_lock_hides_every_wall(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room, lit=False)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        await until(lambda: not room.engine.open_streams)
        assert all(hall.covered(window) for window in room.windows.windows())
        assert second.pane.band.isHidden()
        assert "No camera is open meanwhile." in hall.card.view.words
        hall.close()

    in_room(scene)


def test_the_main_windows_wall_is_hidden_whatever_the_setting_says(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, _, _ = await seated(room)
        everything = replace(GUARDED, exempt_walls=frozenset({MAIN_WALL, SECOND}), locked=True)
        room.parts.store.apply(SessionChanged(replace(everything, locked=False)))
        room.parts.streams.wake()
        await until(
            lambda: {lease.wall for lease in room.engine.open_streams.values()} >= {MAIN_WALL, SECOND}
        )
        room.parts.store.apply(SessionChanged(everything))
        await hall.at(DoorStep.LOCKED)
        assert hall.covered(room.windows.main)
        hall.close()

    in_room(scene)


def test_only_tiles_whose_looks_go_on_are_seen_on_a_lit_wall(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room)
        tiles = [second.pane.surface.tile(TileIndex(n)).camera_id for n in (0, 1)]
        assert tiles == [CameraId("cam-2"), CameraId("cam-4")]
        kept = next(lease.id for key, lease in room.engine.open_streams.items() if key.camera_id == "cam-2")
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        room.parts.store.apply(LooksKept(frozenset({kept})))
        room.parts.streams.wake()
        await until(lambda: open_cameras(room) == ["cam-2"])
        assert not is_void(second, 0)
        assert is_void(second, 1)
        room.parts.store.apply(LooksKept(frozenset()))
        room.parts.streams.wake()
        await until(lambda: not room.engine.open_streams)
        await until(lambda: hall.covered(second))
        assert hall.card.view.words.endswith("No camera is open meanwhile.")
        hall.card.field("password").setText("secret")
        hall.card.action_button.click()
        await hall.open()
        assert second.pane.surface.isEnabled()
        assert second.pane.grid_bar.isVisible()
        hall.close()

    in_room(scene)


def test_a_lit_wall_takes_no_input(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room)
        surface, before = second.pane.surface, room.parts.walls.wall(SECOND)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        at = surface.tile(TileIndex(0)).dirty_tile.center()
        heard = len(room.engine.listened)
        QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=at)
        corner = surface.tile(TileIndex(0)).dirty_tile.topRight() + QPoint(-12, 12)
        QTest.mouseMove(surface, corner)
        QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=corner)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_L, Qt.Key.Key_S, Qt.Key.Key_Plus):
            QTest.keyClick(surface, key)
        QTest.keyClick(surface, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        whole = surface.mapToGlobal(at)
        for event in (
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, whole),
            QHelpEvent(QHelpEvent.Type.ToolTip, at, whole),
            QWheelEvent(
                QPointF(at), QPointF(whole), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            ),
        ):  # fmt: skip
            QApplication.sendEvent(surface, event)
            assert not QToolTip.isVisible()
        assert not second._full.isEnabled()
        assert not surface.isWindow()
        assert not surface.tile(TileIndex(0)).zoom.on
        assert not surface.acceptDrops()
        assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
        assert room.parts.walls.wall(SECOND) == before
        assert len(room.engine.listened) == heard
        await until(lambda: open_cameras(room) == ["cam-2", "cam-4"])
        hall.close()

    in_room(scene)


def test_what_goes_beyond_looking_ends_with_the_lock(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room)
        room.parts.replays.start(CameraId("cam-2"), 10)
        room.parts.listening.stop()
        second.pane.surface.show_full_screen(TileIndex(1))
        assert second.pane.surface.isWindow()
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        assert room.parts.replays.replay_of(CameraId("cam-2")) is None
        assert room.store.heard is None
        assert not second.pane.surface.isWindow() or not second.pane.surface.isVisible()
        hall.close()

    in_room(scene)


def test_a_lit_wall_that_the_hub_does_not_renew_is_hidden_and_comes_back_unlocked(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room)
        room.hub.fail = lambda: SourceError("away")
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        await until(lambda: open_cameras(room) == ["cam-2", "cam-4"])
        assert not hall.covered(second)
        room.pass_time(301)
        await until(lambda: not room.engine.open_streams)
        await until(lambda: hall.covered(second))
        assert second.pane.band.isHidden()
        room.hub.fail = None
        hall.card.field("password").setText("secret")
        hall.card.action_button.click()
        await hall.open()
        assert second.pane.surface.isEnabled()
        await until(lambda: len(room.engine.open_streams) == 4)
        hall.close()

    in_room(scene)


def test_a_wall_none_of_whose_looks_go_on_is_hidden_like_any_other(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        room.hub.watermark = "Dana"
        hall, second, _ = await seated(room)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        assert hall.covered(second)
        assert hall.card.view.words.endswith("No camera is open meanwhile.")
        hall.close()

    in_room(scene)


@pytest.mark.parametrize("end", ["signed out", "withdrawn", "closed"])
def test_a_lit_wall_goes_dark_with_the_session_the_setting_and_its_window(in_room: Play, end: str) -> None:
    async def scene(room: Room) -> None:
        hall, second, _ = await seated(room)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        if end == "signed out":
            await hall.door.sign_out()
            await hall.at(DoorStep.BANNER)
        elif end == "withdrawn":
            room.parts.store.apply(SessionChanged(replace(DANA, locked=True)))
        else:
            second.close()
        room.parts.streams.wake()
        await until(lambda: not room.engine.open_streams)
        if end != "closed":
            await until(lambda: hall.covered(second))
        hall.close()

    in_room(scene)


def test_a_desk_that_was_changed_is_asked_for_and_not_while_it_is_locked(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, _, _ = await seated(room)
        await until(lambda: hall.door.asked_desk == [True])
        room.tell(DeskChanged())
        await until(lambda: hall.door.asked_desk == [True, False])
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        room.tell(DeskChanged())
        room.parts.store.apply(SessionChanged(GUARDED))
        room.parts.bridge.flush()
        await until(lambda: hall.door.asked_desk == [True, False, True])
        room.parts.store.apply(SessionChanged(replace(GUARDED, exempt_walls=frozenset({THIRD}))))
        room.tell(DeskChanged())
        await until(lambda: hall.door.asked_desk == [True, False, True, False])
        hall.close()

    in_room(scene)


def test_a_replay_that_was_asked_for_before_the_lock_does_not_begin_after_it(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _third = await seated(room)
        hub, answered = room.parts.streams._leases._hub, asyncio.Event()
        real, asked = hub.use_lease, asyncio.Event()

        async def late(*what: Any) -> Any:
            asked.set()
            told = await real(*what)
            await answered.wait()
            return told

        hub.use_lease = late  # type: ignore[method-assign]
        second.pane.surface.replay_requested.emit("cam-2", 10)
        await asked.wait()
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        answered.set()
        await until(lambda: not any(t.get_name() == "Playing back" for t in asyncio.all_tasks()))
        assert room.parts.replays.replay_of(CameraId("cam-2")) is None
        hall.close()

    in_room(scene)


def test_a_lit_wall_is_not_closed_by_who_passes_and_the_card_counts_what_is_lit(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall, second, _third = await seated(room)
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        assert "1 wall stays lit" in hall.card.view.words
        pressed = FromOutside()
        second.closeEvent(pressed)
        assert not pressed.isAccepted()
        assert not second.pane.released
        assert second.close()
        await until(lambda: "stays lit" not in hall.card.view.words)
        hall.close()

    in_room(scene)
