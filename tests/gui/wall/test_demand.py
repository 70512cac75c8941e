"""What the wall asks of the streams: which cameras, and how large each one's picture is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.domain.ids import TileIndex
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.wall import grid_named
from widgets.wall.surface import WallSurface
from widgets.wall.tile import Tile

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk


QUARTER = PictureSize(319, 179)


def shown(tile: Tile) -> PictureSize:
    """The size of the rectangle that the tile's picture is painted into."""
    return PictureSize(tile.video.rect.width(), tile.video.rect.height())


def test_every_camera_is_asked_for_at_the_size_of_its_picture(desk: Desk) -> None:
    assert desk.surface.demand == dict.fromkeys(desk.ids[:3], QUARTER)


def test_what_is_asked_for_is_what_is_painted_into(make_desk: MakeDesk) -> None:
    desk = make_desk("1+5", 6, (903, 411))
    tiles = [desk.surface.tile(TileIndex(index)) for index in range(6)]
    assert [desk.surface.demand[camera_id] for camera_id in desk.ids[:6]] == [shown(tile) for tile in tiles]
    assert any(tile.video.rect != tile.rect for tile in tiles)


def test_another_aspect_is_told_once_it_has_settled(desk: Desk) -> None:
    told: list[dict[object, PictureSize]] = []
    desk.surface.demand_changed.connect(told.append)
    desk.frames.resize(desk.keys[0], 64, 48)
    desk.qtbot.waitUntil(lambda: bool(told))
    assert told == [{desk.ids[0]: PictureSize(239, 179), desk.ids[1]: QUARTER, desk.ids[2]: QUARTER}]
    # The decoder obeys: a picture of that size, stretched or not, is of the same aspect and asks for no more.
    desk.frames.resize(desk.keys[0], 239, 179, aspect=4 / 3)
    desk.qtbot.waitUntil(lambda: desk.surface.painted(desk.ids[0]).frames_painted == 3)
    assert not desk.surface._settle.isActive()
    assert len(told) == 1


def test_a_camera_in_two_tiles_is_asked_for_at_the_larger(make_desk: MakeDesk) -> None:
    desk = make_desk("1+5", 6, (600, 600))
    desk.arrange(desk.wall.place(TileIndex(5), desk.ids[0]))
    large, small = desk.surface.tile(TileIndex(0)), desk.surface.tile(TileIndex(1))
    assert desk.surface.demand[desk.ids[0]] == shown(large)
    assert desk.surface.demand[desk.ids[1]] == shown(small)
    assert shown(small).area < shown(large).area


def test_closing_a_tile_lets_its_stream_go_at_once(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as told:
        desk.arrange(desk.wall.place(TileIndex(0), None))
    assert set(told.args[0]) == set(desk.ids[1:3])


def test_a_swap_changes_no_demand(desk: Desk) -> None:
    with desk.qtbot.assertNotEmitted(desk.surface.demand_changed):
        desk.arrange(desk.wall.swap(TileIndex(0), TileIndex(1)))


def test_cameras_beyond_the_grid_are_not_asked_for(desk: Desk) -> None:
    desk.arrange(desk.wall.with_grid(grid_named("1×1")))
    assert set(desk.surface.demand) == {desk.ids[0]}


def test_a_resize_is_told_once_it_has_settled(desk: Desk) -> None:
    told: list[object] = []
    desk.surface.demand_changed.connect(told.append)
    for width in range(640, 1280, 64):
        desk.surface.resize(width, width * 9 // 16)
    desk.qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert desk.surface.demand[desk.ids[0]] == shown(desk.surface.tile(TileIndex(0)))


@pytest.mark.parametrize(("away", "back"), [("hide", "show"), ("showMinimized", "showNormal")])
def test_a_hidden_or_minimised_wall_keeps_its_cameras_for_a_while_and_sees_nothing(
    desk: Desk, away: str, back: str
) -> None:
    for _ in range(2):
        with desk.qtbot.waitSignal(desk.surface.demand_changed) as gone:
            getattr(desk.surface, away)()
        assert gone.args == [dict.fromkeys(desk.ids[:3], HIDDEN)]
        with desk.qtbot.waitSignal(desk.surface.demand_changed) as there:
            getattr(desk.surface, back)()
        assert there.args == [dict.fromkeys(desk.ids[:3], QUARTER)]
    getattr(desk.surface, away)()
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as later:
        desk.surface._behind.setInterval(1)
    assert later.args == [{}]


def test_a_wall_that_was_never_seen_asks_for_nothing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    other = WallSurface(desk.store, desk.surface.wall_id, desk.frames, desk.streams, desk.clock)
    desk.qtbot.addWidget(other)
    other.hide()
    assert other.demand == {}


def test_a_tile_shown_alone_asks_for_the_whole_surface_and_keeps_the_others_for_a_while(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as alone:
        desk.surface.expand(TileIndex(0))
    whole = PictureSize(640, 360)
    assert alone.args[0] == {desk.ids[0]: whole, desk.ids[1]: HIDDEN, desk.ids[2]: HIDDEN}
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as later:
        desk.surface._behind.setInterval(1)
    assert later.args[0] == {desk.ids[0]: whole}
    desk.surface.expand(None)
    assert desk.surface.demand == dict.fromkeys(desk.ids[:3], QUARTER)


def test_a_screen_of_another_scale_factor_asks_for_more_pixels(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No platform without a display has a second screen; the wall asks Qt for the factor at each paint.
    monkeypatch.setattr(desk.surface, "devicePixelRatioF", lambda: 1.5)
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as told:
        desk.surface.repaint()
    tiles = [desk.surface.tile(TileIndex(index)) for index in range(3)]
    assert told.args[0] == dict(zip(desk.ids[:3], map(shown, tiles), strict=True))
    assert all(size.area > 2.2 * QUARTER.area for size in told.args[0].values())
