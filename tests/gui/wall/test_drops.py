"""Real drag and drop events on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QUrl

from app.domain.ids import CameraId, TileIndex, WallId
from resources import theme
from widgets.drag import camera_mime
from widgets.wall.tile_drag import TileOrigin, tile_mime

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk

WALL = WallId("wall-1")


def test_a_camera_dropped_on_a_tile_is_placed_there_after_the_drop(desk: Desk) -> None:
    asked: list[tuple[int, str]] = []
    desk.surface.place_requested.connect(lambda tile, camera_id: asked.append((tile, camera_id)))
    with desk.qtbot.waitSignal(desk.surface.place_requested):
        assert desk.drop(camera_mime(desk.ids[3]), 3)
        # The drop itself is over before anything is carried out.
        assert asked == []
    assert asked == [(3, desk.ids[3])]
    assert desk.surface.selected == 3


def test_a_tile_dropped_on_another_swaps_the_two(desk: Desk) -> None:
    mime = tile_mime(TileOrigin(WALL, TileIndex(0)), desk.ids[0])
    with desk.qtbot.waitSignal(desk.surface.swap_requested) as swapped:
        assert desk.drop(mime, 2)
    assert swapped.args == [0, 2]


def test_a_tile_dropped_on_itself_does_nothing(desk: Desk) -> None:
    mime = tile_mime(TileOrigin(WALL, TileIndex(0)), desk.ids[0])
    with desk.qtbot.assertNotEmitted(desk.surface.swap_requested):
        assert not desk.drop(mime, 0)
        desk.settle()


def test_a_tile_of_another_wall_is_placed_as_its_camera(desk: Desk) -> None:
    mime = tile_mime(TileOrigin(WallId("wall-2"), TileIndex(0)), desk.ids[3])
    with desk.qtbot.waitSignal(desk.surface.place_requested) as placed:
        assert desk.drop(mime, 1)
    assert placed.args == [1, desk.ids[3]]


def foreign(kind: str) -> QMimeData:
    mime = QMimeData()
    if kind == "text":
        mime.setText("please show camera 3")
    elif kind == "url":
        mime.setUrls([QUrl("file:///tmp/film.mp4")])
    elif kind == "image":
        mime.setImageData(b"")
    elif kind == "unknown camera":
        return camera_mime(CameraId("nowhere"))
    return mime


@pytest.mark.parametrize("kind", ["text", "url", "image", "nothing", "unknown camera"])
def test_foreign_drags_are_refused(desk: Desk, kind: str) -> None:
    with desk.qtbot.assertNotEmitted(desk.surface.place_requested):
        assert not desk.drop(foreign(kind), 3)
        desk.settle()


def test_the_tile_under_a_drag_is_framed_until_the_drag_leaves(desk: Desk) -> None:
    calm = desk.shot()
    assert desk.drag_in(camera_mime(desk.ids[3]), 3)
    assert desk.colour(3, x=0.5, y=0.0).name() == theme.ACCENT
    assert desk.colour(2, x=0.5, y=0.0).name() != theme.ACCENT
    desk.drag_out()
    assert desk.shot() == calm


def test_a_drop_whose_tile_is_gone_when_its_turn_comes_is_dropped(desk: Desk) -> None:
    from app.domain.wall import grid_named

    with desk.qtbot.assertNotEmitted(desk.surface.place_requested):
        assert desk.drop(camera_mime(desk.ids[3]), 3)
        desk.arrange(desk.wall.with_grid(grid_named("1×1")))
        desk.settle()
