"""All windows of one desk: the main one, and walls of their own on other monitors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from app.bridge.system_probe import SystemProbe, WallPaints
from app.domain import enrolled_desk
from app.domain.geo import LatLon
from app.domain.ids import CameraId, WallId
from app.domain.system_look import PaintCounts
from layouts.console_window import ConsoleWindow
from layouts.door_flow import DoorFlow
from layouts.parts import Parts
from layouts.shift_flow import ShiftFlow
from layouts.system_window import SystemWindow
from layouts.wall_pane import WallPane, WallWindow
from layouts.window_state import packed, part, unpacked
from layouts.wiring import Wiring
from widgets.map.basemap import BaseMap

MAIN_WALL = enrolled_desk.MAIN_WALL
STATUS_EVERY_MS = 1000
STALL_SAMPLES = 375
"""The status line's stall is over about the last 15 s."""


class DeskWindows(QObject):
    """Opens, closes, saves and restores the windows."""

    def __init__(self, parts: Parts, base_map: BaseMap, on_closed: Callable[[], None]) -> None:
        super().__init__()
        self._parts = parts
        self.main = ConsoleWindow(parts, MAIN_WALL, base_map)
        self._wiring = Wiring(parts, self.main)
        self._walls: list[WallWindow] = []
        self._shifts: ShiftFlow | None = None
        self.door: DoorFlow | None = None
        """Hides the windows while nobody may look; None where whoever sits here is signed in already."""
        if parts.door is not None:
            self._shifts = ShiftFlow(parts, parts.door, self.main)
            self.door = DoorFlow(
                parts,
                parts.door,
                self.main,
                self.windows,
                self._leave_full_screen,
                note=parts.door_note,
            )
        self.probe = _probe(parts, self._paints)
        """Looks at all counts; None where there are none to look at."""
        self._system: SystemWindow | None = None
        self._on_closed = on_closed
        self._status = QTimer(self, interval=STATUS_EVERY_MS)
        self._status.timeout.connect(self._on_status_due)
        self.main.closed.connect(self._on_main_closed)
        self.main.wall_window_requested.connect(self._on_wall_window_requested)
        self.main.system_requested.connect(self._on_system_requested)

    def show(self) -> None:
        """Show every window."""
        for window in self.windows():
            window.show()
        self._status.start()

    def close(self) -> None:
        """Put every window away and give up its streams."""
        self._status.stop()
        if self.door is not None:
            self.door.close()
        if self._shifts is not None:
            self._shifts.close()
        self._wiring.close_rooms_windows()
        if self._system is not None:
            self._system.hide()
        for window in self._walls:
            window.pane.release()
            window.hide()
        self.main.wall.release()
        self.main.hide()

    def windows(self) -> list[QWidget]:
        """Return the windows, the main one first."""
        return [self.main, *self._walls]

    @property
    def system(self) -> SystemWindow | None:
        """The system page's window, None until it is first opened."""
        return self._system

    def panes(self) -> list[WallPane]:
        """Return the walls, the main one first."""
        return [self.main.wall, *(window.pane for window in self._walls)]

    def _leave_full_screen(self) -> None:
        for pane in self.panes():
            pane.surface.leave_full_screen()

    def picture(self, window: QWidget) -> QPixmap:
        """Return what a person sees of a window."""
        return window.grab()

    def state(self) -> dict[str, object]:
        """Return the places of all windows as JSON values."""
        walls = {w.pane.wall_id: {"geometry": packed(w.saveGeometry())} for w in self._walls}
        return {"main": self.main.state(), "walls": walls}

    def restore(self, views: Mapping[str, object]) -> None:
        """Open the windows that were open, where they were."""
        main = part(views, "main")
        self.main.restore(main)
        for wall_id, saved in part(views, "walls").items():
            if wall_id == MAIN_WALL:
                continue  # Two views of one wall would each give up the other's streams.
            window = self._open_wall(WallId(str(wall_id)))
            place = saved.get("geometry") if isinstance(saved, Mapping) else None
            if (geometry := unpacked(place)) is not None:
                window.restoreGeometry(geometry)
        ground = part(main, "map")
        try:
            lat, lon, zoom = (float(str(ground[name])) for name in ("lat", "lon", "zoom"))
            self.main.map.go_to(LatLon(lat, lon), zoom)
        except (KeyError, ValueError):
            return  # Without a saved place the map shows all cameras.

    def _open_wall(self, wall_id: WallId) -> WallWindow:
        window = WallWindow(self._parts, wall_id)
        window.closed.connect(self._on_wall_closed)
        self._walls.append(window)
        self._wiring.add_pane(window.pane)
        return window

    def _on_wall_window_requested(self) -> None:
        used = {pane.wall_id for pane in self.panes()}
        number = next(n for n in range(2, len(used) + 2) if WallId(f"wall-{n}") not in used)
        window = self._open_wall(WallId(f"wall-{number}"))
        window.show()
        if self.door is not None:
            self.door.cover(window)

    def _on_system_requested(self) -> None:
        if self._system is None and self.probe is not None:
            self._system = SystemWindow(self._parts, self.probe)
        if self._system is not None:
            self._system.present()

    def _on_wall_closed(self, window: WallWindow) -> None:
        self._walls.remove(window)
        self._wiring.remove_pane(window.pane)
        window.deleteLater()

    def _on_main_closed(self) -> None:
        self._on_closed()

    def _on_status_due(self) -> None:
        self.main.status.set_stall(self._parts.stall.lateness_ms(0.99, STALL_SAMPLES))

    def _paints(self) -> dict[tuple[WallId, CameraId], PaintCounts]:
        paints = {}
        for pane in self.panes():
            for camera_id in pane.cameras():
                counter = pane.surface.painted(camera_id)
                paints[pane.wall_id, camera_id] = PaintCounts(counter.frames_painted, counter.overtaken)
        return paints


def _probe(parts: Parts, paints: WallPaints) -> SystemProbe | None:
    if parts.figures is None or parts.pulse is None:
        return None
    return SystemProbe(
        parts.store, parts.clock, parts.stall, parts.figures, parts.pulse, parts.streams, paints
    )
