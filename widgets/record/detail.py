"""Every field of one record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class RecordDetail(QFrame):
    """The chosen record, and who else looked at its camera."""

    looks_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: Sequence[tuple[str, str]] = ()
        self._values: dict[str, QLabel] = {}
        self._build()
        self.show_fields((), has_camera=False)

    @property
    def looks_button(self) -> QPushButton:
        """Asks who looked at the record's camera."""
        return self._looks

    @property
    def text(self) -> str:
        """The record as text, a field on each line."""
        return "\n".join(f"{title}: {value}" for title, value in self._fields)

    def show_fields(self, fields: Sequence[tuple[str, str]], *, has_camera: bool) -> None:
        """Show a record's fields; none: no record is chosen."""
        self._fields = fields
        self._empty.setVisible(not fields)
        self._sheet.setVisible(bool(fields))
        self._looks.setVisible(has_camera)
        self._copy.setVisible(bool(fields))
        self._copy.setText("Copy")
        for row, (title, value) in enumerate(fields):
            if title not in self._values:
                label = plain_label(title, tone="dim", scale="small")
                told = plain_label(wrap=True)
                told.setTextInteractionFlags(_SELECTABLE)
                told.setAccessibleName(title)
                told.setMinimumWidth(0)
                self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(told, row, 1)
                self._values[title] = told
            # A word of many letters has no blank to break at: it may break anywhere.
            set_text(self._values[title], _breakable(value))

    def _build(self) -> None:
        self.setProperty("panel", "raised")
        self.setMinimumWidth(280)
        self._empty = plain_label("Choose a record to see all of it.", tone="dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._sheet = QScrollArea()
        self._sheet.setWidgetResizable(True)
        self._sheet.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QWidget()
        around = QVBoxLayout(outer)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(inside)
        around.addStretch(1)
        self._sheet.setWidget(outer)
        for widget in (outer, inside, self._sheet.viewport()):
            widget.setAutoFillBackground(False)
        self._looks = QPushButton(icon("camera"), "Who looked at this camera")
        self._copy = QPushButton(icon("copy"), "Copy")
        self._looks.clicked.connect(self.looks_requested)
        self._copy.clicked.connect(self._on_copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(theme.GAP)
        column.addWidget(self._empty, 1)
        column.addWidget(self._sheet, 1)
        column.addWidget(self._looks)
        column.addWidget(self._copy)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self._copy.setText("Copied")


def _breakable(text: str, run: int = 24) -> str:
    """Return the text with a zero-width space in each long run without a blank."""
    words = text.split(" ")
    return " ".join("\u200b".join(w[i : i + run] for i in range(0, len(w), run)) for w in words)
