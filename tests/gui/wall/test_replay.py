"""A tile that plays the past says so, and shows the present in its corner for as long as it is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.camera import StreamKey
from app.domain.ids import TileIndex
from app.domain.stream_state import StreamState
from resources import theme
from widgets.wall.tile_menu import TileMenu

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk, MakeDesk

FIRST = TileIndex(0)
HUES = {0: (200, 120, 40), 1: (40, 90, 200)}
"""The grounds of `PatternFrames`, as red, green and blue."""


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk("1×1", 1, (800, 450))


def play_back(desk: Desk, ago_s: int = 30) -> StreamKey:
    """Begin a replay with a picture that arrived so long ago, in another colour than the live one."""
    past = replace(desk.keys[0], replay_s=ago_s)
    desk.frames.open(past, 64, 36, hue=1)
    now = desk.clock.seconds
    desk.clock.seconds = now - ago_s
    desk.frames.step(past)
    desk.clock.seconds = now
    desk.frames.step(desk.keys[0])
    desk.streams.chosen[desk.ids[0]] = past
    desk.settle()
    return past


def ground(desk: Desk, at: QPoint) -> tuple[int, ...]:
    return desk.shot().pixelColor(at).getRgb()[:3]


def inset_middle(desk: Desk) -> QPoint:
    """A place of the inset that neither its words nor the moving bar reach."""
    tile = desk.surface.tile(FIRST)
    area = tile.inset.area(tile.rect, tile.scale)
    return QPoint(area.right() - 20, area.bottom() - 20)


def test_a_replay_says_that_it_is_one_and_how_old_its_picture_is(desk: Desk) -> None:
    play_back(desk, 30)
    tile = desk.surface.tile(FIRST)
    assert (tile.saying.state, tile.saying.age_s) == (StreamState.REPLAY, 30)
    assert "not live" in " ".join(tile.words())
    assert desk.has_colour(0, theme.REPLAY)
    assert desk.colour(0, 0.0, 0.5).name() == theme.REPLAY
    assert ground(desk, QPoint(30, 250)) == HUES[1]
    desk.clock.advance(5)
    desk.settle()
    assert tile.saying.age_s == 35


def test_the_live_picture_stays_in_the_corner_and_moves(desk: Desk) -> None:
    play_back(desk)
    assert ground(desk, inset_middle(desk)) == HUES[0]
    tile = desk.surface.tile(FIRST)
    before = tile.inset.seen
    desk.frames.step(desk.keys[0])
    desk.settle()
    assert tile.inset.seen == before + 1
    assert HUES[0] == ground(desk, inset_middle(desk))


def test_a_live_picture_that_ages_leaves_the_corner(desk: Desk) -> None:
    past = play_back(desk)
    desk.clock.advance(1.5)
    desk.settle()
    assert ground(desk, inset_middle(desk)) not in HUES.values()
    desk.frames.step(desk.keys[0])
    desk.settle()
    assert ground(desk, inset_middle(desk)) == HUES[0]
    desk.frames.vanish(desk.keys[0])
    desk.settle()
    assert ground(desk, inset_middle(desk)) not in HUES.values()
    assert desk.surface.tile(FIRST).key == past


def test_a_replay_without_a_picture_yet_shows_no_other_one(desk: Desk) -> None:
    past = replace(desk.keys[0], replay_s=5)
    desk.frames.open(past)
    desk.streams.chosen[desk.ids[0]] = past
    desk.settle()
    saying = desk.surface.tile(FIRST).saying
    assert (saying.state, saying.shows_picture) == (StreamState.REPLAY, False)
    assert ground(desk, QPoint(30, 250)) not in HUES.values()


def test_back_at_the_live_picture_nothing_of_the_replay_is_left(desk: Desk) -> None:
    play_back(desk)
    del desk.streams.chosen[desk.ids[0]]
    desk.frames.step(desk.keys[0])
    desk.settle()
    assert desk.state(0) is StreamState.LIVE
    assert not desk.has_colour(0, theme.REPLAY)
    assert ground(desk, inset_middle(desk)) == HUES[0]


@pytest.mark.parametrize(
    ("key", "signal", "arguments"),
    [
        (Qt.Key.Key_B, "replay_requested", ["cam-0", 0]),
        (Qt.Key.Key_L, "live_requested", ["cam-0"]),
        (Qt.Key.Key_K, "recording_requested", ["cam-0"]),
    ],
)
def test_keys_look_back(desk: Desk, key: Qt.Key, signal: str, arguments: list[object]) -> None:
    desk.surface.select(FIRST)
    with desk.qtbot.waitSignal(getattr(desk.surface, signal)) as asked:
        QTest.keyClick(desk.surface, key)
    assert asked.args == arguments


def test_a_picture_is_asked_for_by_the_moment_that_is_seen(desk: Desk) -> None:
    past = play_back(desk, 30)
    desk.surface.select(FIRST)
    with desk.qtbot.waitSignal(desk.surface.picture_requested) as asked:
        QTest.keyClick(desk.surface, Qt.Key.Key_C)
    assert asked.args == [past, desk.clock.seconds - 30]


def test_the_menu_offers_how_far_back(desk: Desk) -> None:
    menu = TileMenu(desk.surface.tile(FIRST), expanded=False, parent=desk.surface)
    steps = [action for choice in menu.choices for action in choice.actions() if "ago" in action.text()]
    with desk.qtbot.waitSignal(menu.replay_chosen) as chosen:
        steps[2].trigger()
    assert chosen.args == [30]
