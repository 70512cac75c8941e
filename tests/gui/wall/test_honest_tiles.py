"""A tile never lies: read back from its pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from app.domain.camera import Quality, StreamKey
from app.domain.events import CameraRemoved, CameraUpserted, HubEvent, SessionChanged, StreamClosed
from app.domain.ids import CameraId, Sequence, TileIndex
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from app.domain.stream_state import Fault, StreamState, StreamStatus
from resources import theme
from tests.fakes.world import camera
from widgets.wall import labels
from widgets.wall.honesty import Saying

if TYPE_CHECKING:
    from tests.gui.wall.conftest import Desk


def is_grey(colour: QColor) -> bool:
    red, green, blue, _ = colour.getRgb()
    return max(red, green, blue) - min(red, green, blue) <= 4


def test_a_live_tile_has_its_colours_and_the_green_dot(desk: Desk) -> None:
    assert desk.has_colour(0, theme.LIVE)
    assert not is_grey(desk.colour(0))


def test_who_sees_no_cameras_is_told_so_and_not_to_wait(desk: Desk) -> None:
    desk.store.apply(SessionChanged(OwnSession("Dana", ("Operator",), frozenset({Right.SEE_ROOM}))))
    desk.store.apply(SessionChanged(None))
    assert desk.surface.tile(TileIndex(0)).saying.reason == "Waiting for the camera directory"
    desk.store.apply(SessionChanged(OwnSession("Aud", ("Auditor",), frozenset({Right.AUDIT_READ}))))
    saying = desk.surface.tile(TileIndex(0)).saying
    assert (saying.state, saying.reason) == (StreamState.DENIED, "Your role does not see the cameras")


def test_a_picture_past_its_limit_is_not_live_whatever_the_stream_reports(desk: Desk) -> None:
    desk.clock.advance(1.2)
    desk.report(0, StreamStatus(StreamState.LIVE, 1.0))
    desk.surface.repaint()
    assert desk.state(0) is StreamState.DELAYED
    assert not desk.has_colour(0, theme.LIVE)
    assert desk.has_colour(0, theme.WARN)


def test_a_paint_that_comes_before_the_tick_is_honest_too(desk: Desk) -> None:
    # As after a stall: time has passed, no tick has run, and the window is exposed.
    desk.surface._tick.stop()
    desk.clock.advance(60)
    assert not desk.has_colour(0, theme.LIVE)
    assert is_grey(desk.colour(0, y=0.2))


def test_a_paint_just_past_the_limit_is_honest_before_any_tick(desk: Desk) -> None:
    desk.surface._tick.stop()
    desk.clock.advance(1.5)
    assert not desk.has_colour(0, theme.LIVE)


def test_a_picture_that_is_old_when_it_arrives_never_shows_live(desk: Desk) -> None:
    desk.frames.step(desk.keys[0])
    desk.clock.advance(30)
    for tile in (1, 2):
        desk.frames.step(desk.keys[tile])
    desk.settle()
    assert [desk.state(tile) for tile in range(3)] == [StreamState.OFFLINE, *[StreamState.LIVE] * 2]
    assert not desk.has_colour(0, theme.LIVE)


def test_a_frozen_picture_is_grey_and_dark_and_says_its_age(desk: Desk) -> None:
    bright = desk.colour(0, y=0.2)
    desk.clock.advance(5)
    desk.report(0, StreamStatus(StreamState.FROZEN, 5.0, Fault.NO_PICTURE))
    desk.settle()
    assert desk.state(0) is StreamState.FROZEN
    assert desk.surface.tile(TileIndex(0)).saying.age_s == 5
    dark = desk.colour(0, y=0.2)
    assert is_grey(dark)
    assert dark.lightness() < 0.7 * bright.lightness()
    assert not desk.has_colour(0, theme.LIVE)


def test_a_tile_that_is_denied_promises_no_picture(desk: Desk) -> None:
    scale = desk.surface.tile(TileIndex(0)).scale
    denied = labels.plate(Saying(StreamState.DENIED, reason="Not among the cameras of your shift"), scale)
    offline = labels.plate(Saying(StreamState.OFFLINE, reason="Not among the cameras of your shift"), scale)
    assert denied is not None
    assert offline is not None
    assert denied.height() < offline.height(), "one line less: no picture comes, and none is waited for"


def test_pictures_that_come_late_go_on_in_grey_and_say_so(desk: Desk) -> None:
    tile = desk.surface.tile(TileIndex(0))
    desk.frames.be_late(desk.keys[0], 4.0)
    for _ in range(2):
        desk.clock.advance(0.1)
        number = desk.frames.step(desk.keys[0])
        desk.settle()
        assert (tile.saying.state, tile.saying.age_s) == (StreamState.DELAYED, 4)
        assert tile.saying.reason == "Pictures arrive late"
        assert tile.seen == number
        assert is_grey(desk.colour(0, y=0.2))
    # It is still looked at: its plate hides less of it than that of a picture that stands.
    late = labels.plate(tile.saying, tile.scale)
    frozen = labels.plate(replace(tile.saying, state=StreamState.FROZEN), tile.scale)
    assert late is not None
    assert frozen is not None
    assert late.height() < frozen.height()
    desk.frames.be_late(desk.keys[0], 0.0)
    desk.frames.step(desk.keys[0])
    desk.settle()
    assert desk.state(0) is StreamState.LIVE


def test_ages_go_on_once_a_second_without_painting_the_others(desk: Desk) -> None:
    desk.clock.advance(20)
    for tile in (1, 2):
        desk.frames.step(desk.keys[tile])
    desk.settle()
    before = desk.paints()
    for _ in range(3):
        # Less than the others' limit altogether, so that these say nothing new.
        desk.clock.advance(0.25)
        desk.ticked()
        desk.ticked()
    after = [now - then for now, then in zip(desk.paints(), before, strict=True)]
    assert after == [0, 0, 0, 0]
    desk.clock.advance(0.25)
    desk.qtbot.waitUntil(lambda: desk.surface.tile(TileIndex(0)).saying.age_s == 21)
    desk.settle()
    assert [now - then for now, then in zip(desk.paints(), before, strict=True)] == [1, 0, 0, 0]


def test_the_grey_picture_is_made_once_and_not_at_each_paint(desk: Desk) -> None:
    desk.clock.advance(20)
    desk.settle()
    grey = desk.surface.tile(TileIndex(0)).last.grey
    assert grey is not None
    for _ in range(5):
        desk.surface.repaint()
    assert desk.surface.tile(TileIndex(0)).last.grey is grey


def test_a_stale_picture_outlives_its_memory_and_a_resize(desk: Desk) -> None:
    desk.clock.advance(20)
    desk.settle()
    desk.frames.vanish(desk.keys[0])
    desk.report(0, StreamStatus(StreamState.OFFLINE, 20.0, Fault.UNREACHABLE))
    desk.surface.resize(500, 300)
    desk.settle()
    assert desk.surface.tile(TileIndex(0)).saying.reason == "Camera does not answer"
    colour = desk.colour(0, y=0.2)
    assert is_grey(colour)
    assert colour.name() != theme.VOID


def test_the_grey_picture_goes_when_the_stream_knows_of_none_any_more(desk: Desk) -> None:
    """As when a mask is put on a camera whose picture is frozen: the grey copy shows what is hidden now."""
    desk.clock.advance(20)
    desk.settle()
    assert is_grey(desk.colour(0, y=0.2))
    desk.frames.vanish(desk.keys[0])
    desk.report(0, StreamStatus(StreamState.CONNECTING))
    desk.settle()
    assert desk.state(0) is StreamState.CONNECTING
    assert desk.colour(0, y=0.2).name() == theme.VOID
    desk.report(0, StreamStatus(StreamState.OFFLINE, None, Fault.NO_PICTURE))
    desk.settle()
    assert desk.colour(0, y=0.2).name() == theme.VOID


def test_the_grey_picture_goes_when_its_stream_rests_and_may_get_a_mask_meanwhile(desk: Desk) -> None:
    desk.clock.advance(20)
    desk.settle()
    assert is_grey(desk.colour(0, y=0.2))
    desk.surface.hide()
    desk.store.apply(StreamClosed(desk.keys[0]))
    desk.frames.vanish(desk.keys[0])
    desk.surface.show()
    desk.settle()
    assert desk.colour(0, y=0.2).name() == theme.VOID


def test_a_stream_that_comes_back_is_live_with_its_first_new_picture(desk: Desk) -> None:
    desk.clock.advance(20)
    desk.settle()
    assert desk.state(0) is StreamState.OFFLINE
    desk.frames.step(desk.keys[0])
    desk.report(0, StreamStatus(StreamState.LIVE, 0.0))
    desk.qtbot.waitUntil(lambda: desk.state(0) is StreamState.LIVE)
    desk.settle()
    assert desk.has_colour(0, theme.LIVE)
    assert not is_grey(desk.colour(0))


def test_a_picture_from_before_the_last_live_ones_is_not_shown_as_the_last(desk: Desk) -> None:
    desk.clock.advance(20)
    desk.settle()
    assert is_grey(desk.colour(0, y=0.2))
    desk.frames.step(desk.keys[0])
    desk.report(0, StreamStatus(StreamState.LIVE, 0.0))
    desk.qtbot.waitUntil(lambda: desk.state(0) is StreamState.LIVE)
    desk.frames.vanish(desk.keys[0])
    desk.report(0, StreamStatus(StreamState.OFFLINE, 1.0, Fault.UNREACHABLE))
    desk.settle()
    assert desk.colour(0, y=0.2).name() == theme.VOID


def test_a_stream_that_vanishes_while_live_says_connecting_and_not_live(desk: Desk) -> None:
    desk.frames.vanish(desk.keys[0])
    desk.store.apply(StreamClosed(desk.keys[0]))
    desk.surface.repaint()
    assert desk.state(0) is StreamState.CONNECTING
    assert not desk.has_colour(0, theme.LIVE)


def test_a_stream_whose_memory_is_gone_is_not_live_even_while_it_reports_live(desk: Desk) -> None:
    desk.frames.vanish(desk.keys[0])
    assert not desk.has_colour(0, theme.LIVE)
    assert desk.surface.tile(TileIndex(0)).saying.reason == "Waiting for the first picture"


def test_the_grey_picture_of_one_stream_never_stands_for_another(desk: Desk) -> None:
    main = StreamKey(desk.ids[0], Quality.MAIN)
    desk.frames.open(main, hue=1)
    desk.frames.step(main)
    desk.clock.advance(20)
    desk.settle()
    of_sub = desk.colour(0, y=0.2).lightness()
    desk.streams.chosen[desk.ids[0]] = main
    desk.settle()
    assert desk.state(0) is StreamState.OFFLINE
    assert desk.colour(0, y=0.2).lightness() < 0.8 * of_sub


def test_a_refused_camera_shows_no_picture_and_the_hubs_words(desk: Desk) -> None:
    status = StreamStatus(StreamState.DENIED, None, Fault.DENIED_BY_HUB, "Outside your shift window")
    desk.report(0, status)
    desk.settle()
    said = desk.surface.tile(TileIndex(0)).saying
    assert (said.state, said.reason) == (StreamState.DENIED, "Outside your shift window")
    assert desk.colour(0, x=0.9, y=0.2).name() == theme.VOID


def test_before_the_first_picture_the_tile_says_what_it_waits_for(desk: Desk) -> None:
    desk.arrange(desk.wall.place(TileIndex(3), desk.ids[3]))
    words = desk.surface.tile(TileIndex(3)).words()
    assert words == ["Camera 3", "Connecting", "Waiting for the first picture"]
    waiting = StreamStatus(StreamState.CONNECTING, None, None, "Waiting for the hub's permission")
    desk.report(3, waiting)
    assert desk.surface.tile(TileIndex(3)).words()[-1] == "Waiting for the hub's permission"


def test_a_camera_that_left_the_directory_is_said_to_have_left_it(desk: Desk) -> None:
    desk.store.apply(HubEvent(Sequence(2), CameraRemoved(desk.ids[0])))
    desk.settle()
    assert "Not in the camera directory any more" in desk.surface.tile(TileIndex(0)).words()
    assert desk.colour(0, x=0.9, y=0.2).name() == theme.VOID


def test_a_camera_that_is_renamed_gets_its_new_plate(desk: Desk) -> None:
    before = desk.shot()
    renamed = camera(0, name="Harbour <b>gate</b>")
    desk.store.apply(HubEvent(Sequence(2), CameraUpserted(renamed)))
    desk.settle()
    assert desk.surface.tile(TileIndex(0)).name == "Harbour <b>gate</b>"
    assert desk.shot() != before


def test_a_wall_restored_before_the_directory_waits_for_it(desk: Desk) -> None:
    desk.arrange(desk.wall.place(TileIndex(3), CameraId("elsewhere")))
    assert "Not in the camera directory any more" in desk.surface.tile(TileIndex(3)).words()
