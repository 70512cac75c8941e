"""A window of its own for the drag test: a wall on the left, a list and an incident of sorts on the right.

Talks in lines of JSON on standard output: where things are, then every intent. Told on standard input to
move time on, so that nothing here depends on the test's speed.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.camera import Quality, StreamKey
from app.domain.clock import SystemClock
from app.domain.events import SnapshotLoaded, WallChanged
from app.domain.ids import CameraId, Sequence, TileIndex, WallId
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from tests.fakes.frames import ChosenStreams, PatternFrames
from tests.fakes.world import camera
from widgets.drag import camera_mime, camera_of
from widgets.wall.surface import WallSurface

WALL = WallId("wall-1")


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


class Source(QLabel):
    """Drags a camera, as the list does."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            drag = QDrag(self)
            drag.setMimeData(camera_mime(CameraId("cam-9")))
            drag.exec(Qt.DropAction.CopyAction)


class Target(QLabel):
    """Takes a camera, as an incident does."""

    def __init__(self) -> None:
        super().__init__("incident")
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if camera_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        say(pinned=camera_of(event.mimeData()))


def main() -> None:
    app = QApplication([])
    clock = SystemClock()
    frames = PatternFrames(clock)
    store = Store()
    cameras = tuple(camera(n) for n in range(10))
    store.apply(SnapshotLoaded(Sequence(1), cameras, (), ()))
    store.apply(WallChanged(Wall(WALL, grid_named("2×2"), tuple(c.id for c in cameras[:3]))))
    for c in cameras[:3]:
        key = StreamKey(c.id, Quality.SUB)
        frames.open(key)
        frames.step(key)
    surface = WallSurface(store, WALL, frames, ChosenStreams(), clock)
    surface.place_requested.connect(lambda tile, camera_id: say(place=[tile, camera_id]))
    surface.swap_requested.connect(lambda a, b: say(swap=[a, b]))
    surface.close_requested.connect(lambda tile: say(close=tile))
    surface.tile_selected.connect(lambda tile: say(selected=tile))
    surface.drag_ended.connect(lambda: say(drag_ended=True))
    source, target, nothing = Source("list"), Target(), QLabel("nothing")
    window = QWidget()
    row = QHBoxLayout(window)
    row.addWidget(surface)
    column = QVBoxLayout()
    row.addLayout(column)
    surface.setFixedSize(480, 272)
    for widget in (source, target, nothing):
        widget.setFixedSize(160, 80)
        column.addWidget(widget)
    window.show()

    def tell() -> None:
        spots = {str(i): surface.tile(TileIndex(i)).dirty_tile.center() for i in range(4)}
        places = {name: surface.mapToGlobal(point) for name, point in spots.items()}
        for name, widget in (("source", source), ("target", target), ("nothing", nothing)):
            places[name] = widget.mapToGlobal(QPoint(80, 40))
        say(places={name: [point.x(), point.y()] for name, point in places.items()})

    QTimer.singleShot(0, tell)
    QTimer.singleShot(40_000, app.quit)
    app.exec()


if __name__ == "__main__":
    main()
