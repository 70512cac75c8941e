"""The record: search, list, one record whole, and the list as a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.record import AuditRecord, RecordSearch
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.record.detail import RecordDetail
from widgets.record.paged_table import Column, PagedModel, PagedTable, tone
from widgets.record.search_bar import RecordSearchBar
from widgets.view_state_record import Name, RecordRow, found_words, record_fields, record_row

COLUMNS: tuple[Column[RecordRow], ...] = (
    Column("Time", lambda r: r.time, "2026-11-26 18:44:24", lambda r: r.utc),
    Column("Who", lambda r: r.who, "Dana van Operator"),
    Column("What", lambda r: r.what),
    Column("Why", lambda r: r.why, "Missing person"),
    Column("Desk", lambda r: r.where, "192.168.100.17"),
    Column("No.", lambda r: f"{r.position:,}", "999,999", number=True),
)


class RecordsPage(QWidget):
    """Asks for records a page at a time; whoever reads them calls `show_first`, `add` or `show_problem`."""

    search_requested = Signal(object)
    """`RecordSearch`."""
    more_requested = Signal(int)
    """The position that the next page is before."""
    looks_requested = Signal(str)
    """The id of a camera."""
    export_requested = Signal(object)
    """`RecordSearch`."""

    def __init__(self, name: Name, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._records: list[AuditRecord] = []
        self._build()
        self._connect()

    @property
    def search(self) -> RecordSearchBar:
        """The search fields."""
        return self._search

    @property
    def view(self) -> PagedTable:
        """The list."""
        return self._view

    @property
    def detail(self) -> RecordDetail:
        """The chosen record."""
        return self._detail

    @property
    def words(self) -> QLabel:
        """How much is here, or why it is not."""
        return self._words

    @property
    def export_button(self) -> QPushButton:
        """Asks for the search as a file."""
        return self._export

    def show_loading(self) -> None:
        """Say that the hub is being asked."""
        self._say("Reading the record …", "dim")

    def show_first(self, records: Sequence[AuditRecord], *, more: bool) -> None:
        """Show the newest records of a search."""
        self._records = list(records)
        self._model.show_rows([record_row(record, self._name) for record in records], more=more)
        self._detail.show_fields((), has_camera=False)
        self._say_found(more)
        if records:
            self._view.selectRow(0)

    def add(self, records: Sequence[AuditRecord], *, more: bool) -> None:
        """Add the next page."""
        self._records += records
        self._model.add_rows([record_row(record, self._name) for record in records], more=more)
        self._say_found(more)

    def show_problem(self, words: str, *, again: bool = False) -> None:
        """Say why the record could not be read; ``again``: scrolling may ask for the page once more."""
        self._say(words, "warn")
        if again:
            self._model.want_more()

    def show_export(self, words: str, *, busy: bool = False, failed: bool = False) -> None:
        """Say how far the export is, or what became of it."""
        set_text(self._exported, words)
        set_tone(self._exported, "tone", "warn" if failed else "dim")
        self._export.setEnabled(not busy)

    def _build(self) -> None:
        self._search = RecordSearchBar()
        self._model: PagedModel[RecordRow] = PagedModel(COLUMNS, lambda row: tone(row.refused))
        self._view = PagedTable("Records", self._model)
        self._looks_action = self._view.row_action(
            "Who looked at this camera", "camera", "L", self._on_looks_asked
        )
        self._detail = RecordDetail()
        self._words = plain_label(tone="dim", scale="small")
        self._exported = plain_label(tone="dim", scale="small")
        self._exported.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._export = QPushButton(icon("import"), "Export as CSV …")
        self._export.setToolTip("Write what fits the search into a file; that is on record too")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._view)
        split.addWidget(self._detail)
        split.setStretchFactor(0, 1)
        split.setSizes([1120, 320])
        split.setChildrenCollapsible(False)
        below = QHBoxLayout()
        below.setSpacing(theme.GAP)
        below.addWidget(self._words)
        below.addStretch(1)
        below.addWidget(self._exported)
        below.addWidget(self._export)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(theme.GAP)
        column.addWidget(self._search)
        column.addWidget(split, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        self._search.search_requested.connect(self.search_requested)
        self._model.more_requested.connect(self._on_more_wanted)
        self._view.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self._detail.looks_requested.connect(self._on_looks_asked)
        self._export.clicked.connect(self._on_export_asked)

    def _chosen(self) -> AuditRecord | None:
        row = self._view.currentIndex().row()
        return self._records[row] if 0 <= row < len(self._records) else None

    def _say(self, words: str, mood: str) -> None:
        self._view.empty_words = words
        self._view.viewport().update()
        set_text(self._words, words)
        set_tone(self._words, "tone", mood)

    def _say_found(self, more: bool) -> None:
        self._say(found_words(len(self._records), not more), "dim")

    def _on_row_chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        record = self._chosen()
        fields = record_fields(record, self._name) if record is not None else ()
        has_camera = record is not None and bool(record.camera_id)
        self._detail.show_fields(fields, has_camera=has_camera)
        self._looks_action.setEnabled(has_camera)

    def _on_more_wanted(self) -> None:
        if self._records:
            self.more_requested.emit(self._records[-1].position)

    def _on_looks_asked(self) -> None:
        record = self._chosen()
        if record is not None and record.camera_id:
            self.looks_requested.emit(record.camera_id)

    def _on_export_asked(self) -> None:
        search = self._search.wanted()
        if isinstance(search, RecordSearch):
            self.export_requested.emit(search)
