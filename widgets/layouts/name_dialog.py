"""Asks for a layout's name; stays open with words until what was asked for has been done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.layout import LONGEST_NAME
from widgets.layouts.cost_view import CostView
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state_cost import CostSheet

WIDTH_PX, TALLEST_PX, ROW_PX = 760, 640, 18
"""The save dialog's first size: as tall as its rows ask for, beyond what the table's own hint gives them."""


class NameDialog(QDialog):
    """Show it with `open()`; whoever carries the wish out calls `accept` or `show_problem`."""

    named = Signal(str)
    """The name that is wanted."""

    def __init__(self, title: str, button: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.field = QLineEdit(name)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setPlaceholderText("Name of the layout")
        self.field.setAccessibleName("Name of the layout")
        self.field.selectAll()
        self.problem = plain_label(tone="warn", wrap=True)
        self.problem.hide()
        self.button = QPushButton(button)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(12)
        self.column.addWidget(self.field)
        self.column.addWidget(self.problem)
        self.column.addLayout(buttons)
        self.resize(420, 0)
        self.field.textChanged.connect(self._on_text_changed)
        self.button.clicked.connect(self._on_agreed)
        self.cancel.clicked.connect(self.reject)
        self._on_text_changed()

    def show_problem(self, words: str, tone: str = "warn") -> None:
        """Say why it was not done, and let the operator try again."""
        set_text(self.problem, words)
        set_tone(self.problem, "tone", tone)
        self.problem.setVisible(bool(words))
        self._on_text_changed(keep_words=True)
        self.field.setFocus()

    def _on_text_changed(self, _: str = "", *, keep_words: bool = False) -> None:
        if not keep_words:
            self.problem.hide()
        self.button.setEnabled(bool(self.field.text().strip()))

    def _on_agreed(self) -> None:
        self.button.setEnabled(False)
        self.named.emit(self.field.text())


class SaveDialog(NameDialog):
    """The name, and what the layout will cost; a name that is taken is replaced only on agreement."""

    save_requested = Signal(str, bool)
    """The name, and whether the layout of that name is to be replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Save layout", "Save", parent=parent)
        self._replacing = False
        self.cost = CostView()
        self.column.insertWidget(2, self.cost, 1)
        self.named.connect(self._on_named)

    def show_cost(self, sheet: CostSheet) -> None:
        """Show what the layout will cost as things are now."""
        first = self.cost.sheet is None
        self.cost.show_sheet(sheet)
        if first:
            self.resize(WIDTH_PX, min(TALLEST_PX, self.sizeHint().height() + ROW_PX * len(sheet.rows)))

    def ask_to_replace(self, name: str) -> None:
        """Ask whether the layout of that name is to be replaced; another name takes the question back."""
        self.show_problem(f"There is a layout “{name}” already. Replace it?")
        self._replacing = True
        self.button.setText("Replace")
        # Enter pressed twice must not replace anything.
        self.button.setDefault(False)
        self.cancel.setFocus()

    def _on_text_changed(self, _: str = "", *, keep_words: bool = False) -> None:
        super()._on_text_changed(keep_words=keep_words)
        if not keep_words:
            self._replacing = False
            self.button.setText("Save")
            self.button.setDefault(True)

    def _on_named(self, name: str) -> None:
        self.save_requested.emit(name, self._replacing)
