"""A wall on a store, with streams and time in the test's hands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.camera import Quality, StreamKey
from app.domain.changes import Changes
from app.domain.events import SnapshotLoaded, StreamChanged, WallChanged
from app.domain.ids import CameraId, Sequence, TileIndex, WallId
from app.domain.stream_state import StreamState, StreamStatus
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from tests.fakes.frames import ChosenStreams, PatternFrames
from tests.fakes.world import FakeClock, camera
from widgets.wall.surface import WallSurface

WALL = WallId("wall-1")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Desk:
    """A wall with ``cameras`` cameras, each with a first picture and reporting live."""

    def __init__(self, qtbot: QtBot, grid: str, cameras: int, size: tuple[int, int]) -> None:
        self.qtbot = qtbot
        self.clock = FakeClock()
        self.frames = PatternFrames(self.clock)
        self.streams = ChosenStreams()
        self.store = Store()
        listed = tuple(camera(n) for n in range(cameras + 2))
        self.ids = [c.id for c in listed]
        self.keys = [StreamKey(camera_id, Quality.SUB) for camera_id in self.ids]
        self.store.apply(SnapshotLoaded(Sequence(1), listed, (), ()))
        self.store.apply(WallChanged(Wall(WALL, grid_named(grid), tuple(self.ids[:cameras]))))
        for n in range(cameras):
            self.frames.open(self.keys[n], hue=n)
            self.frames.step(self.keys[n])
            self.store.apply(StreamChanged(self.keys[n], StreamStatus(StreamState.LIVE, 0.0)))
        self.surface = WallSurface(self.store, WALL, self.frames, self.streams, self.clock)
        qtbot.addWidget(self.surface)
        self.surface.resize(*size)
        self.store.subscribe(self.surface.on_changed)
        with qtbot.waitExposed(self.surface):
            self.surface.show()
        self.settle()

    def settle(self) -> None:
        """Wait until every picture that there is has been painted, or was found torn for good."""
        self.ticked()
        self.ticked()

    def ticked(self) -> None:
        """Wait for one tick and the paints that it asks for."""
        with self.qtbot.waitSignal(self.surface._tick.timeout):
            pass
        QApplication.processEvents()

    def report(self, tile: int, status: StreamStatus) -> None:
        """Let the stream in that tile report."""
        self.store.apply(StreamChanged(self.keys[tile], status))

    def arrange(self, wall: Wall) -> Changes:
        """Rearrange the wall, as its service does."""
        return self.store.apply(WallChanged(wall))

    @property
    def wall(self) -> Wall:
        return self.store.walls[WALL]

    def state(self, tile: int) -> StreamState:
        """What the tile says."""
        return self.surface.tile(TileIndex(tile)).saying.state

    def paints(self) -> list[int]:
        """How often each tile was painted."""
        return [self.surface.tile(TileIndex(i)).paints for i in range(len(self.wall.grid.cells))]

    def centre(self, tile: int) -> QPoint:
        """The middle of a tile."""
        return self.surface.tile(TileIndex(tile)).dirty_tile.center()

    def shot(self) -> QImage:
        """What the surface looks like."""
        return self.surface.grab().toImage()

    def colour(self, tile: int, x: float = 0.5, y: float = 0.3) -> QColor:
        """The colour at a place of a tile, in parts of its width and height."""
        rect = self.surface.tile(TileIndex(tile)).dirty_tile
        return self.shot().pixelColor(
            rect.x() + round((rect.width() - 1) * x), rect.y() + round((rect.height() - 1) * y)
        )

    def has_colour(self, tile: int, wanted: str) -> bool:
        """Whether that very colour is anywhere in the tile's top left corner, where its state is."""
        corner = self.surface.tile(TileIndex(tile)).dirty_tile
        image, want = self.shot(), QColor(wanted).rgb()
        return any(
            image.pixel(corner.x() + x, corner.y() + y) == want
            for x in range(min(60, corner.width()))
            for y in range(min(32, corner.height()))
        )

    # Drags

    def drag_in(self, mime: QMimeData, tile: int) -> bool:
        """Bring a drag over a tile; say whether the wall takes it there."""
        enter = QDragEnterEvent(self.centre(tile), Qt.DropAction.CopyAction, mime, LEFT, NONE)
        QApplication.sendEvent(self.surface, enter)
        if not enter.isAccepted():
            return False
        move = QDragMoveEvent(self.centre(tile), Qt.DropAction.CopyAction, mime, LEFT, NONE)
        QApplication.sendEvent(self.surface, move)
        return move.isAccepted()

    def drag_out(self) -> None:
        """Take the drag away again."""
        QApplication.sendEvent(self.surface, QDragLeaveEvent())

    def drop(self, mime: QMimeData, tile: int) -> bool:
        """Drop on a tile; say whether the wall took it."""
        if not self.drag_in(mime, tile):
            self.drag_out()
            return False
        drop = QDropEvent(self.centre(tile).toPointF(), Qt.DropAction.CopyAction, mime, LEFT, NONE)
        QApplication.sendEvent(self.surface, drop)
        return drop.isAccepted()


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(qtbot: QtBot) -> MakeDesk:
    """Make desks: ``make_desk(grid, cameras, size)``."""

    def make(grid: str = "2×2", cameras: int = 3, size: tuple[int, int] = (640, 360)) -> Desk:
        return Desk(qtbot, grid, cameras, size)

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A 2×2 wall with three cameras; two more are in the directory."""
    return make_desk()


__all__ = ["WALL", "CameraId", "Desk", "MakeDesk"]
