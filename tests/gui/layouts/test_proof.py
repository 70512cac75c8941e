"""The dialog that asks for a fresh proof: in front of what waits for it, and gone without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.errors import SourceError
from app.domain.proof import ProofRequest
from layouts.proof_flow import ProofFlow
from tests.fakes.door import FakeProof
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room
from widgets.door.proof_dialog import ProofDialog

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
