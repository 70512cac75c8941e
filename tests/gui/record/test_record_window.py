"""The record's window: who may open it, pages as one scrolls, and what is told when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.domain.audit import Act
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import CameraId
from app.domain.record import PAGE, RecordSearch
from app.domain.rights import Right
from layouts.record_window import RecordWindow
from tests.fakes.waiting import until
from tests.gui.record.conftest import RecordDesk
from tests.gui.record.filled import LONG, records

Play = Callable[[Callable[[RecordDesk], Coroutine[None, None, None]]], None]


async def opened(desk: RecordDesk) -> RecordWindow:
    desk.record_flow.open_action.trigger()
    window = desk.record_flow.window
    assert window is not None
    await until(lambda: "Reading" not in window.records.words.text())
    return window


def rows(window: RecordWindow) -> int:
    return window.records.view.model().rowCount()


def test_only_who_may_read_the_record_is_offered_it(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        assert desk.record_flow.open_action.isVisible()
        window = await opened(desk)
        desk.sign_in(Right.SEE_ROOM)
        assert not desk.record_flow.open_action.isVisible()
        # What was open to who left is gone, not only hidden.
        assert not window.isVisible()
        assert desk.record_flow.window is None

    at_desk(play)


def test_who_signs_in_again_finds_the_window_and_nobody_else_does(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        desk.sign_out()
        assert not window.isVisible()
        desk.sign_in(Right.AUDIT_READ)
        assert desk.record_flow.window is window
        window.show()
        assert window.isVisible()
        desk.sign_out()
        desk.sign_in(Right.AUDIT_READ, user="Bea Auditor")
        assert desk.record_flow.window is None
        # Whatever put it away meanwhile does not bring it back.
        window.show()
        assert not window.isVisible()

    at_desk(play)


def test_an_answer_that_comes_after_the_right_went_shows_nothing(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        desk.record.gate = asyncio.Event()
        desk.record_flow.open_action.trigger()
        await until(lambda: len(desk.record.calls) == 1)
        desk.sign_in()
        desk.record.gate.set()
        await until(lambda: len(desk.parts.tasks) == 0)
        desk.sign_in(Right.AUDIT_READ)
        assert desk.record_flow.window is None

    at_desk(play)


def test_the_record_comes_a_page_at_a_time(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        assert rows(window) == PAGE
        assert window.records.words.text() == "The newest 200 records; scroll down for more."
        assert len(desk.record.calls) == 1
        desk.record.gate = asyncio.Event()
        window.records.view.scrollToBottom()
        await until(lambda: len(desk.record.calls) == 2)
        # Whoever scrolls on meanwhile asks for nothing twice.
        window.records.view.scrollToTop()
        window.records.view.scrollToBottom()
        assert not window.records.view.model().canFetchMore(QModelIndex())
        desk.record.gate.set()
        await until(lambda: rows(window) == 2 * PAGE)
        assert desk.record.calls[1][2] == 251  # of 450, the 200th newest
        window.records.view.scrollToBottom()
        await until(lambda: rows(window) == 450)
        assert window.records.words.text() == "450 records: all that fit."
        window.records.view.scrollToBottom()
        assert len(desk.record.calls) == 3

    at_desk(play)


def test_a_page_that_did_not_come_can_be_asked_for_again(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        desk.record.fail = lambda: SourceError("The hub does not answer.")
        window.records.view.scrollToBottom()
        await until(lambda: window.records.words.text() == "The hub does not answer.")
        assert rows(window) == PAGE
        desk.record.fail = None
        window.records.view.scrollToTop()
        window.records.view.scrollToBottom()
        await until(lambda: rows(window) == 2 * PAGE)

    at_desk(play)


def test_a_search_asks_for_what_was_typed_and_the_last_one_counts(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        search = window.records.search
        search.camera.setText("camera 3")
        slow = desk.record.gate = asyncio.Event()
        QTest.keyClick(search.camera, Qt.Key.Key_Return)
        await until(lambda: len(desk.record.calls) == 2)
        desk.record.gate = None
        search.choose_camera("cam-1")
        search.choose_act(Act.LOOK)
        first = window.records.view.model().index
        await until(lambda: first(0, 2).data() == "looked at Camera 1")
        slow.set()
        await until(lambda: len(desk.parts.tasks) == 0)
        assert first(0, 2).data() == "looked at Camera 1"
        asked = [call[1] for call in desk.record.calls[1:]]
        assert asked == [RecordSearch(camera_id="cam-3"), RecordSearch(camera_id="cam-1", act=Act.LOOK)]

    at_desk(play)


def test_a_time_that_cannot_be_read_asks_nothing(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        window.records.search.since.setText("yesterday")
        window.records.search.button.click()
        assert "YYYY-MM-DD" in window.records.search.problem.text()
        window.records.export_button.click()
        await until(lambda: len(desk.parts.tasks) == 0)
        assert len(desk.record.calls) == 1
        assert desk.record_flow.window is window

    at_desk(play)


def test_a_record_is_shown_whole_and_its_text_copied(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        desk.record.kept = records(6)
        window = await opened(desk)
        window.records.view.selectRow(3)  # record no. 3: an incident, no camera
        detail = window.records.detail
        assert detail.looks_button.isHidden()
        window.records.view.selectRow(4)
        assert "Camera: " + LONG + " (cam-2)" in detail.text
        assert "Outcome: refused" in detail.text
        assert not detail.looks_button.isHidden()
        QGuiApplication.clipboard().setText("")
        detail.looks_button.click()
        await until(lambda: window.looks.view.model().rowCount() > 0)
        assert desk.record.calls[-1] == ("looks", "cam-2", None)

    at_desk(play)


def test_who_looked_at_a_camera_is_one_action_in_the_list_of_cameras(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        view = desk.windows.main.cameras.view
        (action,) = [a for a in view.actions() if a.text() == "Who looked at this camera"]
        view.selectRow(0)
        chosen = desk.windows.main.cameras.selected()
        action.trigger()
        window = desk.record_flow.window
        assert window is not None
        await until(lambda: window.looks.view.model().rowCount() == 9)
        assert desk.record.named("looks") == [("looks", chosen, None)]
        assert window.looks.words.text() == "9 looks: all that fit."
        desk.record.kept_looks = ()
        window.looks.looks_requested.emit(CameraId("cam-5"))
        await until(lambda: window.looks.words.text().startswith("Nobody has looked at this camera"))
        desk.sign_in(Right.SEE_ROOM)
        assert not action.isVisible()

    at_desk(play)


def test_a_week_is_signed_off_with_words_and_only_when_it_is_over(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        page = window.reviews
        window.open_page(page)
        # The first week that waits for its review is chosen by itself.
        await until(lambda: desk.record.named("week") == [("week", "2026-W01")])
        await until(page.sign_button.isVisible)
        assert not page.sign_button.isEnabled()
        page.comment.setPlainText(" Two refused looks. ")
        page.view.selectRow(0)
        await until(lambda: "is over" in page.signed.text())
        assert not page.sign_button.isVisible()
        page.view.selectRow(1)
        await until(page.sign_button.isVisible)
        assert page.comment.toPlainText() == " Two refused looks. "
        desk.record.fail = lambda: OperatorError("The week 2026-W01 was signed off by Ben already.")
        page.sign_button.click()
        await until(lambda: "by Ben already" in page.words.text())
        assert page.comment.toPlainText() == " Two refused looks. "
        desk.record.fail = None
        page.sign_button.click()
        await until(lambda: len(desk.record.named("weeks")) == 2)
        assert desk.record.named("sign_off")[-1] == ("sign_off", "2026-W01", "Two refused looks.")

    at_desk(play)


def test_an_export_says_how_far_it_is_and_what_is_on_record(at_desk: Play, tmp_path: Path) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        button = window.records.export_button
        desk.record.gate = asyncio.Event()
        desk.record_flow.export_to(str(tmp_path / "x.csv"))
        told = window.records.findChildren(QLabel)
        await until(lambda: any("3 of 7 records" in label.text() for label in told))
        assert not button.isEnabled()
        desk.record.gate.set()
        await until(lambda: any("x.csv: 7 records. On record with SHA-256 abab" in w.text() for w in told))
        assert button.isEnabled()
        desk.record.fail = lambda: OperatorError("x.csv cannot be written.", "Choose another place.")
        desk.record_flow.export_to(str(tmp_path / "x.csv"))
        await until(lambda: any(w.text().startswith("Not exported: x.csv cannot") for w in told))
        assert button.isEnabled()

    at_desk(play)


def test_escape_closes_the_window(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await opened(desk)
        QTest.keyClick(window.records.view, Qt.Key.Key_Escape)
        await until(lambda: not window.isVisible())

    at_desk(play)
