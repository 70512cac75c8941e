"""The cameras with what their owners agreed to, private ones first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.ids import CameraId
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text
from widgets.record.paged_table import Column, PagedModel, PagedTable
from widgets.view_state_consents import ConsentLine

COLUMNS: tuple[Column[ConsentLine], ...] = (
    Column("Camera", lambda r: r.name, None, lambda r: f"{r.name}\n{r.camera_id}"),
    Column("Consent", lambda r: r.words, "Live for incidents nearby, until 2027-06-01"),
)


class ConsentList(QWidget):
    """Filters as one types; a row's choice asks for its camera."""

    filter_changed = Signal(str)
    camera_chosen = Signal(str)
    """`CameraId`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[ConsentLine] = ()
        self._chosen: CameraId | None = None
        self._build()

    @property
    def field(self) -> QLineEdit:
        """The filter, for focus."""
        return self._field

    @property
    def view(self) -> PagedTable:
        """The list."""
        return self._view

    @property
    def words(self) -> QLabel:
        """How many there are."""
        return self._words

    def show_lines(self, lines: Sequence[ConsentLine], words: str) -> None:
        """Show the cameras; the one that was chosen stays so while it is among them."""
        self._lines = lines
        set_text(self._words, words)
        self._view.empty_words = words
        with QSignalBlocker(self._view.selectionModel()):
            self._model.show_rows(lines)
            row = next((n for n, line in enumerate(lines) if line.camera_id == self._chosen), None)
            if row is not None:
                self._view.setCurrentIndex(self._model.index(row, 0))

    def choose(self, camera_id: CameraId | None) -> None:
        """Mark a camera as the one that the form is of, without asking for it."""
        self._chosen = camera_id
        self.show_lines(self._lines, self._words.text())

    def _build(self) -> None:
        self._field = QLineEdit()
        self._field.setPlaceholderText("Filter by name, place or consent")
        self._field.setAccessibleName("Filter cameras")
        self._field.setClearButtonEnabled(True)
        self._field.addAction(icon("filter", theme.TEXT_DIM, 16), QLineEdit.ActionPosition.LeadingPosition)
        self._model: PagedModel[ConsentLine] = PagedModel(COLUMNS, _colour)
        self._view = PagedTable("Cameras and consents", self._model)
        self._words = plain_label(tone="dim", scale="small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self._field)
        column.addWidget(self._words)
        column.addWidget(self._view, 1)
        self._field.textChanged.connect(self.filter_changed)
        self._view.selectionModel().currentRowChanged.connect(self._on_row_chosen)

    def _on_row_chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if 0 <= now.row() < len(self._lines):
            self._chosen = self._lines[now.row()].camera_id
            self.camera_chosen.emit(self._chosen)


def _colour(line: ConsentLine) -> str:
    if not line.private:
        return theme.TEXT_DIM
    return theme.PRIVATE if line.open else theme.TEXT
