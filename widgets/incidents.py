"""The incident panel: what the room works on, with cameras, record and notes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.clock import SystemClock
from app.domain.ids import IncidentId
from app.domain.incident import Incident
from app.domain.ports import Clock
from app.domain.rights import Right
from app.store.queries import open_incidents
from app.store.state import Store
from resources import theme
from widgets.action_button import ActionButton
from widgets.icons import icon
from widgets.incidents_detail import IncidentDetail
from widgets.incidents_list import IncidentList
from widgets.incidents_model import IncidentListModel
from widgets.incidents_new import NewIncident
from widgets.plain_label import plain_label, set_text
from widgets.view_state_incidents import NoteBook, incident_count_words, incident_row

_NOT_FOR_YOU = "Your role does not see the incidents."


class IncidentPanel(QWidget):
    """List above, the selected incident below. Cameras are pinned by dropping them on either."""

    camera_activated = Signal(str)
    """`CameraId` to put on the wall."""
    pin_requested = Signal(str, str)
    """`IncidentId`, `CameraId`."""
    unpin_requested = Signal(str, str)
    """`IncidentId`, `CameraId`."""
    note_requested = Signal(object)
    """`NoteDraft`."""
    open_requested = Signal(str)
    """The new incident's title."""
    close_requested = Signal(str)
    """`IncidentId`."""
    incident_selected = Signal(object)
    """`IncidentId` that the operator selected, or None."""

    def __init__(self, store: Store, clock: Clock | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock or SystemClock()
        self._book = NoteBook()
        self._model = IncidentListModel()
        self._selected: IncidentId | None = None
        self._awaited: IncidentId | None = None
        self._build()
        self._connect()
        self._render()

    @property
    def view(self) -> IncidentList:
        """The list of incidents."""
        return self._view

    @property
    def focus_target(self) -> QWidget:
        """The widget that takes the focus when the operator goes to this panel."""
        return self._view

    @property
    def detail(self) -> IncidentDetail:
        """The selected incident."""
        return self._detail

    @property
    def new_incident(self) -> NewIncident:
        """The title field of a new incident."""
        return self._new

    @property
    def new_incident_offered(self) -> bool:
        """Whether a new incident is offered to whoever sits here."""
        return self._new_action.isEnabled()

    def selected(self) -> IncidentId | None:
        """Return the selected incident."""
        return self._selected

    def select(self, incident_id: IncidentId | None) -> None:
        """Select an incident; one that the hub has not told of yet is selected when it comes."""
        if incident_id is not None and incident_id not in self._store.incidents:
            self._awaited = incident_id
            return
        self._awaited = None
        self._choose(incident_id)
        self._render()

    def note_failed(self, note_id: str) -> None:
        """Say that a note did not reach the hub; its text stays and can be sent again."""
        if self._book.fail(note_id) is not None:
            self._detail.show_note()

    def drafts(self) -> dict[str, str]:
        """Return the unfinished notes by incident, for the workspace file."""
        return self._book.drafts()

    def restore_drafts(self, drafts: Mapping[str, str]) -> None:
        """Take back what `drafts` returned before the program ended."""
        self._book.restore(drafts)
        self._book.drop_written(self._store.incidents)
        self._detail.show_note()

    def drafts_by(self) -> dict[str, dict[str, str]]:
        """Return the unfinished notes of everybody who has signed in here, by name and incident."""
        return self._book.drafts_by()

    def restore_drafts_by(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        """Take back what `drafts_by` returned before the program ended; each waits for who wrote it."""
        self._book.restore_by(drafts)

    def on_changed(self, changes: Changes) -> None:
        """Re-read the incidents, and the names of pinned cameras."""
        if changes.session:
            if self._store.session is not None and self._book.change_hands(self._store.session.user):
                self._detail.show_note()
            may_open = self._store.may(Right.INCIDENT_OPEN)
            self._new_action.setEnabled(may_open)
            self._new_button.setVisible(may_open and self._new.isHidden())
            offer = " Open one by hand, or from an alert with the key I." if may_open else ""
            sees = self._store.may(Right.SEE_ROOM)
            set_text(
                self._nothing, f"No incidents.{offer}" if sees else "Your role does not see the incidents."
            )
        if changes.incidents or changes.all_reloaded:
            touched = list(self._store.incidents) if changes.all_reloaded else changes.incidents
            self._book.drop_written(self._store.incidents)
            for incident_id in touched:
                incident = self._store.incidents.get(incident_id)
                if incident is not None:
                    self._book.settle(incident)
            if self._awaited in self._store.incidents:
                self._choose(self._awaited)
                self._awaited = None
            self._render()
            return
        shown = self._incident()
        if shown is not None and any(pin.camera_id in changes.cameras for pin in shown.pins):
            self._detail.show_incident(shown)

    def _build(self) -> None:
        self.setWindowTitle("Incidents")
        self._count = plain_label(tone="dim")
        self._new_action = QAction(icon("plus", theme.TEXT, 16), "New incident", self)
        self._new_action.setShortcut(QKeySequence("Ctrl+N"))
        self._new_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._new_action.setToolTip("Open an incident by hand (Ctrl+N)")
        self.addAction(self._new_action)
        self._new_button = ActionButton(self._new_action)
        self._new = NewIncident()
        self._new.hide()
        self._view = IncidentList(self._model)
        self._nothing = plain_label(
            "No incidents. Open one by hand, or from an alert with the key I.", tone="dim", wrap=True
        )
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._detail = IncidentDetail(self._store, self._clock, self._book)
        self._none_selected = plain_label("Select an incident.", tone="dim", wrap=True)
        self._none_selected.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(theme.GAP + 2, theme.GAP, theme.GAP, 0)
        top.addWidget(self._count, 1)
        top.addWidget(self._new_button)
        self._lists = QStackedWidget()
        self._lists.addWidget(self._view)
        self._lists.addWidget(self._nothing)
        self._details = QStackedWidget()
        self._details.addWidget(self._detail)
        self._details.addWidget(self._none_selected)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._lists)
        halves.addWidget(self._details)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 3)
        halves.setSizes([150, 420])
        self._lists.setMinimumHeight(70)
        new = QVBoxLayout()
        new.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
        new.addWidget(self._new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(new)
        layout.addWidget(halves, 1)

    def _connect(self) -> None:
        self._new_action.triggered.connect(self._on_new)
        self._new.open_requested.connect(self.open_requested)
        self._new.left.connect(self._on_new_left)
        self._view.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self._view.camera_dropped.connect(self.pin_requested)
        for signal, relayed in (
            (self._detail.camera_activated, self.camera_activated),
            (self._detail.pin_requested, self.pin_requested),
            (self._detail.unpin_requested, self.unpin_requested),
            (self._detail.note_requested, self.note_requested),
            (self._detail.close_requested, self.close_requested),
        ):
            signal.connect(relayed)

    def _incident(self) -> Incident | None:
        return self._store.incidents.get(self._selected) if self._selected is not None else None

    def _render(self) -> None:
        now = self._clock.utc()
        rows = [(incident, incident_row(incident, now)) for incident in open_incidents(self._store)]
        value = self._view.verticalScrollBar().value()
        with QSignalBlocker(self._view.selectionModel()):
            self._model.show_incidents(rows)
            row = self._model.row_of(self._selected)
            if row is not None:
                self._view.setCurrentIndex(self._model.index(row))
        self._view.verticalScrollBar().setValue(value)
        set_text(self._count, incident_count_words(self._store.incidents))
        self._lists.setCurrentIndex(0 if rows else 1)
        self._render_detail()

    def _render_detail(self) -> None:
        incident = self._incident()
        self._details.setCurrentIndex(1 if incident is None else 0)
        self._details.setVisible(bool(self._store.incidents))
        if incident is not None:
            self._detail.show_incident(incident)

    def _choose(self, incident_id: IncidentId | None) -> None:
        if incident_id != self._selected:
            self._selected = incident_id
            self.incident_selected.emit(incident_id)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        self._choose(self._model.id_at(current) if current.isValid() else None)
        self._render_detail()

    def _on_new(self) -> None:
        self._new_button.hide()
        self._new.show()
        self._new.title_field.setFocus()

    def _on_new_left(self) -> None:
        self._new.hide()
        self._new_button.setVisible(self._store.may(Right.INCIDENT_OPEN))
        self._view.setFocus()

    def sizeHint(self) -> QSize:
        """Return a size at which list and detail are both usable."""
        return QSize(400, 640)
