"""The window of the enrolled desks: who gets it, what it asks for, and what it says when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.domain.enrolled_desk import KnownDesks
from app.domain.errors import OperatorError, SourceError
from app.domain.events import SessionChanged
from app.domain.ids import WallId
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from layouts.desks_flow import DesksFlow
from tests.fakes.desks import FakeDesks
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room, RoomTest
from widgets.accounts.confirm_dialog import ConfirmDialog
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
        (asked,) = page.window().findChildren(ConfirmDialog)
        asked.button.click()
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


def test_what_is_not_known_is_not_said_and_can_be_read_again(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakeDesks()
        real = hub.known

        async def away() -> KnownDesks:
            raise SourceError("The hub does not answer.")

        hub.known = away  # type: ignore[method-assign]
        _, page = opened(room, hub, [WallId("wall-2")])
        assert page.said == "Reading the enrolled desks …"
        await until(page.read_button.isVisible)
        assert page.said == "The hub does not answer."
        assert not page._no_desks.isVisible()
        assert not page.withdraw_button.isVisible()
        hub.known = real  # type: ignore[method-assign]
        page.read_button.click()
        await until(lambda: page.own_words.text() == NOT_ENROLLED)
        assert page._no_desks.isVisible()
        assert not page.read_button.isVisible()

    in_room(scene)


def test_a_wall_window_that_is_opened_meanwhile_can_be_chosen_and_the_choice_stays(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub, windows = FakeDesks(), list[WallId]()
        await hub.enrol("Front desk")
        _, page = opened(room, hub, windows)
        await until(page._no_window.isVisible)
        windows += [WallId("wall-2"), WallId("wall-3")]
        QApplication.sendEvent(page, QEvent(QEvent.Type.WindowActivate))
        assert page.lit_button.isVisible()
        page.wall.setCurrentIndex(1)
        windows.append(WallId("wall-4"))
        QApplication.sendEvent(page, QEvent(QEvent.Type.WindowActivate))
        assert page.wall.currentData() == "wall-3"

    in_room(scene)


def test_an_answer_is_not_shown_to_the_next_person(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub, answered = FakeDesks(), asyncio.Event()
        flow, page = opened(room, hub, [])
        await until(lambda: page.own_words.text() == NOT_ENROLLED)
        real = hub.enrol

        async def late(name: str) -> None:
            await answered.wait()
            await real(name)

        hub.enrol = late  # type: ignore[method-assign]
        page.name.setText("Root's own name")
        page.enrol_button.click()
        for session in (None, replace(ROOT, user="Eve")):
            room.parts.store.apply(SessionChanged(session))
            room.parts.bridge.flush()
        flow.open_action.trigger()
        answered.set()
        assert flow.window is not None
        eves = flow.window.page
        await until(lambda: eves.is_known)
        assert "Root" not in eves.said

    in_room(scene)
