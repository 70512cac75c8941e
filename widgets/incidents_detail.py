"""The selected incident: its cameras, its record, and the note that is being written."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.ids import IncidentId
from app.domain.incident import Incident
from app.domain.ports import Clock
from app.domain.rights import Right
from app.store.state import Store
from resources import theme
from widgets.icons import icon
from widgets.incidents_holding import HoldingLine
from widgets.incidents_note import NoteEditor
from widgets.incidents_pins import PinZone
from widgets.incidents_timeline import Timeline
from widgets.plain_label import ElidedLabel, set_text
from widgets.view_state import plain_tip
from widgets.view_state_incidents import NoteBook, NoteDraft, entry_line, incident_facts, pin_row


class IncidentDetail(QWidget):
    """Shows one incident and asks for what is done to it."""

    camera_activated = Signal(str)
    pin_requested = Signal(str, str)
    unpin_requested = Signal(str, str)
    close_requested = Signal(str)
    note_requested = Signal(object)

    def __init__(self, store: Store, clock: Clock, book: NoteBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._book = book
        self._shown: IncidentId | None = None
        self._build()
        self._connect()

    @property
    def pins(self) -> PinZone:
        """The pinned cameras and their drop zone."""
        return self._pins

    @property
    def timeline(self) -> Timeline:
        """The record."""
        return self._timeline

    @property
    def note(self) -> NoteEditor:
        """The note that is being written."""
        return self._note

    @property
    def holding(self) -> HoldingLine:
        """Whether its looks are held back from owners."""
        return self._holding

    @property
    def close_button(self) -> QPushButton:
        """Asks whether to close the incident."""
        return self._close

    @property
    def confirm_button(self) -> QPushButton:
        """Closes the incident."""
        return self._confirm

    def show_incident(self, incident: Incident) -> None:
        """Show an incident as it is now."""
        other = incident.id != self._shown
        self._shown = incident.id
        now = self._clock.utc()
        set_text(self._title, " ".join(incident.title.split()))
        self._title.setToolTip(plain_tip(incident.title))
        set_text(self._facts, incident_facts(incident, now))
        if other or not incident.is_open:
            self._ask(False)
        closable = incident.is_open and self._store.may(Right.INCIDENT_CLOSE)
        self._close.setVisible(closable and self._question.isHidden())
        self._holding.show_incident(incident.id)
        cameras = self._store.cameras
        pins = [pin_row(pin, cameras.get(pin.camera_id), now) for pin in incident.pins]
        self._pins.show_pins(pins, is_open=incident.is_open)
        self._timeline.show_lines([entry_line(e, now) for e in incident.timeline], to_end=other)
        self.show_note()

    def show_note(self) -> None:
        """Show the incident's note as the book has it."""
        if self._shown is not None:
            self._note.show_note(self._book.text(self._shown), self._book.state(self._shown))

    def _build(self) -> None:
        self._title = ElidedLabel(scale="large")
        self._facts = ElidedLabel(tone="dim", scale="small")
        self._close = QPushButton(icon("check", theme.TEXT, 16), "Close…")
        self._close.setToolTip("Close the incident; asks once more")
        self._close.setAccessibleName("Close the incident")
        head = QHBoxLayout()
        head.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        head.addLayout(words, 1)
        head.addWidget(self._close)
        self._build_question()
        self._holding = HoldingLine(self._store, self._clock)
        self._pins = PinZone()
        self._timeline = Timeline()
        self._timeline.setMinimumHeight(70)
        self._note = NoteEditor()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._question)
        layout.addWidget(self._holding)
        layout.addWidget(self._pins)
        layout.addWidget(self._timeline, 1)
        layout.addWidget(self._note)

    def _build_question(self) -> None:
        self._question = QWidget()
        self._confirm = QPushButton("Close it")
        self._confirm.setProperty("role", "danger")
        self._keep = QPushButton("Keep open")
        line = QHBoxLayout(self._question)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(ElidedLabel("Close the incident?"), 1)
        line.addWidget(self._keep)
        line.addWidget(self._confirm)
        self._question.hide()

    def _connect(self) -> None:
        self._close.clicked.connect(self._on_close)
        self._keep.clicked.connect(self._on_keep)
        self._confirm.clicked.connect(self._on_confirm)
        self._pins.camera_activated.connect(self.camera_activated)
        self._pins.camera_dropped.connect(self._on_dropped)
        self._pins.unpin_requested.connect(self._on_unpin)
        self._note.text_edited.connect(self._on_text_edited)
        self._note.send_requested.connect(self._on_send)

    def _ask(self, asking: bool) -> None:
        self._question.setVisible(asking)
        self._close.setVisible(not asking)

    def _on_close(self) -> None:
        self._ask(True)
        self._keep.setFocus()

    def _on_keep(self) -> None:
        self._ask(False)
        self._close.setFocus()

    def _on_confirm(self) -> None:
        self._ask(False)
        if self._shown is not None:
            self.close_requested.emit(self._shown)

    def _on_dropped(self, camera_id: str) -> None:
        if self._shown is not None:
            self.pin_requested.emit(self._shown, camera_id)

    def _on_unpin(self, camera_id: str) -> None:
        if self._shown is not None:
            self.unpin_requested.emit(self._shown, camera_id)

    def _on_text_edited(self, text: str) -> None:
        if self._shown is not None:
            self._book.write(self._shown, text)
            self.show_note()

    def _on_send(self) -> None:
        incident = self._store.incidents.get(self._shown) if self._shown is not None else None
        draft: NoteDraft | None = self._book.send(incident) if incident is not None else None
        if draft is not None:
            self.show_note()
            self.note_requested.emit(draft)
