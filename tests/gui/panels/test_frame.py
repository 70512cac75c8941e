"""Notices, status line, start page and import dialog."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.camera import Quality, StreamKey
from app.domain.changes import Changes
from app.domain.events import (
    LinkChanged,
    LinkState,
    Notice,
    NoticeDismissed,
    NoticeLevel,
    NoticeRaised,
    StreamChanged,
)
from app.domain.ids import CameraId
from app.domain.ports import ImportPlan, RefusedRow
from app.domain.stream_state import StreamState, StreamStatus
from app.store.state import Store
from tests.gui.panels.city import START, StillClock, alert, loaded, tell
from widgets.import_dialog import ImportDialog
from widgets.notices import NoticeStack
from widgets.start_page import StartPage
from widgets.status_line import StatusLine


def said(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] if len(spy.at(i)) else None for i in range(spy.count())]


def notice(number: int, level: NoticeLevel = NoticeLevel.ERROR, message: str = "It broke.") -> NoticeRaised:
    return NoticeRaised(Notice(number, START, level, message, "Do this."))


# Notices


@pytest.fixture
def store() -> Store:
    return loaded(cameras=3, alerts=2)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def stack(qtbot: QtBot, store: Store, clock: StillClock) -> NoticeStack:
    made = NoticeStack(store, clock)
    qtbot.addWidget(made)
    return made


def test_notice_appears_with_its_hint_and_is_dismissed(stack: NoticeStack, store: Store) -> None:
    assert stack.isHidden()
    stack.on_changed(store.apply(notice(1)))
    assert not stack.isHidden()
    assert [line.words() for line in stack.lines()] == ["It broke. Do this."]
    dismissed = QSignalSpy(stack.dismiss_requested)
    QTest.mouseClick(stack.lines()[0].dismiss_button, Qt.MouseButton.LeftButton)
    assert said(dismissed) == [1]
    stack.on_changed(store.apply(NoticeDismissed(1)))
    assert stack.isHidden()
    assert stack.lines() == []


def test_note_leaves_after_eight_seconds_and_an_error_stays(
    qtbot: QtBot, stack: NoticeStack, store: Store, clock: StillClock
) -> None:
    for number, level in enumerate(NoticeLevel):
        stack.on_changed(store.apply(notice(number, level)))
    dismissed = QSignalSpy(stack.dismiss_requested)
    clock.passed_s = 7.9
    stack.expire()
    assert dismissed.count() == 0
    clock.passed_s = 8.0
    qtbot.waitUntil(lambda: dismissed.count() > 0)
    stack.on_changed(store.apply(NoticeDismissed(0)))
    clock.passed_s = 900.0
    stack.expire()
    assert set(said(dismissed)) == {0}


def test_stack_never_grows_past_three_lines(stack: NoticeStack, store: Store) -> None:
    for number in range(20):
        stack.on_changed(store.apply(notice(number)))
    assert len(stack.lines()) == 3
    assert stack._more_words.text() == "17 more notices"
    dismissed = QSignalSpy(stack.dismiss_requested)
    stack._all.click()
    assert said(dismissed) == list(range(20))


def test_notice_is_plain_text(stack: NoticeStack, store: Store) -> None:
    stack.on_changed(store.apply(notice(1, message="<b>x</b>\nsecond line")))
    line = stack.lines()[0]
    assert line.words() == "<b>x</b> second line Do this."
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText for label in line.findChildren(QLabel) if label.text()
    )
    assert "<b>" not in line.toolTip()


# Status line


def test_status_says_what_is_there(qtbot: QtBot, store: Store, clock: StillClock) -> None:
    line = StatusLine(store, clock)
    qtbot.addWidget(line)
    for number, state in enumerate((StreamState.LIVE, StreamState.LIVE, StreamState.FROZEN)):
        key = StreamKey(CameraId(f"cam-{number}"), Quality.SUB)
        line.on_changed(store.apply(StreamChanged(key, StreamStatus(state))))
    line.on_changed(tell(store, alert(9)))
    line.set_stall(12.4)
    words = line.words()
    assert words["streams"] == "2 of 3 streams live"
    assert (words["cameras"], words["alerts"]) == ("3 cameras", "3 alerts")
    assert words["stall"] == "UI p99 12 ms"
    line.set_stall(48.0)
    assert line.words()["stall"] == "UI slow, p99 48 ms"


def test_status_is_as_high_with_and_without_who_is_on_shift(
    qtbot: QtBot, store: Store, clock: StillClock
) -> None:
    line = StatusLine(store, clock)
    qtbot.addWidget(line)
    without = max(line.sizeHint().height(), line.minimumHeight())
    line.present.show()
    assert max(line.sizeHint().height(), line.minimumHeight()) == without, "the wall would jump"


def test_status_says_since_when_the_hub_is_lost(qtbot: QtBot, store: Store, clock: StillClock) -> None:
    line = StatusLine(store, clock)
    qtbot.addWidget(line)
    line.on_changed(store.apply(LinkChanged(LinkState.CONNECTED)))
    assert line.words()["link"] == "Hub connected"
    line.on_changed(store.apply(LinkChanged(LinkState.LOST, "The hub does not answer.")))
    clock.passed_s += 95
    qtbot.waitUntil(
        lambda: line.words()["link"] == "Hub connection lost for 1 min: The hub does not answer.",
    )
    assert line._link.property("tone") == "alarm"


def test_clock_ticks(qtbot: QtBot, store: Store, clock: StillClock) -> None:
    line = StatusLine(store, clock)
    qtbot.addWidget(line)
    before = line.words()["clock"]
    clock.passed_s += 1
    qtbot.waitUntil(lambda: line.words()["clock"] != before)


def test_snapshot_renews_the_counts(qtbot: QtBot, clock: StillClock) -> None:
    store = loaded()
    line = StatusLine(store, clock)
    qtbot.addWidget(line)
    tell(store, alert(1))
    line.on_changed(Changes(all_reloaded=True))
    assert line.words()["alerts"] == "1 alert"


# Start page


def test_start_page_gives_the_command_and_another_try(qtbot: QtBot) -> None:
    page = StartPage("Video cannot be shown.", "Install it: sudo apt install libvlc5 vlc-plugin-base")
    qtbot.addWidget(page)
    page.show()
    assert page.command == "sudo apt install libvlc5 vlc-plugin-base"
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == page.command
    again, closed = QSignalSpy(page.retry_requested), QSignalSpy(page.closed)
    QTest.keyClick(page.retry_button, Qt.Key.Key_Space)
    assert again.count() == 1
    page.close()
    assert closed.count() == 1


def test_start_page_without_a_command_copies_its_words(qtbot: QtBot) -> None:
    page = StartPage("It cannot start.", "Ask your administrator.")
    qtbot.addWidget(page)
    assert page.command == ""
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == "Ask your administrator."


# Import


REFUSED = tuple(RefusedRow(n, f"latitude {n}N is not a number") for n in range(1, 5001))


def test_import_shows_the_plan_and_applies_exactly_it(qtbot: QtBot) -> None:
    plan = ImportPlan("token", 412, 9, 6608, REFUSED)
    dialog = ImportDialog("cameras.csv", plan)
    qtbot.addWidget(dialog)
    dialog.open()
    assert [label.text() for label in dialog.findChildren(QLabel) if label.text()][:3] == [
        "cameras.csv",
        "412",
        "added",
    ]
    assert dialog.table.model().rowCount() == 5000
    last = dialog.table.model().index(4999, 1)
    assert last.data() == "latitude 5000N is not a number"
    agreed = QSignalSpy(dialog.apply_requested)
    QTest.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    assert said(agreed) == [plan]
    assert dialog.result() == ImportDialog.DialogCode.Accepted


def test_import_that_is_cancelled_asks_for_nothing(qtbot: QtBot) -> None:
    dialog = ImportDialog("cameras.csv", ImportPlan("token", 1, 0, 0, ()))
    qtbot.addWidget(dialog)
    dialog.open()
    agreed = QSignalSpy(dialog.apply_requested)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert agreed.count() == 0
    assert not dialog.isVisible()


def test_import_that_changes_nothing_offers_no_apply(qtbot: QtBot) -> None:
    dialog = ImportDialog("cameras.csv", ImportPlan("token", 0, 0, 7029, ()))
    qtbot.addWidget(dialog)
    dialog.open()
    assert not dialog.apply_button.isVisible()


def test_report_is_copied_whole(qtbot: QtBot) -> None:
    dialog = ImportDialog("cameras.csv", ImportPlan("token", 412, 9, 6608, REFUSED))
    qtbot.addWidget(dialog)
    dialog.copy_button.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "cameras.csv: 412 added, 9 changed, 6608 unchanged, 5000 refused"
    assert lines[-1] == "5000\tlatitude 5000N is not a number"
    assert len(lines) == 5001
