"""The window of the enrolled desks: who gets it, what it asks for, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import OperatorError, SourceError
from app.domain.events import SessionChanged
from app.domain.ids import WallId
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from layouts.desks_flow import DesksFlow
from tests.fakes.desks import FakeDesks
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room, RoomTest
from widgets.desks.page import DesksPage
from widgets.view_state_desks import NO_VAULT, NO_WINDOW, NOT_ENROLLED

Play = Callable[[RoomTest], None]
ROOT = OwnSession("Root", ("Administrator",), frozenset({Right.SETTINGS, Right.SEE_ROOM}))


def opened(room: Room, hub: FakeDesks, windows: list[WallId]) -> tuple[DesksFlow, DesksPage]:
    flow = DesksFlow(room.parts, room.windows.main, hub, lambda: windows)
    assert not flow.open_action.isVisible()
    room.parts.store.apply(SessionChanged(ROOT))
    room.parts.bridge.flush()
    assert flow.open_action.isVisible()
    flow.open_action.trigger()
    assert flow.window is not None
    return flow, flow.window.page


def test_a_desk_is_enrolled_a_wall_let_stay_lit_hidden_again_and_the_desk_withdrawn(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakeDesks()
        _flow, page = opened(room, hub, [WallId("wall-3"), WallId("wall-2")])
        await until(lambda: page.own_words.text() == NOT_ENROLLED)
        assert page.desks.isHidden()
        page.enrol_button.click()
        assert page.said.startswith("Give this desk a name")
        page.name.setText(" Front desk ")
        page.enrol_button.click()
        await until(lambda: page.own_words.text().startswith("This desk is enrolled as Front desk, since "))
        assert page.said == "This desk is enrolled as Front desk."
        assert page.name.isHidden()
        assert [page.wall.itemText(row) for row in range(page.wall.count())] == ["wall 2", "wall 3"]
        page.reason.setText("guarded")
        page.lit_button.click()
        assert page.said.startswith("Say why, in 8 characters or more")
        page.reason.setText("Guarded, badge only")
        hub.refusal = OperatorError("Sign in again.", "It was too long ago.")
        page.lit_button.click()
        await until(lambda: page.said == "Sign in again. It was too long ago.")
        assert page.reason.text() == "Guarded, badge only"
        page.lit_button.click()
        await until(lambda: page.walls.rowCount() == 1)
        assert page.said == "Wall 2 stays lit while this desk is locked, from the next lock on."
        assert page.wall.currentText() == "wall 3"
        assert not page.hide_button.isEnabled()
        page.walls.selectRow(0)
        page.hide_button.click()
        await until(lambda: page.said == "A lock hides wall 2 again.")
        page.desks.selectRow(0)
        page.withdraw_button.click()
        await until(lambda: page.own_words.text() == NOT_ENROLLED)
        assert hub.kept == []

    in_room(scene)


def test_without_a_keyring_the_window_says_why_and_offers_nothing(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakeDesks()
        hub.can_keep = False
        _, page = opened(room, hub, [WallId("wall-2")])
        await until(lambda: page.own_words.text() == NO_VAULT)
        assert page.name.isHidden()
        assert page.enrol_button.isHidden()
        assert not page.lit_button.isVisible()

    in_room(scene)


def test_without_a_wall_window_nothing_can_be_chosen(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakeDesks()
        await hub.enrol("Front desk")
        _, page = opened(room, hub, [])
        await until(page._no_window.isVisible)
        assert page._no_window.text() == NO_WINDOW
        assert page.lit_button.isHidden()

    in_room(scene)


def test_a_hub_that_is_away_is_told_and_the_window_goes_with_the_right(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakeDesks()
        flow, page = opened(room, hub, [])
        await until(lambda: page.own_words.text() == NOT_ENROLLED)
        hub.refusal = SourceError("The hub does not answer.")
        page.name.setText("Front")
        page.enrol_button.click()
        await until(lambda: page.said == "The hub does not answer.")
        room.parts.store.apply(SessionChanged(replace(ROOT, rights=frozenset({Right.SEE_ROOM}))))
        room.parts.bridge.flush()
        assert flow.window is None
        assert not flow.open_action.isVisible()

    in_room(scene)
