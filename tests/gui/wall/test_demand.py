"""What the wall asks of the streams: which cameras, and how high each is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.ids import TileIndex
from app.domain.wall import grid_named

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk


def test_every_camera_is_asked_for_with_its_tiles_height(desk: Desk) -> None:
    assert desk.surface.demand == dict.fromkeys(desk.ids[:3], 179)


def test_a_camera_in_two_tiles_is_asked_for_at_the_larger(make_desk: MakeDesk) -> None:
    desk = make_desk("1+5", 6, (600, 600))
    desk.arrange(desk.wall.place(TileIndex(5), desk.ids[0]))
    large, small = desk.surface.tile(TileIndex(0)), desk.surface.tile(TileIndex(1))
    assert desk.surface.demand[desk.ids[0]] == large.rect.height()
    assert desk.surface.demand[desk.ids[1]] == small.rect.height() < large.rect.height()


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
    assert desk.surface.demand[desk.ids[0]] == desk.surface.tile(TileIndex(0)).rect.height()


def test_a_hidden_or_minimised_wall_asks_for_nothing(desk: Desk) -> None:
    for away, back in (("hide", "show"), ("showMinimized", "showNormal")):
        with desk.qtbot.waitSignal(desk.surface.demand_changed) as gone:
            getattr(desk.surface, away)()
        assert gone.args == [{}]
        with desk.qtbot.waitSignal(desk.surface.demand_changed) as there:
            getattr(desk.surface, back)()
        assert set(there.args[0]) == set(desk.ids[:3])


def test_a_tile_shown_alone_asks_for_its_full_height_and_keeps_the_others_for_a_while(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as alone:
        desk.surface.expand(TileIndex(0))
    assert alone.args[0] == {desk.ids[0]: 360, desk.ids[1]: 179, desk.ids[2]: 179}
    with desk.qtbot.waitSignal(desk.surface.demand_changed) as later:
        desk.surface._behind.setInterval(1)
    assert later.args[0] == {desk.ids[0]: 360}
    desk.surface.expand(None)
    assert desk.surface.demand == dict.fromkeys(desk.ids[:3], 179)
