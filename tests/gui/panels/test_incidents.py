from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.ids import CameraId, IncidentId
from app.domain.incident import EntryKind, Incident, Pin, TimelineEntry
from app.store.state import Store
from tests.gui.panels.city import START, StillClock, camera, incident, loaded, tell
from tests.gui.panels.drops import BOTH, LEFT, NONE, cameras_mime, drop, hover, leave
from widgets.drag import camera_of
from widgets.incidents import IncidentPanel
from widgets.view_state_incidents import NoteDraft

FIRST, SECOND = IncidentId("incident-0"), IncidentId("incident-1")
CTRL = Qt.KeyboardModifier.ControlModifier

Shown = Callable[[QWidget, int, int], None]


@pytest.fixture
def store() -> Store:
    return loaded(cameras=12, alerts=3, incidents=4)


@pytest.fixture
def panel(shown: Shown, store: Store) -> IncidentPanel:
    made = IncidentPanel(store, StillClock())
    shown(made, 440, 760)
    made.select(FIRST)
    return made


def said(spy: QSignalSpy) -> list[tuple[object, ...]]:
    return [tuple(spy.at(i)) for i in range(spy.count())]


def with_note(known: Incident, text: str, at: int = 0) -> Incident:
    entry = TimelineEntry(START + timedelta(seconds=at), "desk-1", EntryKind.NOTE, text)
    return replace(known, timeline=(*known.timeline, entry))


def row_centre(panel: IncidentPanel, incident_id: IncidentId) -> QPoint:
    model = panel.view.model()
    row = next(r for r in range(model.rowCount()) if panel._model.id_at(model.index(r, 0)) == incident_id)
    return panel.view.visualRect(model.index(row, 0)).center()


# Dropping cameras


def test_camera_dropped_on_the_detail_is_pinned_to_the_selected_incident(
    qtbot: QtBot, panel: IncidentPanel
) -> None:
    zone = panel.detail.pins
    with qtbot.waitSignal(panel.pin_requested) as asked:
        assert hover(zone, QPoint(9, 9), cameras_mime(7))
        assert zone.property("hover") == "true"
        assert drop(zone, QPoint(9, 9), cameras_mime(7))
    assert asked.args == [FIRST, "cam-00007"]
    assert zone.property("hover") == "false"


def test_camera_dropped_on_a_row_is_pinned_to_that_incident(qtbot: QtBot, panel: IncidentPanel) -> None:
    where, viewport = row_centre(panel, SECOND), panel.view.viewport()
    with qtbot.waitSignal(panel.pin_requested) as asked:
        assert hover(viewport, where, cameras_mime(7))
        assert panel.view.target == SECOND
        assert drop(viewport, where, cameras_mime(7))
    assert asked.args == [SECOND, "cam-00007"]
    assert panel.view.target is None
    assert panel.selected() == FIRST, "a drop is no selection"


def test_frame_goes_when_the_drag_leaves(panel: IncidentPanel) -> None:
    hover(panel.view.viewport(), row_centre(panel, SECOND), cameras_mime(7))
    leave(panel.view.viewport())
    assert panel.view.target is None
    hover(panel.detail.pins, QPoint(9, 9), cameras_mime(7))
    leave(panel.detail.pins)
    assert panel.detail.pins.property("hover") == "false"


def test_foreign_text_is_not_taken(qtbot: QtBot, panel: IncidentPanel) -> None:
    foreign = QMimeData()
    foreign.setText("https://example.org/")
    asked = QSignalSpy(panel.pin_requested)
    for widget, where in (
        (panel.view.viewport(), row_centre(panel, SECOND)),
        (panel.detail.pins, QPoint(9, 9)),
    ):
        assert not hover(widget, where, foreign)
        assert not drop(widget, where, foreign)
    QGuiApplication.processEvents()
    assert asked.count() == 0


def test_closed_incident_takes_no_camera(panel: IncidentPanel, store: Store) -> None:
    panel.on_changed(tell(store, incident(0, closed_at=START), incident(1, closed_at=START)))
    assert not hover(panel.detail.pins, QPoint(9, 9), cameras_mime(7))
    assert not drop(panel.detail.pins, QPoint(9, 9), cameras_mime(7))
    assert not hover(panel.view.viewport(), row_centre(panel, SECOND), cameras_mime(7))


def test_camera_dropped_beside_the_rows_is_not_taken(panel: IncidentPanel, store: Store) -> None:
    panel.resize(440, 1400)
    below = QPoint(20, panel.view.viewport().height() - 3)
    assert not panel.view.indexAt(below).isValid()
    assert not hover(panel.view.viewport(), below, cameras_mime(7))
    assert not drop(panel.view.viewport(), below, cameras_mime(7))


def test_drag_that_comes_in_beside_the_rows_may_go_on_to_one(panel: IncidentPanel) -> None:
    panel.resize(440, 1400)
    viewport = panel.view.viewport()
    below = QPoint(20, viewport.height() - 3)
    mime = cameras_mime(7)
    enter = QDragEnterEvent(below, BOTH, mime, LEFT, NONE)
    QApplication.sendEvent(viewport, enter)
    assert enter.isAccepted(), "or Qt would send it no moves"
    assert panel.view.target is None


