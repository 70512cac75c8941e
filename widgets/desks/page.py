"""This desk and the others that are enrolled, and which of this one's walls stay lit while it is locked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
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

from app.domain.enrolled_desk import KnownDesks
from app.domain.ids import WallId
from resources import theme
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state import plain_tip
from widgets.view_state_desks import (
    NO_WINDOW,
    choices,
    desk_cells,
    own_view,
    reason_fault,
    wall_cells,
    wall_words,
)

MOST_NAME, MOST_REASON = 100, 200
MOST_SHOWN = 4
"""Walls that stay lit which are seen without scrolling."""
_ABOUT = (
    "A lock hides every wall. Where the room itself is secure, a wall in a window of its own may stay lit: "
    "the agency's own cameras only, never private ones, and it takes no input. The setting is on record."
)


class DesksPage(QWidget):
    """Shows and asks; nothing changes here by itself."""

    enrol_requested = Signal(str)
    withdraw_requested = Signal(str)
    lit_requested = Signal(str, str)
    """Wall and reason: it is to stay lit."""
    hide_requested = Signal(str)
    read_requested = Signal()
    looked_at = Signal()
    """The window has come to the front."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = KnownDesks()
        self._build()
        self._connect()
        self.is_known = False
        """Whether the hub has said which desks there are."""
        for shown_once_known in (self._own, self._lit, self.desks, self._no_desks, self.withdraw_button):
            shown_once_known.hide()

    def show_known(self, known: KnownDesks, windows: Collection[WallId]) -> None:
        """Show the desks; ``windows`` are the walls that have a window of their own here now."""
        self._known, self.is_known = known, True
        self.read_button.hide()
        own = own_view(known)
        set_text(self.own_words, own.words)
        set_tone(self.own_words, "tone", own.tone)
        self._own.show()
        self.name.setVisible(own.may_enrol)
        self.enrol_button.setVisible(own.may_enrol)
        self._lit.setVisible(own.is_enrolled)
        walls = known.own.walls if known.own is not None else ()
        _fill(self.walls, [wall_cells(wall) for wall in walls])
        self.walls.setFixedHeight(theme.ROW * (min(len(walls), MOST_SHOWN) + 1) + 4)
        self.walls.setVisible(bool(walls))
        self.hide_button.setVisible(bool(walls))
        self._no_walls.setVisible(not walls)
        self.show_windows(windows)
        _fill(self.desks, [desk_cells(desk, known.own_id) for desk in known.desks])
        self.desks.setVisible(bool(known.desks))
        self._no_desks.setVisible(not known.desks)
        self.withdraw_button.setVisible(bool(known.desks))
        self._render_buttons()

    def show_windows(self, windows: Collection[WallId]) -> None:
        """Offer the walls that have a window of their own here; what was chosen stays chosen."""
        free, chosen = choices(windows, self._known), self.wall.currentData()
        self.wall.clear()
        for wall in free:
            self.wall.addItem(wall_words(wall), wall)
        self.wall.setCurrentIndex(max(0, self.wall.findData(chosen)))
        self.wall.setVisible(bool(free))
        self.reason.setVisible(bool(free))
        self.lit_button.setVisible(bool(free))
        self._no_window.setVisible(not free)

    def event(self, event: QEvent) -> bool:
        """Tell when the window comes to the front."""
        if event.type() is QEvent.Type.WindowActivate:
            self.looked_at.emit()
        return super().event(event)

    def say(self, words: str, tone: str = "dim") -> None:
        """Say what came of the last deed."""
        set_text(self._said, words)
        set_tone(self._said, "tone", tone)
        self.read_button.setVisible(tone == "warn" and not self.is_known)

    @property
    def said(self) -> str:
        """What was said last."""
        return self._said.text()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(_ABOUT, tone="dim", wrap=True))
        self._own, self._lit = self._build_own(), self._build_lit()
        column.addWidget(self._own)
        column.addWidget(self._lit)
        column.addWidget(plain_label("Enrolled desks", scale="large"))
        self.desks = _table(("Name", "Enrolled by", "Since", "Walls that stay lit"), "Enrolled desks")
        _widths(self.desks, 0, {1: 180, 2: 160, 3: 150})
        self._no_desks = plain_label("No desk is enrolled.", tone="dim")
        self._no_desks.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.withdraw_button = QPushButton("Withdraw this enrolment")
        self.withdraw_button.setProperty("role", "danger")
        self.read_button = QPushButton("Read again")
        self.read_button.hide()
        self._said = plain_label("", tone="dim", wrap=True)
        column.addWidget(self.desks, 1)
        column.addWidget(self._no_desks, 1)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.withdraw_button)
        line.addWidget(self.read_button)
        line.addWidget(self._said, 1)
        column.addLayout(line)

    def _build_own(self) -> QFrame:
        card, column = _card()
        self.own_words = plain_label("", wrap=True)
        self.name = _field("This desk's name", "What people call this desk, such as Front desk", MOST_NAME)
        self.enrol_button = QPushButton("Enrol this desk")
        self.enrol_button.setProperty("role", "primary")
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.name, 1)
        line.addWidget(self.enrol_button)
        column.addWidget(self.own_words)
        column.addLayout(line)
        return card

    def _build_lit(self) -> QFrame:
        card, column = _card()
        column.addWidget(plain_label("Walls of this desk that stay lit", scale="large"))
        self.walls = _table(("Wall", "Why", "Set by", "Since"), "Walls of this desk that stay lit")
        _widths(self.walls, 1, {0: 110, 2: 180, 3: 160})
        self._no_walls = plain_label("None: a lock hides every wall of this desk.", tone="dim")
        self.hide_button = QPushButton("Hide it when locked")
        self.wall = QComboBox()
        self.wall.setAccessibleName("Wall")
        self.wall.setMinimumWidth(120)
        self.reason = _field(
            "Why it may stay lit", "Why this room is secure, such as guarded, badge only", MOST_REASON
        )
        self.lit_button = QPushButton("Let it stay lit")
        self._no_window = plain_label(NO_WINDOW, tone="dim", wrap=True)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.hide_button)
        above.addStretch(1)
        below.setSpacing(12)
        below.addWidget(self.wall)
        below.addWidget(self.reason, 1)
        below.addWidget(self.lit_button)
        column.addWidget(self.walls)
        column.addWidget(self._no_walls)
        column.addLayout(above)
        column.addLayout(below)
        column.addWidget(self._no_window)
        return card

    def _connect(self) -> None:
        self.enrol_button.clicked.connect(self._on_enrol)
        self.name.returnPressed.connect(self._on_enrol)
        self.lit_button.clicked.connect(self._on_lit)
        self.hide_button.clicked.connect(self._on_hide)
        self.withdraw_button.clicked.connect(self._on_withdraw)
        self.read_button.clicked.connect(self.read_requested)
        for table in (self.walls, self.desks):
            table.itemSelectionChanged.connect(self._render_buttons)

    def _render_buttons(self) -> None:
        self.hide_button.setEnabled(self.walls.currentRow() >= 0 and bool(self.walls.selectedItems()))
        self.withdraw_button.setEnabled(self.desks.currentRow() >= 0 and bool(self.desks.selectedItems()))

    def _on_enrol(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.say("Give this desk a name that tells it from the others.", "warn")
            self.name.setFocus()
            return
        self.enrol_requested.emit(name)

    def _on_lit(self) -> None:
        fault = reason_fault(self.reason.text())
        if fault:
            self.say(fault, "warn")
            self.reason.setFocus()
            return
        self.lit_requested.emit(self.wall.currentData(), self.reason.text().strip())

    def _on_hide(self) -> None:
        own, row = self._known.own, self.walls.currentRow()
        if own is not None and 0 <= row < len(own.walls):
            self.hide_requested.emit(own.walls[row].wall)

    def _on_withdraw(self) -> None:
        row = self.desks.currentRow()
        if 0 <= row < len(self._known.desks):
            self.withdraw_requested.emit(self._known.desks[row].id)


def _card() -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setProperty("panel", "raised")
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 14, 16, 14)
    column.setSpacing(10)
    return card, column


def _field(name: str, hint: str, most: int) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(most)
    return field


def _table(columns: tuple[str, ...], name: str) -> QTableWidget:
    table = QTableWidget(0, len(columns))
    table.setHorizontalHeaderLabels(list(columns))
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.ROW)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    return table


def _fill(table: QTableWidget, rows: Sequence[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(plain_tip(text))
            table.setItem(row, column, item)
    table.clearSelection()


def _widths(table: QTableWidget, stretched: int, widths: dict[int, int]) -> None:
    header = table.horizontalHeader()
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    for column, width in widths.items():
        header.resizeSection(column, width)
