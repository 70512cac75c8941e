from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.alert import AlertKind, AlertStatus, Urgency
from app.domain.changes import Changes
from app.domain.events import AlertSelected, SessionChanged, SnapshotLoaded
from app.domain.ids import AlertId, Sequence
from app.domain.own_session import OwnSession
from app.store.state import Store
from tests.gui.panels.city import START, StillClock, alert, loaded, tell
from widgets.alert_queue import AlertQueuePanel
from widgets.alert_queue_delegate import ROW_HEIGHT, PaintLog
from widgets.view_state_alerts import KIND_WORDS

Shown = Callable[[QWidget, int, int], None]


@pytest.fixture
def store() -> Store:
    return loaded(alerts=60)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def panel(shown: Shown, store: Store, clock: StillClock) -> AlertQueuePanel:
    made = AlertQueuePanel(store, clock)
    shown(made, 400, 700)
    return made


def rows(panel: AlertQueuePanel) -> list[AlertId | None]:
    return [panel.model.id_at(row) for row in range(panel.model.rowCount())]


def in_order(store: Store) -> list[AlertId]:
    return [known.id for known in store.alerts]


def top_of(panel: AlertQueuePanel, alert_id: AlertId) -> int:
    """Distance of the alert's row from the top of the view, in pixels."""
    row = panel.model.row_of(alert_id)
    assert row is not None
    return panel.view.visualRect(panel.model.index(row)).top()


def newcomers(count: int, **fields: object) -> list:  # type: ignore[type-arg]
    just_now = START + timedelta(seconds=5)
    made = {"occurred_at": just_now, "received_at": just_now, "urgency": Urgency.CRITICAL} | fields
    return [alert(5000 + n, **made) for n in range(count)]


def said(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] for i in range(spy.count())]


def test_new_alerts_take_their_place_in_the_order(panel: AlertQueuePanel, store: Store) -> None:
    for urgency in Urgency:
        panel.on_changed(tell(store, alert(700 + urgency, urgency=urgency, occurred_at=START)))
    assert rows(panel) == in_order(store)
    assert panel.model.rowCount() == 64


def test_handled_alert_moves_behind_the_open_ones_and_stays_selected(
    panel: AlertQueuePanel, store: Store
) -> None:
    panel.view.selectRow(0)
    first = panel.selected()
    assert first is not None
    known = store.alerts.get(first)
    assert known is not None
    told = QSignalSpy(panel.alert_selected)
    panel.on_changed(tell(store, replace(known, status=AlertStatus.ACKNOWLEDGED, handled_by="desk-2")))
    assert rows(panel) == in_order(store)
    assert panel.model.id_at(panel.view.currentIndex().row()) == first == panel.selected()
    assert told.count() == 0, "a programmatic move is not a selection"


def test_down_goes_on_with_the_visible_alerts_after_one_was_seen_to(
    panel: AlertQueuePanel, store: Store
) -> None:
    panel.view.setFocus()
    panel.view.selectRow(0)
    first, second = panel.model.id_at(0), panel.model.id_at(1)
    assert first is not None
    known = store.alerts.get(first)
    assert known is not None
    panel.on_changed(tell(store, replace(known, status=AlertStatus.ACKNOWLEDGED)))
    assert panel.selected() == first
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.selected() == second


def test_selected_row_stays_under_the_eye_while_a_storm_comes_in_above(
    panel: AlertQueuePanel, store: Store
) -> None:
    panel.view.selectRow(3)
    reading = panel.selected()
    assert reading is not None
    before = top_of(panel, reading)
    for start in range(0, 100, 10):
        panel.on_changed(tell(store, *newcomers(110)[start : start + 10]))
    assert panel.selected() == reading
    assert panel.model.id_at(panel.view.currentIndex().row()) == reading
    assert top_of(panel, reading) == before
    assert panel.view.pill.isVisible()
    assert panel.view.pill.text() == "100 new critical above"


