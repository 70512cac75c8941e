"""What a drag onto the wall asks for, and what is counted as painted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QMimeData

from app.domain.camera import Quality, StreamKey
from app.domain.events import SnapshotLoaded
from app.domain.ids import CameraId, Sequence, TileIndex, WallId
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from tests.fakes.world import camera
from widgets.drag import camera_mime, camera_of
from widgets.wall.counters import PaintLog
from widgets.wall.intents import Place, Swap, drop_intent, drop_words
from widgets.wall.tile_drag import TILE_MIME, TileOrigin, tile_mime, tile_of

HERE, THERE = WallId("wall-1"), WallId("wall-2")
A, B, C = CameraId("cam-0"), CameraId("cam-1"), CameraId("cam-2")
WALL = Wall(HERE, grid_named("2×2"), (A, B))


@pytest.fixture
def store() -> Store:
    made = Store()
    made.apply(SnapshotLoaded(Sequence(1), tuple(camera(n) for n in range(3)), (), ()))
    return made


def tile_from(wall_id: WallId, tile: int, camera_id: CameraId) -> QMimeData:
    return tile_mime(TileOrigin(wall_id, TileIndex(tile)), camera_id)


def test_a_tiles_drag_carries_the_camera_for_others_and_its_origin_for_the_wall() -> None:
    mime = tile_from(HERE, 3, A)
    assert camera_of(mime) == A
    assert tile_of(mime) == TileOrigin(HERE, TileIndex(3))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"wall": 1, "tile": 2}', b'{"wall": "w", "tile": -1}', b"\xff"]
)
def test_a_damaged_origin_is_no_origin(data: bytes) -> None:
    mime = camera_mime(A)
    mime.setData(TILE_MIME, QByteArray(data))
    assert tile_of(mime) is None


@pytest.mark.parametrize(
    ("mime", "target", "intent"),
    [
        (camera_mime(C), 3, Place(TileIndex(3), C)),
        (camera_mime(C), 0, Place(TileIndex(0), C)),
        (camera_mime(A), 0, None),
        (camera_mime(CameraId("unknown")), 3, None),
        (camera_mime(C), None, None),
        (camera_mime(C), 4, None),
        (tile_from(HERE, 0, A), 1, Swap(TileIndex(0), TileIndex(1))),
        (tile_from(HERE, 0, A), 0, None),
        (tile_from(THERE, 0, C), 1, Place(TileIndex(1), C)),
        # The wall was rearranged during the drag: the tile no longer shows what was picked up.
        (tile_from(HERE, 1, A), 3, Place(TileIndex(3), A)),
    ],
)
def test_a_drop_means(store: Store, mime: QMimeData, target: int | None, intent: object) -> None:
    index = None if target is None else TileIndex(target)
    assert drop_intent(mime, index, WALL, store) == intent


def test_foreign_text_means_nothing(store: Store) -> None:
    mime = QMimeData()
    mime.setText("https://example.org/")
    assert drop_intent(mime, TileIndex(0), WALL, store) is None


def test_the_target_says_what_a_drop_would_do() -> None:
    assert drop_words(Place(TileIndex(3), C), WALL) == "Show here"
    assert drop_words(Place(TileIndex(0), C), WALL) == "Replace this camera"
    assert drop_words(Swap(TileIndex(0), TileIndex(1)), WALL) == "Swap"
    assert drop_words(Swap(TileIndex(0), TileIndex(3)), WALL) == "Move here"


def test_a_picture_painted_twice_counts_once() -> None:
    log, key = PaintLog(), StreamKey(A, Quality.SUB)
    for number in (1, 1, 2, 2, 2):
        log.painted(key, number, 10.0)
    # Another stream of the camera counts by its own numbers.
    log.painted(StreamKey(A, Quality.MAIN), 2, 11.0)
    assert log.counter().frames_painted == 3
    assert log.counter().first_painted_at == 10.0


def test_pictures_that_a_newer_one_overtook_are_counted_while_somebody_could_see_them() -> None:
    log, key, other = PaintLog(), StreamKey(A, Quality.SUB), StreamKey(A, Quality.MAIN)
    for number in (7, 8, 11, 11, 12):
        log.painted(key, number, 10.0)
    assert log.counter().overtaken == 2
    log.painted(other, 40, 11.0)
    log.painted(other, 42, 11.0)
    assert log.counter().overtaken == 3
    log.pause()
    log.painted(other, 900, 70.0)
    log.painted(other, 901, 70.1)
    log.painted(other, 1, 71.0)
    assert log.counter().overtaken == 3
    assert log.counter().frames_painted == 9


def test_the_rate_is_of_the_last_seconds_and_falls_to_nothing() -> None:
    log, key = PaintLog(), StreamKey(A, Quality.SUB)
    for i in range(151):
        log.painted(key, i + 1, 100.0 + i / 15)
    assert log.fps(110.0) == pytest.approx(15, abs=0.3)
    assert log.fps(112.5) == pytest.approx(7.5, abs=0.3)
    assert log.fps(116.0) == 0.0
