"""A wall that compares the screen with the decoders' bytes and says the outcome as a line of JSON.

A process of its own, because the scale factor is chosen when a program starts.
"""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.domain.camera import Quality, StreamKey
from app.domain.clock import SystemClock
from app.domain.events import SnapshotLoaded, StreamChanged, WallChanged
from app.domain.ids import Sequence, TileIndex, WallId
from app.domain.stream_state import StreamState, StreamStatus
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from tests.fakes.frames import ChosenStreams, PatternFrames
from tests.fakes.world import camera
from widgets.wall.surface import WallSurface

WALL = WallId("wall-1")


def pixels(image: QImage) -> npt.NDArray[np.uint8]:
    """Return an image as rows of (B, G, R)."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def main() -> None:
    app = QApplication([])
    frames = PatternFrames(SystemClock())
    store = Store()
    cameras = tuple(camera(n) for n in range(5))
    keys = [StreamKey(c.id, Quality.SUB) for c in cameras]
    store.apply(SnapshotLoaded(Sequence(1), cameras, (), ()))
    store.apply(WallChanged(Wall(WALL, grid_named("3×3"), tuple(c.id for c in cameras))))
    surface = WallSurface(store, WALL, frames, ChosenStreams(), SystemClock())
    surface.resize(1003, 571)
    surface.show()
    rng = np.random.default_rng(7)
    sent = []
    for c, key in zip(cameras, keys, strict=True):
        size = surface.demand[c.id]
        picture = rng.integers(0, 256, (size.height, size.width, 4), np.uint8)
        # As the ring hands it out: rows that are longer than the picture.
        frames.open(key, size.width, size.height, spare_bytes=64)
        frames.step(key, picture)
        sent.append(picture)
        store.apply(StreamChanged(key, StreamStatus(StreamState.LIVE, 0.0)))
    app.processEvents()
    screen = pixels(surface.grab().toImage())
    wrong = []
    for index, picture in enumerate(sent):
        video = surface.tile(TileIndex(index)).video.rect
        # The words lie in the upper and the lower part.
        for y in range(picture.shape[0] * 2 // 5, picture.shape[0] * 3 // 5):
            row = screen[video.y() + y, video.x() : video.x() + video.width()]
            wrong.append(int((row != picture[y, :, :3]).any(axis=1).sum()))
    print(json.dumps({"ratio": surface.devicePixelRatioF(), "rows": len(wrong), "wrong_pixels": sum(wrong)}))


if __name__ == "__main__":
    main()