def test_reader_further_down_keeps_the_place_to_the_pixel(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.verticalScrollBar().setValue(10 * ROW_HEIGHT + 17)
    reading = panel.model.id_at(11)
    assert reading is not None
    before = top_of(panel, reading)
    panel.on_changed(tell(store, *newcomers(7)))
    assert top_of(panel, reading) == before


def test_place_is_kept_when_the_selected_alert_itself_leaves_it(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.selectRow(2)
    neighbour, chosen = panel.model.id_at(4), panel.selected()
    assert neighbour is not None
    assert chosen is not None
    before = top_of(panel, neighbour)
    known = store.alerts.get(chosen)
    assert known is not None
    panel.on_changed(tell(store, replace(known, status=AlertStatus.ACKNOWLEDGED)))
    assert abs(top_of(panel, neighbour) - before) <= ROW_HEIGHT
    assert panel.view.verticalScrollBar().value() <= ROW_HEIGHT


def test_unread_top_of_the_queue_follows_the_newest(panel: AlertQueuePanel, store: Store) -> None:
    panel.on_changed(tell(store, *newcomers(5)))
    assert panel.view.verticalScrollBar().value() == 0
    assert not panel.view.pill.isVisible()


def test_pill_leads_to_the_newest_and_goes(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.verticalScrollBar().setValue(20 * ROW_HEIGHT)
    panel.on_changed(tell(store, *newcomers(3)))
    assert panel.view.pill.text() == "3 new critical above"
    QTest.mouseClick(panel.view.pill, Qt.MouseButton.LeftButton)
    assert panel.view.verticalScrollBar().value() == 0
    assert not panel.view.pill.isVisible()


def test_pill_counts_down_as_the_operator_scrolls_up(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.verticalScrollBar().setValue(20 * ROW_HEIGHT)
    panel.on_changed(tell(store, *newcomers(3)))
    panel.view.verticalScrollBar().setValue(2 * ROW_HEIGHT)
    assert panel.view.pill.text() == "2 new critical above"


def test_pill_forgets_alerts_that_somebody_saw_to(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.verticalScrollBar().setValue(20 * ROW_HEIGHT)
    fresh = newcomers(3)
    panel.on_changed(tell(store, *fresh))
    panel.on_changed(tell(store, replace(fresh[1], status=AlertStatus.ACKNOWLEDGED)))
    assert panel.view.pill.text() == "2 new critical above"


def test_alert_below_the_readers_place_is_not_counted(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.verticalScrollBar().setValue(2 * ROW_HEIGHT)
    low = newcomers(1, urgency=Urgency.LOW, occurred_at=START - timedelta(days=1))
    panel.on_changed(tell(store, *low))
    assert not panel.view.pill.isVisible()


def test_alerts_pushed_out_of_a_full_queue_leave_the_list(qtbot: QtBot, clock: StillClock) -> None:
    store = Store(alert_limit=10)
    store.apply(SnapshotLoaded(Sequence(1), (), tuple(alert(n) for n in range(10)), ()))
    panel = AlertQueuePanel(store, clock)
    qtbot.addWidget(panel)
    panel.on_changed(tell(store, *newcomers(4)))
    assert rows(panel) == in_order(store)
    assert panel.model.counts.total == 10


def test_many_changes_at_once_end_in_the_same_rows(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.selectRow(5)
    reading = panel.selected()
    assert reading is not None
    before = top_of(panel, reading)
    panel.on_changed(tell(store, *newcomers(900)))
    assert rows(panel) == in_order(store)
    assert panel.selected() == reading
    assert top_of(panel, reading) == before


def test_keys_ask_for_what_their_buttons_say(panel: AlertQueuePanel) -> None:
    spies = [
        QSignalSpy(signal)
        for signal in (panel.acknowledge_requested, panel.incident_requested, panel.show_nearest_requested)
    ]
    panel.view.setFocus()
    panel.view.selectRow(0)
    for key in (Qt.Key.Key_A, Qt.Key.Key_I, Qt.Key.Key_N):
        QTest.keyClick(panel.view, key)
    assert [said(spy) for spy in spies] == [[panel.selected()]] * 3


def test_arrow_keys_select_and_escape_deselects(panel: AlertQueuePanel) -> None:
    told = QSignalSpy(panel.alert_selected)
    panel.view.setFocus()
    panel.view.selectRow(0)
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert said(told) == [panel.model.id_at(0), panel.model.id_at(1), None]
    assert not panel.view.selectionModel().hasSelection()


def test_f_goes_to_the_filter_and_enter_comes_back(panel: AlertQueuePanel) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F)
    assert panel.filter_bar.text_field.hasFocus()
    QTest.keyClicks(panel.filter_bar.text_field, "ain")
    QTest.keyClick(panel.filter_bar.text_field, Qt.Key.Key_Return)
    assert panel.view.hasFocus()


def test_selection_made_elsewhere_is_shown_and_not_echoed(panel: AlertQueuePanel, store: Store) -> None:
    told = QSignalSpy(panel.alert_selected)
    far = panel.model.id_at(50)
    panel.on_changed(store.apply(AlertSelected(far)))
    assert panel.selected() == far
    assert panel.model.id_at(panel.view.currentIndex().row()) == far
    assert 0 <= top_of(panel, AlertId(str(far))) < panel.view.viewport().height()
    assert told.count() == 0


def test_select_from_the_map_is_told_once(panel: AlertQueuePanel, store: Store) -> None:
    told = QSignalSpy(panel.alert_selected)
    far = panel.model.id_at(40)
    panel.select(far)
    panel.on_changed(store.apply(AlertSelected(far)))
    panel.select(far)
    assert said(told) == [far]


def test_filter_hides_and_says_how_many_critical_ones(panel: AlertQueuePanel, store: Store) -> None:
    panel.on_changed(tell(store, *newcomers(2, kind=AlertKind.PANIC)))
    panel.filter_bar.chip(AlertKind.GUNSHOT).setChecked(True)
    shown = [store.alerts.get(known) for known in rows(panel) if known]
    assert {known.kind for known in shown if known} == {AlertKind.GUNSHOT}
    counts = panel.model.counts
    assert counts.hidden == counts.total - len(shown)
    assert counts.hidden_critical >= 2
    assert panel.filter_bar._hidden_critical.isVisible()
    assert panel.filter_bar._hidden_critical.text() == f"{counts.hidden_critical} critical hidden"


def test_alert_that_the_filter_hides_is_counted_and_not_listed(panel: AlertQueuePanel, store: Store) -> None:
    panel.filter_bar.chip(AlertKind.GUNSHOT).setChecked(True)
    before = panel.model.counts
    panel.on_changed(tell(store, *newcomers(3, kind=AlertKind.PANIC)))
    assert panel.model.counts.hidden_critical == before.hidden_critical + 3
    assert panel.model.row_of(AlertId("alert-005000")) is None


def test_selected_alert_survives_being_filtered_away(panel: AlertQueuePanel) -> None:
    panel.view.selectRow(3)
    chosen = panel.selected()
    told = QSignalSpy(panel.alert_selected)
    panel.filter_bar.text_field.setText("nothing has these words")
    panel.filter_bar._emit()
    assert panel.model.rowCount() == 0
    assert panel.selected() == chosen
    panel.filter_bar.clear()
    assert panel.model.id_at(panel.view.currentIndex().row()) == chosen
    assert told.count() == 0


def test_row_that_leaves_the_filter_hands_the_selection_to_nobody(
    panel: AlertQueuePanel, store: Store
) -> None:
    panel.filter_bar._open_only.setChecked(True)
    panel.view.selectRow(3)
    chosen = panel.selected()
    assert chosen is not None
    known = store.alerts.get(chosen)
    assert known is not None
    told = QSignalSpy(panel.alert_selected)
    panel.on_changed(tell(store, replace(known, status=AlertStatus.ACKNOWLEDGED)))
    assert panel.model.row_of(chosen) is None
    assert panel.selected() == chosen
    assert not panel.view.selectionModel().hasSelection()
    QTest.keyClick(panel.view, Qt.Key.Key_A)
    assert told.count() == 0


@pytest.mark.parametrize("urgency", [Urgency.CRITICAL, Urgency.HIGH])
def test_least_urgency_and_open_only_narrow_the_queue(
    panel: AlertQueuePanel, store: Store, urgency: Urgency
) -> None:
    box = panel.filter_bar._urgency
    box.setCurrentIndex(box.findData(int(urgency)))
    panel.filter_bar._open_only.setChecked(True)
    wanted = [
        known.id for known in store.alerts if known.urgency <= urgency and known.status is AlertStatus.NEW
    ]
    assert rows(panel) == wanted
    assert wanted


def test_header_counts_what_nobody_has_seen_to(panel: AlertQueuePanel, store: Store) -> None:
    critical = sum(a.urgency is Urgency.CRITICAL and a.status is AlertStatus.NEW for a in store.alerts)
    new = sum(a.status is AlertStatus.NEW for a in store.alerts)
    assert panel._header._critical.text() == f"{critical} critical ·"
    assert panel._header._counts.text() == f"{new} new · 60 in all"


def test_age_grows_without_a_reset(qtbot: QtBot, panel: AlertQueuePanel, clock: StillClock) -> None:
    resets = QSignalSpy(panel.model.modelReset)
    index = panel.model.index(0)
    before = index.data(Qt.ItemDataRole.AccessibleTextRole)
    shot = panel.view.grab().toImage()
    clock.passed_s += 3600
    panel._on_tick()
    qtbot.waitUntil(lambda: panel.view.grab().toImage() != shot)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) != before
    assert resets.count() == 0


def test_painted_rows_are_recorded_with_their_first_time(
    qtbot: QtBot, panel: AlertQueuePanel, store: Store, clock: StillClock
) -> None:
    first, last = panel.model.id_at(0), panel.model.id_at(59)
    assert first is not None
    assert last is not None
    qtbot.waitUntil(lambda: panel.first_painted_at(first) is not None)
    clock.passed_s = 7.0
    panel.view.viewport().repaint()
    assert panel.first_painted_at(first) == 0.0
    assert panel.first_painted_at(last) is None, "its row is out of sight"
    assert panel.shown_count == 60


def test_paint_log_is_bounded(clock: StillClock) -> None:
    log = PaintLog(clock, limit=2)
    for number in range(3):
        log.painted(AlertId(str(number)))
    assert len(log) == 2
    assert log.first_painted_at(AlertId("0")) is None


def test_detail_is_plain_text_and_offers_what_can_be_done(panel: AlertQueuePanel, store: Store) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    made = newcomers(1, title=hostile, detail=hostile, position=None)[0]
    panel.on_changed(tell(store, made))
    panel.select(made.id)
    assert panel._detail._title.text() == hostile
    assert panel._detail._title.textFormat() is Qt.TextFormat.PlainText
    assert panel._detail._text.toPlainText() == hostile
    assert panel._acknowledge.isEnabled()
    assert not panel._nearest.isEnabled(), "an alert without a position has no nearest camera"
    panel.on_changed(tell(store, replace(made, status=AlertStatus.ACKNOWLEDGED)))
    assert not panel._acknowledge.isEnabled()


def test_alert_of_the_calendars_first_day_and_no_visible_words_can_be_read(
    panel: AlertQueuePanel, store: Store
) -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    made = newcomers(1, title="\u200b", place="\u202e7th St", detail="one\x0b\ntwo", occurred_at=first)[0]
    panel.on_changed(tell(store, made))
    panel.select(made.id)
    assert panel._detail._title.text() == KIND_WORDS[made.kind]
    assert "7th St" in panel._detail._facts.text()
    assert "\u202e" not in panel._detail._facts.text()
    assert panel._detail._text.toPlainText() == "one \ntwo"


def test_empty_queue_says_so(qtbot: QtBot, clock: StillClock) -> None:
    store = loaded()
    panel = AlertQueuePanel(store, clock)
    qtbot.addWidget(panel)
    assert panel._nothing.text() == "No alerts yet. They appear here as they arrive."
    panel.on_changed(store.apply(SessionChanged(OwnSession("Aud", ("Auditor",)))))
    assert panel._nothing.text() == "Your role does not see the alerts."


def test_reload_keeps_what_is_selected(panel: AlertQueuePanel, store: Store) -> None:
    panel.view.selectRow(4)
    chosen = panel.selected()
    store.apply(AlertSelected(chosen))
    snapshot = SnapshotLoaded(Sequence(500), (), tuple(store.alerts), ())
    store.apply(snapshot)
    panel.on_changed(Changes(all_reloaded=True, selection=True))
    assert panel.selected() == chosen
    assert panel.model.id_at(panel.view.currentIndex().row()) == chosen
