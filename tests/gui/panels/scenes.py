"""The gallery's pictures: each panel in the states that are easy to get wrong."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.alert import Urgency
from app.domain.changes import Changes
from app.domain.events import AlertSelected, LinkChanged, LinkState, Notice, NoticeLevel, NoticeRaised
from app.domain.ids import AlertId, CameraId, IncidentId
from app.domain.incident import EntryKind, HeldBack, Pin, TimelineEntry
from app.domain.ports import ImportPlan, RefusedRow
from tests.gui.panels.city import START, StillClock, alert, camera, incident, loaded, tell
from widgets.alert_queue import AlertQueuePanel
from widgets.camera_list import CameraList
from widgets.import_dialog import ImportDialog
from widgets.incidents import IncidentPanel
from widgets.notices import NoticeStack
from widgets.start_page import StartPage
from widgets.status_line import StatusLine

LONG = "Junction of the Old Northern Ring Road with the Upper Embankment, south-western pole"
Scene = tuple[str, int, int, QWidget]


def scenes() -> Iterator[Scene]:
    yield from camera_scenes()
    yield from alert_scenes()
    yield from incident_scenes()
    yield from frame_scenes()


def camera_scenes() -> Iterator[Scene]:
    store = loaded(cameras=240)
    tell(store, camera(3, name="AA " + LONG, tags=("bridge", "ptz", "transit", "night")))
    panel = CameraList(store)
    panel.set_on_wall(frozenset(CameraId(f"cam-{n:05d}") for n in (3, 20, 47)))
    panel.view.selectRow(1)
    yield "cameras", 340, 520, panel
    found = CameraList(store)
    found.set_on_wall(frozenset((CameraId("cam-00003"),)))
    found.search_field.setText("quai west")
    found.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    yield "cameras-search-narrow", 280, 420, found
    none = CameraList(store)
    none.search_field.setText("zzzzqqq")
    yield "cameras-no-match", 280, 300, none
    yield "cameras-empty", 280, 300, CameraList(loaded())


def alert_scenes() -> Iterator[Scene]:
    store = loaded(alerts=240)
    tell(
        store,
        alert(900, title=LONG, urgency=Urgency.CRITICAL, detail="Caller hides in the back room.\nTwo men."),
    )
    tell(store, alert(1, urgency=Urgency.CRITICAL, received_at=StillClock().utc()))
    store.apply(AlertSelected(AlertId("alert-000900")))
    panel = AlertQueuePanel(store, StillClock())
    panel.on_changed(Changes(all_reloaded=True))
    yield "alerts", 400, 720, panel
    yield "alerts-docked", 460, 520, AlertQueuePanel(store, StillClock())
    narrow = AlertQueuePanel(store, StillClock())
    narrow.resize(280, 640)
    narrow.show()
    narrow.view.verticalScrollBar().setValue(400)
    fresh = [alert(2000 + n, occurred_at=StillClock().utc()) for n in range(9)]
    tell(store, *fresh)
    narrow.on_changed(Changes(alerts=frozenset(a.id for a in fresh)))
    narrow.filter_bar.text_field.setText("rd")
    narrow.filter_bar.clear()
    yield "alerts-narrow-pill", 280, 640, narrow
    hidden = AlertQueuePanel(store, StillClock())
    hidden.filter_bar.chip(next(iter(hidden.filter_bar._chips))).setChecked(True)
    yield "alerts-filtered", 400, 640, hidden
    yield "alerts-empty", 280, 520, AlertQueuePanel(loaded(), StillClock())


def holding_scenes() -> Iterator[Scene]:
    """What the cameras' owners are told of an incident's looks."""
    store = loaded(cameras=30, incidents=2)
    tell(store, incident(0, title=LONG, held_back=HeldBack(LONG, START)))

    def panel(number: int) -> IncidentPanel:
        made = IncidentPanel(store, StillClock())
        made.detail.holding.offered = True
        made.select(IncidentId(f"incident-{number}"))
        return made

    yield "incidents-told", 440, 560, panel(1)
    asked = panel(1)
    asked.detail.holding.button.click()
    yield "incidents-hold-asked-docked", 460, 440, asked
    held = panel(0)
    yield "incidents-held-docked", 460, 440, held
    refused = panel(1)
    refused.detail.holding.button.click()
    refused.detail.holding.confirm.click()
    words = (
        "There is no such incident. It lies outside the area of your shift; ask a supervisor of that area."
    )
    refused.detail.holding.answer(IncidentId("incident-1"), words)
    yield "incidents-hold-refused", 280, 680, refused
    tell_asked = panel(0)
    tell_asked.detail.holding.button.click()
    yield "incidents-tell-asked-narrow", 280, 680, tell_asked


def incident_scenes() -> Iterator[Scene]:
    store = loaded(cameras=30, alerts=5, incidents=5)
    pins = tuple(Pin(CameraId(f"cam-{n:05d}"), "desk-2", START) for n in range(1, 4))
    long = (
        "The caller says that two men ran along the embankment towards the old bridge, one in a red coat."
        "\nUnits 12 and 14 informed."
    )
    timeline = (
        *incident(0).timeline,
        TimelineEntry(START, "desk-2", EntryKind.NOTE, long),
        TimelineEntry(START, "desk-4", EntryKind.NOTE, "<b>plain</b> & simple"),
    )
    tell(store, incident(0, title=LONG, pins=pins, timeline=timeline))
    tell(
        store,
        incident(
            3,
            closed_at=START,
            timeline=(
                *incident(3).timeline,
                TimelineEntry(START, "desk-1", EntryKind.CLOSED, "Closed the incident"),
            ),
        ),
    )
    panel = IncidentPanel(store, StillClock())
    panel.select(IncidentId("incident-0"))
    panel.detail.note.field.setPlainText("Suspect vehicle is a grey pickup, plate 7XKJ204")
    yield "incidents", 440, 760, panel
    docked = IncidentPanel(store, StillClock())
    docked.select(IncidentId("incident-0"))
    yield "incidents-docked", 460, 440, docked
    failed = IncidentPanel(store, StillClock())
    failed.select(IncidentId("incident-0"))
    failed.note_requested.connect(lambda draft: failed.note_failed(draft.note_id))
    failed.detail.note.field.setPlainText("Suspect vehicle is a grey pickup")
    failed.detail.note.send_button.click()
    failed.detail.close_button.click()
    yield "incidents-narrow-failed", 280, 680, failed
    yield from holding_scenes()
    closed = IncidentPanel(store, StillClock())
    closed.select(IncidentId("incident-3"))
    yield "incidents-closed", 440, 600, closed
    new = IncidentPanel(loaded(), StillClock())
    new._new_action.trigger()
    yield "incidents-empty-new", 340, 440, new


def frame_scenes() -> Iterator[Scene]:
    store = loaded(cameras=7029, alerts=240)
    levels = (NoticeLevel.INFO, NoticeLevel.WARNING, NoticeLevel.ERROR, NoticeLevel.ERROR)
    for number, level in enumerate(levels, start=1):
        words = "The settings file was damaged; it was set aside as settings-2026-11-21.json."
        store.apply(NoticeRaised(Notice(number, START, level, words, "Check the settings.")))
    clock = StillClock()
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(NoticeStack(store, clock))
    column.addStretch(1)
    for link in LinkState:
        store.apply(LinkChanged(link, "The hub does not answer." if link is LinkState.LOST else ""))
        line = StatusLine(store, clock)
        clock.passed_s += 95
        line.set_stall(12 if link is LinkState.CONNECTED else 45)
        line._on_tick()
        column.addWidget(line)
    yield "notices-and-status", 1000, 300, page
    command = "Install libVLC and its plugins, then try again: sudo apt install libvlc5 vlc-plugin-base"
    yield "start-page", 860, 520, StartPage("Video cannot be shown on this computer", command)
    refused = tuple(RefusedRow(n * 3, f"latitude “{n}N” is not a number") for n in range(1, 5001))
    yield "import", 680, 520, ImportDialog("cameras-2026.csv", ImportPlan("t", 412, 9, 6608, refused))
    yield "import-nothing", 680, 320, ImportDialog("cameras-2026.csv", ImportPlan("t", 0, 0, 7029, ()))
