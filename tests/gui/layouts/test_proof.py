"""The dialog that asks for a fresh proof: in front of what waits for it, and gone without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import SourceError
from app.domain.events import SessionChanged
from app.domain.proof import ProofRequest
from layouts.proof_flow import ProofFlow
from tests.fakes.door import FakeProof
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room
from tests.gui.layouts.test_door import Hall
from widgets.door.proof_dialog import ProofDialog
from widgets.view_state_door import DoorStep

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
ASKED = ProofRequest("Sign in again to change accounts.", "Ada", asks_code=True)


async def dialog_of(flow: ProofFlow) -> ProofDialog:
    await until(lambda: flow.dialog is not None)
    assert flow.dialog is not None
    return flow.dialog


def test_a_proof_is_asked_for_until_it_is_right_and_then_what_waits_goes_on(in_room: Play) -> None:
    async def play(room: Room) -> None:
        desk = FakeProof()
        desk.refusals = [SourceError("Password or code is wrong.")]
        flow = ProofFlow(room.parts, room.windows.main, desk)
        asking = asyncio.ensure_future(flow.ask(ASKED))
        dialog = await dialog_of(flow)
        assert not dialog.action_button.isEnabled()
        dialog.password.setText("secret")
        assert not dialog.action_button.isEnabled()
        dialog.code.setText("123456 ")
        QTest.keyClick(dialog.code, Qt.Key.Key_Return)
        assert not dialog.action_button.isEnabled()
        await until(lambda: dialog.problem.text() == "Password or code is wrong.")
        assert dialog.password.text() == dialog.code.text() == ""
        dialog.password.setText("secret")
        dialog.code.setText("654321")
        dialog.action_button.click()
        assert await asking
        assert desk.typed == [("secret", "123456"), ("secret", "654321")]
        assert flow.dialog is None

    in_room(play)


def test_who_cancels_or_closes_what_it_stands_in_front_of_proves_nothing(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow = ProofFlow(room.parts, room.windows.main, FakeProof())
        asking = asyncio.ensure_future(flow.ask(ASKED))
        dialog = await dialog_of(flow)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not await asking
        asking = asyncio.ensure_future(flow.ask(ASKED))
        dialog = await dialog_of(flow)
        elsewhere = QWidget()
        dialog.setParent(elsewhere, dialog.windowFlags())
        elsewhere.deleteLater()
        assert not await asking
        asking = asyncio.ensure_future(flow.ask(ASKED))
        await dialog_of(flow)
        asking.cancel()
        await until(lambda: flow.dialog is None)

    in_room(play)


def test_a_proof_that_an_ended_session_left_unanswered_shuts_nobody_out(
    in_room: Play,
) -> None:
    async def play(room: Room) -> None:
        hall = Hall(room)
        flow = ProofFlow(room.parts, room.windows.main, FakeProof())
        for left in ("locked", "ended"):
            await hall.enter()
            asking = asyncio.ensure_future(flow.ask(ASKED))
            dialog = await dialog_of(flow)
            if left == "locked":
                hall.flow.lock_action.trigger()
                await hall.at(DoorStep.LOCKED)
            room.parts.store.apply(SessionChanged(None, "Your account was disabled."))
            await until(lambda dialog=dialog: not dialog.isVisible())
            # The sources ask no more once the session was left.
            asking.cancel()
            await until(lambda dialog=dialog: not isValid(dialog))
        await hall.enter()
        assert flow.dialog is None
        hall.close()

    in_room(play)
