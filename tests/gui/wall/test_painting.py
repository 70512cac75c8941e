"""What is painted, and what is not painted again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from app.domain.camera import Quality, StreamKey
from app.domain.events import StreamChanged
from app.domain.ids import TileIndex
from app.domain.stream_state import StreamState, StreamStatus
from resources import theme
from widgets.wall.counters import PaintCounter

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk


def test_each_camera_is_painted_in_its_tile(desk: Desk) -> None:
    # The pattern's grounds, as B, G, R: (40, 120, 200), (200, 90, 40), (60, 180, 60).
    assert desk.colour(0).getRgb()[:3] == (200, 120, 40)
    assert desk.colour(1).getRgb()[:3] == (40, 90, 200)
    assert desk.colour(2).getRgb()[:3] == (60, 180, 60)
    assert desk.colour(3).name() == theme.VOID


def test_a_new_picture_repaints_its_tile_and_no_other(desk: Desk) -> None:
    before = desk.paints()
    desk.frames.step(desk.keys[1])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[1]).frames_painted == 2)
    desk.settle()
    assert [now - then for now, then in zip(desk.paints(), before, strict=True)] == [0, 1, 0, 0]


def test_nothing_new_paints_nothing(desk: Desk) -> None:
    before = desk.paints()
    for _ in range(5):
        desk.ticked()
    assert desk.paints() == before


def test_only_distinct_pictures_are_counted(desk: Desk) -> None:
    for _ in range(3):
        desk.surface.repaint()
    assert desk.surface.painted(desk.ids[0]) == PaintCounter(1, 0, desk.clock.monotonic())
    desk.clock.advance(0.5)
    desk.frames.step(desk.keys[0])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    desk.clock.advance(0.5)
    assert desk.surface.painted_fps(desk.ids[0]) == 1.0


def test_pictures_that_came_too_fast_to_be_painted_are_counted_as_overtaken(desk: Desk) -> None:
    for _ in range(4):
        desk.frames.step(desk.keys[0])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    assert desk.surface.painted(desk.ids[0]).overtaken == 3
    assert desk.surface.painted(desk.ids[1]).overtaken == 0


def test_pictures_that_come_while_nobody_can_see_the_tile_are_not_overtaken(desk: Desk) -> None:
    def shown_again(painted: int) -> None:
        for _ in range(5):
            desk.frames.step(desk.keys[0])
        if desk.surface.isHidden():
            desk.surface.show()
        desk.surface.expand(None)
        desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == painted)

    desk.surface.hide()
    shown_again(2)
    desk.surface.expand(TileIndex(1))
    shown_again(3)
    assert desk.surface.painted(desk.ids[0]).overtaken == 0


def test_a_picture_shown_in_grey_is_not_overtaken(desk: Desk) -> None:
    desk.clock.advance(5.0)
    desk.qtbot.waitUntil(lambda: desk.state(0) is StreamState.FROZEN)
    desk.settle()
    for _ in range(3):
        desk.frames.step(desk.keys[0])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    assert desk.surface.painted(desk.ids[0]).overtaken == 0


def test_a_camera_in_two_tiles_is_counted_once_and_painted_twice(desk: Desk) -> None:
    desk.arrange(desk.wall.place(TileIndex(3), desk.ids[0]))
    desk.settle()
    before = desk.paints()
    desk.frames.step(desk.keys[0])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    desk.settle()
    assert [now - then for now, then in zip(desk.paints(), before, strict=True)] == [1, 0, 0, 1]
    assert desk.surface.painted(desk.ids[0]).frames_painted == 2


def test_a_torn_picture_is_painted_again_on_the_next_tick_and_not_counted(desk: Desk) -> None:
    desk.frames.tear(desk.keys[2], 2)
    desk.frames.step(desk.keys[2])
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[2]).frames_painted == 2)
    assert desk.surface.painted(desk.ids[2]).torn == 2


def test_a_change_of_size_in_mid_stream_is_fitted_anew(desk: Desk) -> None:
    tile = desk.surface.tile(TileIndex(0))
    assert tile.video.rect == tile.rect
    desk.frames.resize(desk.keys[0], 48, 48)
    desk.qtbot.waitUntil(lambda: tile.video.width == tile.video.height == tile.rect.height())
    desk.settle()
    assert desk.colour(0, x=0.02).name() == theme.VOID
    assert desk.colour(0, x=0.98).name() == theme.VOID
    assert desk.colour(0).getRgb()[:3] == (200, 120, 40)
    assert desk.surface.painted(desk.ids[0]).frames_painted == 2


def test_pixels_that_are_not_square_keep_the_aspect_they_are_meant_to_have(desk: Desk) -> None:
    tile = desk.surface.tile(TileIndex(0))
    desk.frames.resize(desk.keys[0], 72, 58, aspect=4 / 3)
    desk.qtbot.waitUntil(lambda: tile.video.rect != tile.rect)
    assert abs(tile.video.width / tile.video.height - 4 / 3) < 0.02


def test_a_switch_of_stream_goes_on_with_the_new_one(desk: Desk) -> None:
    main = StreamKey(desk.ids[0], Quality.MAIN)
    desk.frames.open(main, 128, 72, hue=2)
    desk.frames.step(main)
    desk.store.apply(StreamChanged(main, StreamStatus(StreamState.LIVE, 0.0)))
    desk.streams.chosen[desk.ids[0]] = main
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    assert desk.colour(0).getRgb()[:3] == (60, 180, 60)
    assert desk.state(0) is StreamState.LIVE


def test_a_tile_that_moves_takes_its_picture_along(desk: Desk) -> None:
    desk.arrange(desk.wall.swap(TileIndex(0), TileIndex(3)))
    desk.settle()
    assert desk.colour(3).getRgb()[:3] == (200, 120, 40)
    assert desk.colour(0).name() == theme.VOID
    assert desk.surface.painted(desk.ids[0]).frames_painted == 1
    # Its words have moved with it.
    assert desk.has_colour(3, theme.LIVE)
    assert not desk.has_colour(0, theme.LIVE)


def test_the_gaps_are_painted_and_never_by_a_pictures_update(make_desk: MakeDesk) -> None:
    desk = make_desk("3×3", 9, (641, 361))
    image = desk.shot()
    tiles = [desk.surface.tile(TileIndex(i)) for i in range(9)]
    gap = QRect(0, tiles[0].dirty_tile.bottom() + 1, 641, 2)
    assert all(image.pixelColor(x, gap.y()).name() == theme.RAISED for x in range(0, 641, 7))
    whole = {t.dirty_tile.intersected(o.dirty_tile).isEmpty() for t in tiles for o in tiles if t is not o}
    assert whole == {True}


def test_a_thousand_paints_leave_the_reference_count_of_none_alone(make_desk: MakeDesk) -> None:
    # PySide6 6.12 on Python 3.11 takes a reference off None at every void call and aborts after some
    # 6,000 paints; this holds the count through what one paint of the wall really calls.
    desk = make_desk("1×1", 1, (64, 36))
    desk.surface.repaint()
    before = sys.getrefcount(None)
    for _ in range(1000):
        desk.surface.repaint()
    assert desk.paints()[0] > 1000
    assert abs(sys.getrefcount(None) - before) < 100


def test_a_hidden_wall_neither_ticks_nor_paints(desk: Desk) -> None:
    desk.surface.hide()
    before = desk.paints()
    desk.frames.step(desk.keys[0])
    assert not desk.surface._tick.isActive()
    desk.surface.show()
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 2)
    assert desk.paints()[0] > before[0]