# Pins


def test_pins_show_names_and_can_be_shown_dragged_and_unpinned(panel: IncidentPanel, store: Store) -> None:
    pins = panel.detail.pins
    index = pins.view.model().index(0, 0)
    assert index.data() == store.cameras[CameraId("cam-00001")].name
    shown, unpinned = QSignalSpy(panel.camera_activated), QSignalSpy(panel.unpin_requested)
    centre = pins.view.visualRect(index).center()
    QTest.mouseClick(pins.view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseDClick(pins.view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    pins.view.setFocus()
    QTest.keyClick(pins.view, Qt.Key.Key_Delete)
    assert said(shown) == [("cam-00001",)]
    assert said(unpinned) == [(FIRST, "cam-00001")]
    assert camera_of(pins.view.model().mimeData([index])) == "cam-00001"


def test_cross_unpins_and_the_rest_of_the_row_does_not(panel: IncidentPanel) -> None:
    view = panel.detail.pins.view
    unpinned = QSignalSpy(panel.unpin_requested)
    rect = view.visualRect(view.model().index(0, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert unpinned.count() == 0
    cross = QPoint(rect.right() - 12, rect.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cross)
    assert said(unpinned) == [(FIRST, "cam-00001")]
    shown = QSignalSpy(panel.camera_activated)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cross)
    assert shown.count() == 0
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert said(shown) == [("cam-00001",)]


def test_renamed_camera_is_renamed_among_the_pins(panel: IncidentPanel, store: Store) -> None:
    panel.on_changed(tell(store, camera(1, name="Ferry landing")))
    assert panel.detail.pins.view.model().index(0, 0).data() == "Ferry landing"


# Timeline


def test_timeline_follows_the_end_only_when_the_reader_is_there(panel: IncidentPanel, store: Store) -> None:
    known = store.incidents[FIRST]
    for number in range(40):
        known = with_note(known, f"note {number}")
    panel.on_changed(tell(store, known))
    bar = panel.detail.timeline.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    bar.setValue(50)
    panel.on_changed(tell(store, with_note(known, "one more")))
    assert bar.value() == 50
    bar.setValue(bar.maximum())
    panel.on_changed(tell(store, with_note(with_note(known, "one more"), "and another")))
    assert bar.value() == bar.maximum()
    assert panel.detail.timeline.line_count() == 45


def test_texts_from_outside_are_shown_as_text(panel: IncidentPanel, store: Store) -> None:
    hostile = "<img src=x onerror=alert(1)><b>bold</b>"
    panel.on_changed(tell(store, with_note(incident(0, title=hostile), hostile)))
    assert panel.detail._title.text() == hostile
    assert panel.detail._title.textFormat() is Qt.TextFormat.PlainText
    assert "<img" not in panel.detail._title.toolTip()
    model = panel.detail.timeline.model()
    assert model.index(model.rowCount() - 1, 0).data().endswith(hostile)


def test_entry_is_copied_with_time_and_name(panel: IncidentPanel) -> None:
    timeline = panel.detail.timeline
    timeline.setFocus()
    timeline.setCurrentIndex(timeline.model().index(2, 0))
    QTest.keyClick(timeline, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().endswith("desk-4: Unit 12 is two minutes out.")


# Notes


def write(panel: IncidentPanel, text: str) -> list[NoteDraft]:
    sent: list[NoteDraft] = []
    panel.note_requested.connect(sent.append)
    QTest.keyClicks(panel.detail.note.field, text)
    QTest.keyClick(panel.detail.note.field, Qt.Key.Key_Return, CTRL)
    return sent


def test_note_stays_in_the_editor_until_the_timeline_has_it(panel: IncidentPanel, store: Store) -> None:
    sent = write(panel, "Unit 12 is there.")
    note = panel.detail.note
    assert [(d.incident_id, d.text) for d in sent] == [(FIRST, "Unit 12 is there.")]
    assert note.field.toPlainText() == "Unit 12 is there."
    assert note.field.isReadOnly()
    assert note._words.text() == "Sending…"
    panel.on_changed(tell(store, with_note(store.incidents[FIRST], "Unit 12 is there.")))
    assert note.field.toPlainText() == ""
    assert not note.field.isReadOnly()


def test_failed_note_is_sent_again_with_the_same_id(panel: IncidentPanel) -> None:
    sent = write(panel, "Unit 12 is there.")
    panel.note_failed(sent[0].note_id)
    note = panel.detail.note
    assert note.field.toPlainText() == "Unit 12 is there."
    assert note._words.text() == "Not sent. Press to try again."
    note.send_button.click()
    assert [draft.note_id for draft in sent] == [sent[0].note_id] * 2


def test_note_fails_while_another_incident_is_shown_and_waits_there(panel: IncidentPanel) -> None:
    sent = write(panel, "for the first")
    panel.select(SECOND)
    QTest.keyClicks(panel.detail.note.field, "for the second")
    panel.note_failed(sent[0].note_id)
    assert panel.detail.note.field.toPlainText() == "for the second"
    panel.select(FIRST)
    assert panel.detail.note.field.toPlainText() == "for the first"
    assert panel.detail.note.send_button.text() == "Try again"


def test_drafts_survive_switching_incidents_and_a_restart(
    qtbot: QtBot, panel: IncidentPanel, store: Store
) -> None:
    QTest.keyClicks(panel.detail.note.field, "half a thought")
    panel.select(SECOND)
    assert panel.detail.note.field.toPlainText() == ""
    panel.select(FIRST)
    assert panel.detail.note.field.toPlainText() == "half a thought"
    later = IncidentPanel(store, StillClock())
    qtbot.addWidget(later)
    later.restore_drafts(panel.drafts())
    later.select(FIRST)
    assert later.detail.note.field.toPlainText() == "half a thought"


def test_cursor_stays_where_it_is_while_others_write(panel: IncidentPanel, store: Store) -> None:
    field = panel.detail.note.field
    QTest.keyClicks(field, "abc")
    QTest.keyClick(field, Qt.Key.Key_Left)
    panel.on_changed(tell(store, with_note(store.incidents[FIRST], "from the other desk")))
    QTest.keyClicks(field, "X")
    assert field.toPlainText() == "abXc"


def test_blank_note_cannot_be_sent(panel: IncidentPanel) -> None:
    assert write(panel, "   ") == []
    assert not panel.detail.note.send_button.isEnabled()


# Incidents


def test_new_incident_is_opened_by_hand_with_the_keyboard(panel: IncidentPanel) -> None:
    asked = QSignalSpy(panel.open_requested)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_N, CTRL)
    assert panel.new_incident.title_field.hasFocus()
    QTest.keyClick(panel.new_incident.title_field, Qt.Key.Key_Return)
    assert asked.count() == 0, "an incident needs a title"
    QTest.keyClicks(panel.new_incident.title_field, "Fire, Quay West")
    QTest.keyClick(panel.new_incident.title_field, Qt.Key.Key_Return)
    assert said(asked) == [("Fire, Quay West",)]
    assert not panel.new_incident.isVisible()


def test_escape_leaves_the_new_incident(panel: IncidentPanel) -> None:
    panel._new_action.trigger()
    QTest.keyClicks(panel.new_incident.title_field, "never mind")
    QTest.keyClick(panel.new_incident.title_field, Qt.Key.Key_Escape)
    assert not panel.new_incident.isVisible()
    assert panel.new_incident.title_field.text() == ""


def test_incident_opened_here_is_selected_when_the_hub_tells_of_it(
    panel: IncidentPanel, store: Store
) -> None:
    panel.select(IncidentId("incident-9"))
    assert panel.selected() == FIRST
    panel.on_changed(tell(store, incident(9)))
    assert panel.selected() == "incident-9"


def test_closing_asks_once_more_in_place(panel: IncidentPanel) -> None:
    asked = QSignalSpy(panel.close_requested)
    panel.detail.close_button.click()
    assert asked.count() == 0
    assert panel.detail.confirm_button.isVisible()
    panel.detail.confirm_button.click()
    assert said(asked) == [(FIRST,)]


def test_question_is_not_carried_to_another_incident(panel: IncidentPanel) -> None:
    panel.detail.close_button.click()
    panel.select(SECOND)
    assert not panel.detail.confirm_button.isVisible()


def test_closed_incident_goes_below_the_open_ones_and_stays_selected(
    panel: IncidentPanel, store: Store
) -> None:
    told = QSignalSpy(panel.incident_selected)
    panel.on_changed(tell(store, incident(0, closed_at=START)))
    assert panel._model.row_of(FIRST) == 3
    assert panel.selected() == FIRST
    assert panel._count.text() == "3 open · 1 closed"
    assert not panel.detail.close_button.isVisible()
    assert told.count() == 0


def test_list_selects_with_the_keyboard(panel: IncidentPanel) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.selected() == SECOND


def test_empty_panel_says_how_to_begin(qtbot: QtBot) -> None:
    panel = IncidentPanel(loaded(), StillClock())
    qtbot.addWidget(panel)
    assert "Open one by hand" in panel._nothing.text()
    assert panel.selected() is None


def test_many_pins_leave_room_for_the_record(panel: IncidentPanel, store: Store) -> None:
    pins = tuple(Pin(CameraId(f"cam-{n:05d}"), "desk-2", START) for n in range(12))
    panel.on_changed(tell(store, incident(0, pins=pins)))
    assert panel.detail.pins.view.model().rowCount() == 12
    assert panel.detail.timeline.height() >= 70


# Held back from owners


def test_a_long_refusal_to_hold_looks_back_is_readable_in_a_narrow_and_low_pane(
    shown: Shown, store: Store
) -> None:
    made = IncidentPanel(store, StillClock())
    made.detail.holding.offered = True
    shown(made, 280, 440)
    made.select(FIRST)
    line = made.detail.holding
    line.button.click()
    line.confirm.click()
    line.answer(FIRST, "There is no such incident. " * 6)
    QApplication.processEvents()
    assert line.problem.isVisible()
    assert line.problem.height() >= line.problem.heightForWidth(line.problem.width())
    assert made.width() == 280
