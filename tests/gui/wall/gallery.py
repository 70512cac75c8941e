"""Draws the wall in its many states into PNGs, to be looked at: ``gallery.py FOLDER [SCALE]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if len(sys.argv) > 2:
    os.environ["QT_SCALE_FACTOR"] = sys.argv[2]
sys.path.insert(0, str(Path(__file__).parents[3]))

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent
from PySide6.QtWidgets import QApplication

from app.domain.camera import Camera, Quality, StreamKey, StreamKind, StreamProfile
from app.domain.changes import Changes
from app.domain.events import SnapshotLoaded, StreamChanged, WallChanged
from app.domain.geo import LatLon
from app.domain.ids import CameraId, Sequence, TileIndex, WallId
from app.domain.stream_state import Fault, StreamState, StreamStatus
from app.domain.tile_view import AspectMode, TileView
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from tests.fakes.frames import ChosenStreams, PatternFrames
from tests.fakes.world import FakeClock
from widgets.drag import camera_mime
from widgets.wall.grid_bar import GridBar
from widgets.wall.lens import NO_ZOOM
from widgets.wall.surface import WallSurface

WALL = WallId("wall-1")
NAMES = (
    ("Main St / 5th Ave", "Downtown"),
    ("Harbour Bridge East", "Ring road, km 12"),
    ("Central Station North Entrance Platform Hall Overview", "Central Station"),
    ("Museum Sq", "Old town"),
    ("CAM-0417", "Market hall, loading bay"),
    ("Stadium gate C", "West"),
)


def scene(width: int, height: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return a street of sorts, day or night, different for each seed."""
    rng = np.random.default_rng(seed)
    night = seed % 3 == 1
    bright = seed % 5 == 4
    y = np.linspace(0, 1, height)[:, None, None]
    sky = np.array((60, 40, 25) if night else (255, 250, 245) if bright else (225, 195, 160))
    road = np.array((35, 32, 30) if night else (240, 240, 240) if bright else (110, 108, 105))
    image = np.where(y < 0.45, sky * (0.7 + 0.6 * y), road * (0.6 + 0.5 * y))
    image = np.broadcast_to(image, (height, width, 3)).copy()
    x = 0
    while x < width:
        w = int(rng.integers(width // 14, width // 6))
        top = int(height * rng.uniform(0.12, 0.35))
        tone = rng.uniform(0.25, 0.9) * (0.4 if night else 1.0)
        image[top : int(height * 0.5), x : x + w] = np.array((150, 160, 175)) * tone
        for wy in range(top + 6, int(height * 0.48), max(6, height // 24)):
            for wx in range(x + 4, min(x + w, width) - 6, max(6, width // 60)):
                lit = rng.random() < 0.35
                image[wy : wy + height // 50 + 1, wx : wx + width // 120 + 1] = (
                    (120, 210, 250) if lit and night else np.array((150, 160, 175)) * tone * 0.6
                )
        x += w + 2
    for _ in range(5):
        cx, cy = int(rng.integers(0, width)), int(rng.integers(int(height * 0.55), int(height * 0.9)))
        size = int(height * 0.06 * (cy / height) * 2)
        image[cy : cy + size, cx : cx + size * 2] = rng.integers(30, 230, 3)
        if night:
            image[cy : cy + size // 2, cx : cx + size // 3] = (200, 250, 255)
    out = np.empty((height, width, 4), np.uint8)
    out[:, :, :3] = np.clip(image + rng.normal(0, 4, image.shape), 0, 255)
    out[:, :, 3] = 255
    return out


class Stage:
    """A wall on a store with synthetic cameras."""

    def __init__(self, grid: str, size: tuple[int, int], *, cameras: int | None = None) -> None:
        self.clock = FakeClock()
        self.frames = PatternFrames(self.clock)
        self.store = Store()
        cells = len(grid_named(grid).cells)
        count = cells if cameras is None else cameras
        ids = [CameraId(f"cam-{i:02}") for i in range(count)]
        listed = tuple(
            Camera(
                camera_id,
                NAMES[i % len(NAMES)][0],
                LatLon(35.0, -90.0),
                NAMES[i % len(NAMES)][1],
                streams=(StreamProfile(Quality.SUB, StreamKind.RTSP, 640, 360, 15.0),),
            )
            for i, camera_id in enumerate(ids)
        )
        self.store.apply(SnapshotLoaded(Sequence(1), listed, (), ()))
        self.store.apply(WallChanged(Wall(WALL, grid_named(grid), tuple(ids))))
        self.keys = [StreamKey(camera_id, Quality.SUB) for camera_id in ids]
        for i, key in enumerate(self.keys):
            self.frames.open(key, 640, 480 if i % 6 == 3 else 360)
            self.frames.step(key, scene(640, 480 if i % 6 == 3 else 360, i))
            self.status(i, StreamState.LIVE, 0.1)
        self.surface = WallSurface(self.store, WALL, self.frames, ChosenStreams(), self.clock)
        self.surface.resize(*size)
        self.surface.show()

    def status(
        self,
        tile: int,
        state: StreamState,
        age: float | None,
        fault: Fault | None = None,
        detail: str = "",
    ) -> None:
        """Report a state for the camera in that tile."""
        self.store.apply(StreamChanged(self.keys[tile], StreamStatus(state, age, fault, detail)))

    def refresh(self, tile: int) -> None:
        """Let that camera deliver a picture now."""
        seed, height = tile, 480 if tile % 6 == 3 else 360
        self.frames.step(self.keys[tile], scene(640, height, seed))

    def mixed(self) -> None:
        """Let some cameras stop and others go on."""
        self.clock.advance(76)
        for i in range(len(self.keys)):
            if i % 9 == 3:
                self.refresh(i)
        self.clock.advance(7)
        for i, key in enumerate(self.keys):
            kind = i % 9
            if kind in (0, 1, 4):
                self.refresh(i)
            elif kind == 2:
                self.status(i, StreamState.OFFLINE, 83, Fault.UNREACHABLE)
            elif kind == 3:
                self.status(i, StreamState.FROZEN, 7, Fault.NO_PICTURE)
            elif kind == 5:
                self.status(i, StreamState.DENIED, 83, Fault.DENIED_BY_HUB, "Outside your shift window")
            elif kind == 6:
                self.frames.vanish(key)
                self.status(i, StreamState.CONNECTING, None)
            elif kind == 7:
                self.refresh(i)
            else:
                self.frames.vanish(key)
                self.status(i, StreamState.OFFLINE, None, Fault.NOT_FOUND)
        self.clock.advance(2)
        for i in range(len(self.keys)):
            if i % 9 in (0, 1, 4):
                self.refresh(i)
        self.surface.on_changed(Changes(streams=frozenset(self.keys)))

    def zoom(self, *looks: tuple[int, float, float, float]) -> None:
        """Look from near: tile, factor, and the place that stays where it is, in parts."""
        for index, factor, x, y in looks:
            tile = self.surface.tile(TileIndex(index))
            self.surface.look(tile, NO_ZOOM.at(factor, x, y, tile.reach))

    def view(self, *views: TileView) -> None:
        """Show the first tiles' pictures that way."""
        self.store.apply(WallChanged(self.store.walls[WALL].with_views(views)))
        self.surface.on_changed(Changes(walls=frozenset({WALL})))

    def save(self, app: QApplication, path: Path) -> None:
        """Paint and write the picture."""
        for _ in range(5):
            app.processEvents()
            self.surface._on_tick()
        app.processEvents()
        self.surface.grab().save(str(path))
        self.surface.close()


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    suffix = f"@{sys.argv[2]}" if len(sys.argv) > 2 else ""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for name, size in (
        ("3×3", (1280, 720)),
        ("8×8", (1920, 1080)),
        ("1+5", (1280, 720)),
        ("1+7", (1280, 720)),
    ):
        stage = Stage(name, size)
        stage.mixed()
        stage.surface.setFocus()
        stage.surface.select(TileIndex(0))
        stage.save(app, folder / f"{name.replace('×', 'x')}{suffix}.png")
    for tiles, name in ((None, "1x1"), (0, "1x1-empty")):
        Stage("1×1", (1280, 720), cameras=tiles).save(app, folder / f"{name}{suffix}.png")
    hover = Stage("3×3", (1280, 720))
    hover.mixed()
    hover.surface._hover(TileIndex(0), hover.surface.tile(TileIndex(0)).dirty_tile.center())
    mime = camera_mime(CameraId("cam-01"))
    centre = hover.surface.tile(TileIndex(4)).dirty_tile.center()
    for kind in (QDragEnterEvent, QDragMoveEvent):
        drag = kind(
            centre, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(hover.surface, drag)
    hover.surface._mark("swap_from", TileIndex(7))
    hover.save(app, folder / f"hover{suffix}.png")
    for name, size in (("3×3", (1280, 720)), ("8×8", (1280, 720)), ("2×2", (1280, 720))):
        near = Stage(name, size)
        near.mixed()
        near.zoom((0, 2.0, 0.2, 0.8), (1, 8.0, 1.0, 0.5), (2, 1.26, 0.5, 0.5), (3, 4.0, 0.5, 0.9))
        if name != "2×2":
            near.zoom((4, 3.2, 0.5, 0.7), (7, 1.6, 0.0, 0.0))
        near.surface._hover(TileIndex(1), near.surface.tile(TileIndex(1)).dirty_tile.center())
        near.save(app, folder / f"zoomed-{name.replace('×', 'x')}{suffix}.png")
    for name in ("3×3", "8×8"):
        viewed = Stage(name, (1280, 720))
        viewed.mixed()
        fill, stretch = AspectMode.FILL, AspectMode.STRETCH
        viewed.view(
            TileView(turn_deg=90),
            TileView(fill, 270),
            TileView(fill),
            TileView(fill),
            TileView(turn_deg=180),
            TileView(fill),
            TileView(stretch),
            TileView(stretch, 90),
        )
        viewed.zoom((0, 2.0, 0.2, 0.8), (1, 2.5, 0.9, 0.1))
        viewed.save(app, folder / f"viewed-{name.replace('×', 'x')}{suffix}.png")
    one = Stage("1×1", (1280, 720))
    one.clock.advance(4000)
    one.save(app, folder / f"1x1-frozen{suffix}.png")
    bar = GridBar()
    bar.set_grid(grid_named("3×3"))
    bar.resize(bar.sizeHint())
    bar.show()
    app.processEvents()
    bar.grab().save(str(folder / f"grid-bar{suffix}.png"))
    Stage("4×4", (1000, 600), cameras=9).save(app, folder / f"4x4-half-empty{suffix}.png")


if __name__ == "__main__":
    main()
