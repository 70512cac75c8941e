"""The accounts' window: who gets it, what it asks for, what it hands over once, and what is refused."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from app.domain.errors import OperatorError, SourceError
from app.domain.events import SessionChanged
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from layouts.accounts_flow import AccountsFlow, write_private
from tests.fakes.waiting import until
from tests.fakes.world import START
from tests.gui.layouts.conftest import Room
from widgets.accounts.confirm_dialog import ConfirmDialog
from widgets.accounts.edit_dialog import AccountDialog
from widgets.accounts.handover_dialog import HandoverDialog, QrCode
from widgets.accounts.page import AccountsPage

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
D = TypeVar("D", bound=QDialog)
ADA = OwnSession("Ada", ("Administrator",), frozenset({Right.USERS, Right.SEE_ROOM}))


def flow_of(room: Room) -> AccountsFlow:
    flow = room.windows._wiring.accounts
    assert flow is not None
    return flow


def sign_in(room: Room, session: OwnSession | None) -> None:
    room.store.apply(SessionChanged(session))
    room.parts.bridge.flush()


async def opened(room: Room) -> tuple[AccountsFlow, AccountsPage]:
    sign_in(room, ADA)
    flow = flow_of(room)
    flow.open_action.trigger()
    assert flow.window is not None
    page = flow.window.page
    await until(lambda: bool(page.known.accounts))
    return flow, page


async def dialog_of(flow: AccountsFlow, kind: type[D]) -> D:
    await until(lambda: isinstance(flow.dialog, kind))
    assert isinstance(flow.dialog, kind)
    return flow.dialog


def cell(page: AccountsPage, row: int, column: int) -> str:
    model = page.table.model()
    return str(model.data(model.index(row, column)))


def test_only_who_manages_accounts_gets_the_window_and_for_as_long(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow = flow_of(room)
        assert not flow.open_action.isVisible()
        sign_in(room, OwnSession("Bo", ("Operator",), frozenset({Right.SEE_ROOM})))
        assert not flow.open_action.isVisible()
        await opened(room)
        assert flow.open_action.isVisible()
        sign_in(room, None)
        assert flow.window is None
        assert not flow.open_action.isVisible()

    in_room(play)


def test_each_account_says_whether_it_can_be_used(in_room: Play) -> None:
    async def play(room: Room) -> None:
        _, page = await opened(room)
        states = {cell(page, row, 0): cell(page, row, 2) for row in range(8)}
        assert states["Ada"] == "In use"
        assert states["Bo"] == "Locked after 5 failed sign-ins"
        assert states["Cy"] == "Barred in 10 days unless used"
        assert states["Dana"] == "Has not signed in with a password of their own yet"
        assert states["Eli"].startswith("Ends on 2026-01-0")
        assert states["Flo"].startswith("Ended on 2026-01-0")
        assert states["Gus"] == "Barred: not used for 90 days"
        assert states["Hal <b>bold</b>"] == "Disabled"
        assert cell(page, 1, 1) == "Operator, Supervisor"
        assert cell(page, 3, 3) == "never"

    in_room(play)


def test_a_new_account_is_handed_over_once(in_room: Play, tmp_path: Path) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        page.add.click()
        dialog = await dialog_of(flow, AccountDialog)
        assert not dialog.button.isEnabled()
        dialog.field.setText(" Iris ")
        assert not dialog.button.isEnabled()
        dialog.boxes["volunteer"].setChecked(True)
        dialog.temporary.setChecked(True)
        dialog.button.click()
        sheet = await dialog_of(flow, HandoverDialog)
        assert room.accounts.done == [("create", "Iris", ("volunteer",), START + timedelta(days=30))]
        assert sheet.password.text() == "ABCD-EFGH-JKLM-NPQR"
        assert "secret=JBSWY3DPEHPK3PXP" in sheet.address.text()
        assert len(sheet.codes) == 10
        sheet.reject()
        assert flow.dialog is sheet
        sheet.copy.click()
        assert "AB9D-EFGH-JKLM" in QGuiApplication.clipboard().text()
        flow.save(sheet, "what is handed over", str(tmp_path / "iris.txt"))
        await until(lambda: "Saved as iris.txt" in sheet.words.text())
        flow.save(sheet, "x", str(tmp_path / "nowhere" / "iris.txt"))
        await until(lambda: "cannot be written" in sheet.words.text())
        sheet.handed.click()
        assert QGuiApplication.clipboard().text() == ""
        await until(lambda: page.selected is not None and page.selected.name == "Iris")
        assert flow.dialog is None

    in_room(play)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_what_is_handed_over_is_read_by_nobody_who_comes_next(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        page.add.click()
        dialog = await dialog_of(flow, AccountDialog)
        dialog.field.setText("Iris")
        dialog.boxes["volunteer"].setChecked(True)
        dialog.button.click()
        sheet = await dialog_of(flow, HandoverDialog)
        assert sheet.isVisible()
        sign_in(room, OwnSession("Cy", ("Administrator",), frozenset({Right.USERS})))
        assert not isValid(sheet) or not sheet.isVisible()
        assert (flow.window, flow.dialog) == (None, None)

    in_room(play)


def test_a_sheet_that_comes_late_is_not_shown_to_the_next_administrator(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        answered, real = asyncio.Event(), room.accounts.create

        async def late(*what: Any) -> Any:
            told = await real(*what)
            await answered.wait()
            return told

        room.accounts.create = late  # type: ignore[method-assign]
        page.add.click()
        dialog = await dialog_of(flow, AccountDialog)
        dialog.field.setText("Iris")
        dialog.boxes["volunteer"].setChecked(True)
        dialog.button.click()
        await until(lambda: "Iris" in room.accounts.people)
        sign_in(room, None)
        sign_in(room, OwnSession("Cy", ("Administrator",), frozenset({Right.USERS})))
        flow.open_action.trigger()
        answered.set()
        await until(lambda: flow.window is not None and bool(flow.window.page.known.accounts))
        assert flow.dialog is None

    in_room(play)


def test_what_is_handed_over_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "secret")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("secret", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.txt"]


def test_the_code_is_what_an_authenticator_app_reads(in_room: Play) -> None:
    async def play(room: Room) -> None:
        text = "otpauth://totp/Watchfloor:Dana?secret=JBSWY3DPEHPK3PXP&issuer=Watchfloor"
        code = QrCode(text)
        image = code.grab().toImage()
        side = len(code.modules)
        assert code.width() == (side + 8) * 4
        for y in range(side):
            for x in range(side):
                dark = image.pixelColor((x + 4) * 4 + 2, (y + 4) * 4 + 2).lightness() < 128
                assert dark == code.modules[y][x]
        quiet = [image.pixelColor(x, 8).lightness() for x in range(0, code.width(), 4)]
        assert min(quiet) > 200

    in_room(play)


def test_roles_are_changed_and_a_refusal_is_told_where_one_asked(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        page.select("Bo")
        page.roles.click()
        dialog = await dialog_of(flow, AccountDialog)
        chosen = [name for name, box in dialog.boxes.items() if box.isChecked()]
        assert chosen == ["operator", "supervisor"]
        dialog.boxes["supervisor"].setChecked(False)
        room.accounts.refusal = OperatorError("Nobody would be left.", "Ask another first.")
        dialog.button.click()
        await until(lambda: dialog.problem.text() == "Nobody would be left. Ask another first.")
        assert dialog.isVisible()
        dialog.button.click()
        await until(lambda: flow.dialog is None)
        assert room.accounts.done == [("roles", "Bo", ("operator",))]
        await until(lambda: cell(page, 1, 1) == "Operator")

    in_room(play)


def test_ones_own_roles_are_not_offered(in_room: Play) -> None:
    async def play(room: Room) -> None:
        _, page = await opened(room)
        page.select("Ada")
        assert not page.roles.isEnabled()
        assert not page.disable.isEnabled()
        page.table.chosen.emit(page.table.currentIndex())
        page.select("Bo")
        assert page.roles.isEnabled()
        assert page.disable.isEnabled()
        assert flow_of(room).dialog is None

    in_room(play)


def test_who_was_locked_out_is_released_at_once(in_room: Play) -> None:
    async def play(room: Room) -> None:
        _, page = await opened(room)
        page.select("Ada")
        assert not page.unlock.isEnabled()
        page.select("Bo")
        page.unlock.click()
        await until(lambda: cell(page, 1, 2) == "In use")
        assert "Bo may sign in again" in page.words.text()

    in_room(play)


def test_nobody_is_disabled_or_reset_without_being_asked_about(in_room: Play) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        page.select("Bo")
        page.disable.click()
        dialog = await dialog_of(flow, ConfirmDialog)
        assert dialog.cancel.isDefault()
        dialog.cancel.click()
        assert room.accounts.done == []
        page.disable.click()
        (await dialog_of(flow, ConfirmDialog)).button.click()
        await until(lambda: cell(page, 1, 2) == "Disabled")
        page.reset.click()
        again = await dialog_of(flow, ConfirmDialog)
        room.accounts.refusal = SourceError("The hub does not answer.")
        again.button.click()
        await until(lambda: again.problem.text() == "The hub does not answer.")
        again.button.click()
        (await dialog_of(flow, HandoverDialog)).handed.click()
        assert room.accounts.done == [("disable", "Bo"), ("reset", "Bo")]

    in_room(play)
