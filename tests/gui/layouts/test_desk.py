"""What an operator does at the desk, by mouse and keyboard, down to the hub's commands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.alert import Urgency
from app.domain.camera import Quality, StreamKey
from app.domain.errors import SourceError
from app.domain.events import AlertUpserted, CameraUpserted, IncidentUpserted
from app.domain.geo import Bounds, LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, TileIndex
from app.domain.tile_view import PLAIN, AspectMode, TileView
from app.domain.wall import grid_named
from layouts.desk_windows import MAIN_WALL
from tests.fakes.waiting import until
from tests.fakes.world import alert, camera, incident
from tests.gui.layouts.conftest import Room
from widgets.drag import camera_mime

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(widget: QWidget, at: QPoint, mime: QMimeData) -> bool:
    """Send the events of a real drop; return whether the widget took it."""
    enter = QDragEnterEvent(at, COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(at), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def cameras(room: Room, count: int = 12) -> None:
    room.tell(*(CameraUpserted(camera(number)) for number in range(count)))


async def focus(room: Room, widget: QWidget) -> None:
    """Bring the keyboard to a widget: shortcuts need an active window."""
    room.windows.main.activateWindow()
    widget.setFocus()
    await until(widget.hasFocus)


def on_wall(room: Room) -> list[str]:
    return [c or "-" for c in room.parts.walls.wall(MAIN_WALL).shown()]


def test_a_camera_dropped_on_a_tile_is_leased_opened_and_marked_on_list_and_map(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        surface = room.windows.main.wall.surface
        assert drop(surface, QPoint(10, 10), camera_mime(CameraId("cam-3")))
        await until(lambda: on_wall(room)[0] == "cam-3")
        key = StreamKey(CameraId("cam-3"), Quality.SUB)
        await until(lambda: key in room.engine.open_streams)
        assert room.hub.named("lease") == [("lease", key)]

    in_room(play)


def test_a_camera_dropped_on_an_incident_is_pinned(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        room.tell(IncidentUpserted(incident(1)))
        panel = room.windows.main.incidents
        panel.select(IncidentId("incident-1"))
        zone = panel.detail.pins
        await until(zone.isVisible)
        assert drop(zone, zone.rect().center(), camera_mime(CameraId("cam-5")))
        await until(lambda: room.hub.named("pin_camera") == [("pin_camera", "incident-1", "cam-5")])

    in_room(play)


def test_selecting_an_alert_marks_the_nearest_cameras_and_one_key_shows_them(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        room.tell(AlertUpserted(alert(1, position=LatLon(41.0, -71.9995), urgency=Urgency.CRITICAL)))
        view = room.windows.main.alerts.view
        await focus(room, view)
        QTest.keyClick(view, Qt.Key.Key_Down)
        await until(lambda: room.store.selected_alert == "alert-1")
        QTest.keyClick(view, Qt.Key.Key_N)
        await until(lambda: set(on_wall(room)[:4]) == {"cam-0", "cam-1", "cam-2", "cam-3"})

    in_room(play)


def test_an_incident_is_opened_from_an_alert_with_one_key(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.tell(AlertUpserted(alert(1)))
        view = room.windows.main.alerts.view
        await focus(room, view)
        QTest.keyClick(view, Qt.Key.Key_Down)
        QTest.keyClick(view, Qt.Key.Key_I)
        QTest.keyClick(view, Qt.Key.Key_A)
        await until(
            lambda: bool(room.hub.named("open_incident")) and bool(room.hub.named("acknowledge_alert"))
        )
        assert room.hub.named("open_incident") == [
            ("open_incident", "Alert 1", alert(1).position, AlertId("alert-1"))
        ]

    in_room(play)


def test_a_command_that_fails_is_said_on_screen_and_nothing_else_stops(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.tell(AlertUpserted(alert(1)))
        room.hub.fail = lambda: SourceError("The hub does not answer.")
        room.windows.main.alerts.acknowledge_requested.emit("alert-1")
        await until(lambda: len(room.store.notices) == 1)
        (notice,) = room.store.notices.values()
        assert notice.message == "Acknowledging the alert: The hub does not answer."

    in_room(play)


def test_pinning_without_an_open_incident_says_what_to_do(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        room.windows.main.cameras.pin_requested.emit("cam-1")
        (notice,) = room.store.notices.values()
        assert "No open incident" in notice.message
        assert not room.hub.named("pin_camera")

    in_room(play)


def test_a_tile_is_turned_and_filled_by_key_and_stays_so_until_its_camera_goes(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        room.parts.walls.place(MAIN_WALL, TileIndex(0), CameraId("cam-3"))
        surface = room.windows.main.wall.surface
        surface.select(TileIndex(0))
        await until(lambda: surface.tile(TileIndex(0)).camera_id == "cam-3")
        for key in (Qt.Key.Key_F, Qt.Key.Key_R):
            before = room.parts.walls.wall(MAIN_WALL).view_at(TileIndex(0))
            QTest.keyClick(surface, key)
            await until(lambda before=before: surface.tile(TileIndex(0)).view != before)
        assert room.parts.walls.wall(MAIN_WALL).views == (TileView(AspectMode.FILL, 90),)
        assert surface.tile(TileIndex(0)).view == TileView(AspectMode.FILL, 90)
        room.parts.walls.place(MAIN_WALL, TileIndex(0), CameraId("cam-4"))
        await until(lambda: surface.tile(TileIndex(0)).camera_id == "cam-4")
        assert surface.tile(TileIndex(0)).view == PLAIN

    in_room(play)


def test_the_desk_comes_back_as_it_was_left(in_room: Play) -> None:
    async def leave(room: Room) -> None:
        cameras(room)
        room.tell(IncidentUpserted(incident(1)))
        room.parts.walls.choose_grid(MAIN_WALL, grid_named("1+5"))
        room.parts.walls.place(MAIN_WALL, TileIndex(2), CameraId("cam-7"))
        room.windows.main.wall_window_requested.emit()
        second = room.windows.panes()[1].wall_id
        room.parts.walls.place(second, TileIndex(0), CameraId("cam-8"))
        room.windows.main.incidents.restore_drafts({"incident-1": "Half a note"})
        room.windows.main.pane("map").hide()

    async def come_back(room: Room) -> None:
        assert room.parts.walls.wall(MAIN_WALL).grid.name == "1+5"
        assert on_wall(room)[2] == "cam-7"
        assert len(room.windows.windows()) == 2
        assert room.windows.panes()[1].cameras() == {"cam-8"}
        assert room.windows.main.incidents.drafts() == {"incident-1": "Half a note"}
        assert not room.windows.main.pane("map").isVisible()
        assert room.windows.main.pane("alerts").isVisible()

    in_room(leave)
    in_room(come_back)


def test_closing_a_wall_window_closes_its_streams(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        room.windows.main.wall_window_requested.emit()
        window = room.windows.windows()[1]
        second = room.windows.panes()[1].wall_id
        room.parts.walls.place(second, TileIndex(0), CameraId("cam-8"))
        key = StreamKey(CameraId("cam-8"), Quality.SUB)
        main = StreamKey(CameraId("cam-8"), Quality.MAIN)
        await until(lambda: key in room.engine.open_streams or main in room.engine.open_streams)
        window.close()
        await until(lambda: len(room.windows.windows()) == 1)
        await until(lambda: not room.engine.open_streams or room.pass_time(3.0))

    in_room(play)


def test_every_grid_is_chosen_by_the_keyboard(in_room: Play) -> None:
    async def play(room: Room) -> None:
        main = room.windows.main
        await focus(room, main.wall.surface)
        for number in range(1, 9):
            QTest.keyClick(main.wall.surface, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
            await until(
                lambda n=number: room.parts.walls.wall(MAIN_WALL).grid.name == f"{n}×{n}",  # type: ignore[misc]
                what=f"Alt+{number}",
            )

    in_room(play)


def test_a_wall_window_that_is_closed_twice_closes_once(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.windows.main.wall_window_requested.emit()
        window = room.windows.windows()[1]
        assert window.close()
        assert window.close()
        assert room.windows.windows() == [room.windows.main]

    in_room(play)


def test_a_workspace_that_names_the_main_wall_as_a_second_window_opens_none(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.windows.restore({"main": {"geometry": "ä", "map": {"lat": 91}}, "walls": {MAIN_WALL: None}})
        assert room.windows.windows() == [room.windows.main]

    in_room(play)


def test_a_desk_left_in_full_screen_comes_back_so_and_one_key_ends_it(in_room: Play) -> None:
    async def first(room: Room) -> None:
        room.windows.main.showMaximized()
        full_screen(room).trigger()
        await until(room.windows.main.isFullScreen)

    async def second(room: Room) -> None:
        assert room.windows.main.isFullScreen()
        full_screen(room).trigger()
        await until(lambda: not room.windows.main.isFullScreen())
        assert room.windows.main.isMaximized()

    in_room(first)
    in_room(second)


def test_a_wall_window_has_the_whole_monitor_and_gives_it_back_with_one_key(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.windows.main.wall_window_requested.emit()
        window = room.windows.windows()[1]
        window.activateWindow()
        for on in (True, False):
            await until(window.isActiveWindow)
            QTest.keyClick(window, Qt.Key.Key_F11)
            await until(lambda on=on: window.isFullScreen() is on)
        assert not room.windows.main.isFullScreen()

    in_room(play)


def test_a_tile_in_full_screen_keeps_its_streams_and_goes_with_its_desk(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        surface = room.windows.main.wall.surface
        for tile in range(2):
            room.parts.walls.place(MAIN_WALL, TileIndex(tile), CameraId(f"cam-{tile}"))
        await until(lambda: len(room.engine.open_streams) == 2)
        place = surface.geometry()
        surface.show_full_screen(TileIndex(0))
        await until(surface.isFullScreen)
        surface.expand(None)
        await until(lambda: surface.window() is room.windows.main and surface.geometry() == place)
        assert len(room.hub.named("lease")) == 2
        assert not room.hub.named("end_lease")
        surface.show_full_screen(TileIndex(1))
        room.windows.close()
        assert not surface.isVisible()

    in_room(play)


def full_screen(room: Room) -> QAction:
    (action,) = (a for a in room.windows.main.findChildren(QAction) if a.text() == "&Full screen")
    return action


def test_the_map_shows_a_selected_alert_together_with_its_nearest_cameras(in_room: Play) -> None:
    async def play(room: Room) -> None:
        cameras(room)
        far = camera(200)
        room.tell(CameraUpserted(far))
        view = room.windows.main.map
        seen: list[Bounds] = []
        view.viewport_changed.connect(lambda bounds, _zoom: seen.append(bounds))
        await until(lambda: bool(seen) and seen[-1].contains(far.position), what="the map shows all cameras")
        place = LatLon(41.0, -71.9995)
        room.tell(AlertUpserted(alert(1, position=place)))
        room.windows.main.alerts.select(AlertId("alert-1"))
        room.parts.bridge.flush()
        wanted = [place, *(camera(n).position for n in range(4))]
        await until(
            lambda: all(seen[-1].contains(p) for p in wanted) and not seen[-1].contains(far.position),
            what="the map holds the alert and its four cameras, and came close to them",
        )

    in_room(play)
