"""Who looked at one camera, when, what for and how long (R40)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.camera import Camera
from app.domain.ids import CameraId
from app.domain.record import Look
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.record.paged_table import Column, PagedModel, PagedTable, tone
from widgets.view_state_record import LookRow, camera_choices, camera_of, choice_of, found_words, look_row

COLUMNS: tuple[Column[LookRow], ...] = (
    Column("Began", lambda r: r.time, "2026-11-26 18:44:24", lambda r: r.utc),
    Column("Who", lambda r: r.who),
    Column("How long", lambda r: r.length, "Looking now …"),
    Column("Why", lambda r: r.why, "Fire or rescue now"),
    Column("Incident", lambda r: r.incident),
    Column("How it ended", lambda r: r.end, "The hub was restarted"),
    Column("Desk", lambda r: r.where, "192.168.100.17"),
)


class LooksPage(QWidget):
    """Asks for the looks at one camera a page at a time."""

    looks_requested = Signal(str)
    """The id of a camera."""
    more_requested = Signal(str, int)
    """The id of a camera, and the position that the next page is before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cameras: Mapping[CameraId, Camera] = {}
        self._camera_id = ""
        self._looks: list[Look] = []
        self._choices = QStringListModel(self)
        self._build()
        self._connect()

    @property
    def field(self) -> QLineEdit:
        """The camera's field, for focus."""
        return self._field

    @property
    def view(self) -> PagedTable:
        """The list."""
        return self._view

    @property
    def words(self) -> QLabel:
        """How much is here, or why it is not."""
        return self._words

    def set_cameras(self, cameras: Mapping[CameraId, Camera]) -> None:
        """Offer these cameras while one types."""
        self._cameras = cameras
        self._choices.setStringList(camera_choices(cameras))

    def begin(self, camera_id: str) -> None:
        """Say that the hub is being asked about a camera."""
        self._camera_id = camera_id
        self._field.setText(choice_of(camera_id, self._cameras))
        self._looks = []
        self._model.show_rows([])
        self._say("Reading the record …", "dim")

    def add(self, looks: Sequence[Look], *, more: bool) -> None:
        """Add the next page, or the first."""
        self._looks += looks
        self._model.add_rows([look_row(look) for look in looks], more=more)
        if not self._looks:
            self._say("Nobody has looked at this camera, and nobody tried.", "dim")
        else:
            self._say(found_words(len(self._looks), not more, "look"), "dim")

    def show_problem(self, words: str) -> None:
        """Say why it could not be read; scrolling may ask for the page once more."""
        self._say(words, "warn")
        if self._looks:
            self._model.want_more()

    def _build(self) -> None:
        self._field = QLineEdit()
        self._field.setAccessibleName("Camera")
        self._field.setPlaceholderText("Camera: name or id")
        self._field.setMaxLength(400)
        self._field.addAction(icon("search", theme.TEXT_DIM, 16), QLineEdit.ActionPosition.LeadingPosition)
        completer = QCompleter(self._choices, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._field.setCompleter(completer)
        self._ask = QPushButton(icon("search", theme.TEXT_ON_COLOUR), "Who looked")
        self._ask.setProperty("role", "primary")
        self._model: PagedModel[LookRow] = PagedModel(COLUMNS, lambda row: tone(row.refused))
        self._view = PagedTable("Looks", self._model)
        self._words = plain_label("Choose a camera.", tone="dim", scale="small")
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(self._field, 1)
        top.addWidget(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(theme.GAP)
        column.addLayout(top)
        column.addWidget(self._view, 1)
        column.addWidget(self._words)

    def _connect(self) -> None:
        self._field.returnPressed.connect(self._on_asked)
        self._ask.clicked.connect(self._on_asked)
        self._model.more_requested.connect(self._on_more_wanted)

    def _say(self, words: str, mood: str) -> None:
        self._view.empty_words = words
        self._view.viewport().update()
        set_text(self._words, words)
        set_tone(self._words, "tone", mood)

    def _on_asked(self) -> None:
        camera_id = camera_of(self._field.text(), self._cameras)
        if camera_id:
            self.looks_requested.emit(camera_id)
        else:
            self._say("Choose a camera.", "warn")

    def _on_more_wanted(self) -> None:
        if self._looks:
            self.more_requested.emit(self._camera_id, self._looks[-1].position)
