"""The alert queue: what came in, most urgent and newest first, and what the operator does about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.ids import AlertId
from app.domain.ports import Clock
from app.domain.rights import Right
from app.store.queries import AlertFilter
from app.store.state import Store
from resources import theme
from widgets.alert_queue_delegate import AlertDelegate, PaintLog
from widgets.alert_queue_detail import AlertDetail
from widgets.alert_queue_filter import AlertFilterBar
from widgets.alert_queue_header import AlertHeader
from widgets.alert_queue_model import AlertQueueModel
from widgets.alert_queue_view import AlertView
from widgets.icons import icon
from widgets.plain_label import plain_label
from widgets.view_state import count_words

TICK_MS = 1000


class AlertQueuePanel(QWidget):
    """Filter, list and detail. The row under the operator's eye stays there while alerts come in."""

    alert_selected = Signal(object)
    """`AlertId` that the operator selected, or None."""
    acknowledge_requested = Signal(str)
    incident_requested = Signal(str)
    """`AlertId` to open an incident from."""
    show_nearest_requested = Signal(str)
    """`AlertId` whose four nearest cameras go on the wall."""

    def __init__(self, store: Store, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._selected: AlertId | None = store.selected_alert
        self._log = PaintLog(clock)
        self._model = AlertQueueModel(store, clock)
        self._build()
        self._connect()
        self._render()

    @property
    def view(self) -> AlertView:
        """The list itself, for focus."""
        return self._view

    @property
    def filter_bar(self) -> AlertFilterBar:
        """The filter above the list."""
        return self._filter

    @property
    def model(self) -> AlertQueueModel:
        """The rows."""
        return self._model

    @property
    def shown_count(self) -> int:
        """How many different alerts have been rows of this queue."""
        return self._model.ever_shown

    def first_painted_at(self, alert_id: AlertId) -> float | None:
        """Return the clock's monotonic time at which the alert's row was first painted, None if never."""
        return self._log.first_painted_at(alert_id)

    def selected(self) -> AlertId | None:
        """Return the selected alert."""
        return self._selected

    def select(self, alert_id: AlertId | None) -> None:
        """Select an alert as if the operator had done it here: the list goes to it and says so."""
        self._view.select(alert_id, scroll=True)
        self._choose(alert_id)

    def on_changed(self, changes: Changes) -> None:
        """Bring rows, counts and selection up to date; the operator's place in the list is held."""
        if changes.selection or changes.all_reloaded:
            moved = self._selected != self._store.selected_alert
            self._selected = self._store.selected_alert
        else:
            moved = False
        if changes.session:
            self._render()
        if changes.all_reloaded or changes.alerts:
            reading = self._view.is_reading()
            before = self._view.place() if reading else {}
            with QSignalBlocker(self._view.selectionModel()):
                if changes.all_reloaded:
                    self._model.reload()
                else:
                    self._model.follow(changes.alerts, reading=reading)
            self._view.select(self._selected, scroll=False)
            self._view.hold(before)
            self._render()
        if moved:
            self._view.select(self._selected, scroll=True)
            self._render_selected()

    def _build(self) -> None:
        self.setWindowTitle("Alerts")
        self._filter = AlertFilterBar()
        self._view = AlertView(self._model)
        self._view.setItemDelegate(AlertDelegate(self._clock, self._log, self._view))
        self._header = AlertHeader()
        self._build_actions()
        self._detail = AlertDetail(
            self._clock, (self._acknowledge, self._open, self._nearest), self._store.may
        )
        self._nothing = plain_label(tone="dim", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._show_all = QPushButton("Show all")
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self._nothing)
        column.addWidget(self._show_all, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._view)
        self._pages.addWidget(empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._header)
        layout.addWidget(self._filter)
        layout.addLayout(self._pages, 1)
        layout.addWidget(self._detail)
        layout.setSpacing(6)

    def _build_actions(self) -> None:
        self._acknowledge = self._action("Acknowledge", "check", "A", self._on_acknowledge)
        self._open = self._action("Incident", "incident-add", "I", self._on_open)
        self._open.setToolTip("Open an incident from this alert (I)")
        self._nearest = self._action("4 nearest", "nearest", "N", self._on_nearest)
        self._nearest.setToolTip("Put the four nearest cameras on the wall (N)")
        self._to_filter = self._action("Filter…", "filter", "F", self._filter.focus_text)
        self._to_top = self._action("Go to the newest", "arrow-up", "T", self._view.go_to_newest)
        self._deselect = self._action("Deselect", "close", "Esc", self._on_deselect)

    def _action(self, text: str, picture: str, keys: str, slot: Callable[[], None]) -> QAction:
        action = QAction(icon(picture, theme.TEXT, 16), text, self._view)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(f"{text} ({keys})")
        action.triggered.connect(slot)
        self._view.addAction(action)
        return action

    def _connect(self) -> None:
        self._filter.filter_changed.connect(self._on_filter_changed)
        self._filter.left.connect(self._view.setFocus)
        self._show_all.clicked.connect(self._filter.clear)
        self._view.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self._view.place_left.connect(self._view.setFocus)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._on_tick)
        self._ticker.start()

    def _render(self) -> None:
        counts = self._model.counts
        self._header.set_counts(counts)
        self._filter.set_counts(counts)
        self._pages.setCurrentIndex(0 if self._model.rowCount() else 1)
        self._show_all.setVisible(counts.total > 0)
        if counts.total:
            self._nothing.setText(f"The filter hides {count_words(counts.total, 'alert')}.")
        elif self._store.may(Right.SEE_ROOM):
            self._nothing.setText("No alerts yet. They appear here as they arrive.")
        else:
            self._nothing.setText("Your role does not see the alerts.")
        self._render_selected()

    def _render_selected(self) -> None:
        chosen = self._store.alerts.get(self._selected) if self._selected is not None else None
        self._detail.show_alert(chosen)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        self._choose(self._model.id_at(current.row()) if current.isValid() else None)

    def _choose(self, alert_id: AlertId | None) -> None:
        if alert_id != self._selected:
            self._selected = alert_id
            self._render_selected()
            self.alert_selected.emit(alert_id)

    def _on_filter_changed(self, wanted: AlertFilter) -> None:
        with QSignalBlocker(self._view.selectionModel()):
            self._model.set_filter(wanted)
        self._view.select(self._selected, scroll=True)
        self._view.show_unseen()
        self._render()

    def _on_acknowledge(self) -> None:
        if self._selected is not None:
            self.acknowledge_requested.emit(self._selected)

    def _on_open(self) -> None:
        if self._selected is not None:
            self.incident_requested.emit(self._selected)

    def _on_nearest(self) -> None:
        if self._selected is not None:
            self.show_nearest_requested.emit(self._selected)

    def _on_deselect(self) -> None:
        self._view.select(None, scroll=False)
        self._choose(None)

    def _on_tick(self) -> None:
        if self.isVisible():
            self._view.viewport().update()

    def sizeHint(self) -> QSize:
        """Return a width at which title and age stand side by side."""
        return QSize(400, 620)
