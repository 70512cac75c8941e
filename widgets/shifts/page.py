"""Shifts that have not ended, and a form to plan another one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDateTimeEdit,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.scope import Area, Scope
from app.domain.shift import Shift
from resources import theme
from widgets.plain_label import plain_label, set_text
from widgets.view_state import plain_tip
from widgets.view_state_shifts import ShiftRow, shift_row, words_of

COLUMNS = ("Account", "Time", "Concerned with", "State")
USUAL = timedelta(hours=4)
LONGER = timedelta(minutes=30)


class ShiftsPage(QWidget):
    """Shows and asks; nothing changes here by itself."""

    plan_requested = Signal(str, object, object, object)
    """Account, beginning and end (aware), `Scope`."""
    cancel_requested = Signal(str)
    longer_requested = Signal(str, object)
    """Shift's id and its new end (aware)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shifts: list[Shift] = []
        self._area: Area | None = None
        self._build()
        self._connect()
        self.show_shifts((), datetime.now(UTC))

    def show_shifts(self, shifts: Sequence[Shift], now: datetime) -> None:
        """Show these shifts; the selected one stays selected."""
        chosen = self._chosen()
        self._shifts = list(shifts)
        self.table.setRowCount(len(self._shifts))
        for row, shift in enumerate(self._shifts):
            self._fill(row, shift_row(shift, now))
            if chosen is not None and shift.id == chosen.id:
                self.table.selectRow(row)
        self.table.setVisible(bool(self._shifts))
        self._nothing.setVisible(not self._shifts)
        self._render_buttons()

    def begin_at(self, now: datetime) -> None:
        """Offer the next full quarter of an hour, and a usual shift from there."""
        begin = now.replace(second=0, microsecond=0) + timedelta(minutes=15 - now.minute % 15)
        self.begins.setDateTime(_local(begin))
        self.ends.setDateTime(_local(begin + USUAL))

    def say(self, words: str, tone: str = "dim") -> None:
        """Say what came of the last deed."""
        set_text(self._said, words)
        self._said.setProperty("tone", tone)
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)

    @property
    def said(self) -> str:
        """What was said last."""
        return self._said.text()

    def _build(self) -> None:
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.setAccessibleName("Shifts")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for place, width in ((0, 170), (1, 250), (3, 110)):
            header.resizeSection(place, width)
        self._nothing = plain_label("No shift is planned.", tone="dim")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.cancel_button = QPushButton("Take back")
        self.cancel_button.setProperty("role", "danger")
        self.longer_button = QPushButton("Half an hour longer")
        deeds = QHBoxLayout()
        deeds.addWidget(self.longer_button)
        deeds.addWidget(self.cancel_button)
        deeds.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.table, 1)
        column.addWidget(self._nothing, 1)
        column.addLayout(deeds)
        column.addWidget(self._form())

    def _form(self) -> QFrame:
        card = QFrame()
        card.setProperty("panel", "raised")
        self.account = _field("Account", "The account's name")
        self.begins, self.ends = QDateTimeEdit(), QDateTimeEdit()
        for edit, name in ((self.begins, "Begins"), (self.ends, "Ends")):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("ddd yyyy-MM-dd HH:mm")
            edit.setAccessibleName(name)
            edit.setMinimumHeight(theme.ROW - 4)
        self.groups = _field("Camera groups", "Tags, with commas between; empty for all cameras of the role")
        self.sources = _field("Alert sources", "With commas between; empty for all alerts of the role")
        self.plan_button = QPushButton("Plan the shift")
        self.plan_button.setProperty("role", "primary")
        self._said = plain_label("", tone="dim", wrap=True)
        form = QFormLayout(card)
        form.setContentsMargins(16, 14, 16, 14)
        form.setVerticalSpacing(8)
        for name, field in (
            ("Account", self.account),
            ("Begins", self.begins),
            ("Ends", self.ends),
            ("Camera groups", self.groups),
            ("Alert sources", self.sources),
        ):
            form.addRow(plain_label(name, tone="dim", scale="small"), field)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.plan_button)
        line.addWidget(self._said, 1)
        form.addRow(line)
        return card

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._render_buttons)
        self.plan_button.clicked.connect(self._on_plan)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.longer_button.clicked.connect(self._on_longer)

    def _fill(self, row: int, words: ShiftRow) -> None:
        for column, text in enumerate((words.account, words.time, words.scope, words.state)):
            item = QTableWidgetItem(text)
            item.setToolTip(plain_tip(text))
            self.table.setItem(row, column, item)

    def _chosen(self) -> Shift | None:
        row = self.table.currentRow()
        return self._shifts[row] if 0 <= row < len(self._shifts) else None

    def _render_buttons(self) -> None:
        chosen = self._chosen()
        open_one = chosen is not None and not chosen.cancelled
        self.cancel_button.setEnabled(open_one)
        self.longer_button.setEnabled(open_one)

    def _on_plan(self) -> None:
        groups = words_of(self.groups.text())
        folded = None if groups is None else frozenset(group.casefold() for group in groups)
        scope = Scope(folded, words_of(self.sources.text()), self._area)
        if not self.account.text().strip():
            self.say("Whose shift is it? Write the account's name.", "warn")
            self.account.setFocus()
            return
        self.plan_requested.emit(
            self.account.text().strip(), _aware(self.begins.dateTime()), _aware(self.ends.dateTime()), scope
        )

    def _on_cancel(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.cancel_requested.emit(chosen.id)

    def _on_longer(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.longer_requested.emit(chosen.id, chosen.ends_at + LONGER)


def _field(name: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(1000)
    return field


def _local(at: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(at.timestamp()))


def _aware(at: QDateTime) -> datetime:
    return datetime.fromtimestamp(at.toSecsSinceEpoch(), UTC)
