"""The rows of the two-person rule, above the wall: who asks for a second person, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.events import NoticeLevel
from resources import theme
from widgets.icons import pixmap
from widgets.plain_label import ElidedLabel, set_text
from widgets.view_state import plain_tip
from widgets.view_state_approvals import ApprovalRow

_COLOURS = {NoticeLevel.INFO: theme.ACCENT, NoticeLevel.WARNING: theme.WARN}


class ApprovalBar(QWidget):
    """One slim line for each request; it never covers the wall."""

    answered = Signal(str, bool)
    """The id of a request, and whether this person agrees."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Requests for a second person")
        self._lines: dict[str, ApprovalLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 1, 0, 0)
        self._column.setSpacing(1)
        self.hide()

    def lines(self) -> list[ApprovalLine]:
        """Return the lines on screen, top to bottom."""
        return list(self._lines.values())

    def show_rows(self, rows: tuple[ApprovalRow, ...]) -> None:
        """Show these rows; lines that stay keep their focus."""
        known, self._lines = self._lines, {}
        for place, row in enumerate(rows):
            line = known.pop(row.id, None)
            if line is None or not line.fits(row):
                if line is not None:
                    self._drop(line)
                line = ApprovalLine(row, self)
                line.answered.connect(self.answered)
            line.show_more(row.more)
            self._lines[row.id] = line
            self._column.removeWidget(line)
            self._column.insertWidget(place, line)
        for line in known.values():
            self._drop(line)
        self.setVisible(bool(rows))

    def _drop(self, line: ApprovalLine) -> None:
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


class ApprovalLine(QFrame):
    """One request, with two buttons where it waits for an answer from here."""

    answered = Signal(str, bool)

    def __init__(self, row: ApprovalRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._build()

    def fits(self, row: ApprovalRow) -> bool:
        """Say whether this line can go on showing a row."""
        mine = (self._row.level, self._row.words, self._row.asks)
        return mine == (row.level, row.words, row.asks)

    def show_more(self, more: str) -> None:
        """Show what it is for, and how long it waits."""
        set_text(self._more, more)
        self.setToolTip(plain_tip(f"{self._row.words}\n{more}"))

    def words(self) -> str:
        """Return what the line says."""
        return f"{self._words.text()} {self._more.text()}"

    def set_answered(self) -> None:
        """Take no second answer while the first one is on its way."""
        self.agree_button.setEnabled(False)
        self.deny_button.setEnabled(False)

    def take_answers(self) -> None:
        """Take an answer again: the first one was not taken."""
        self.agree_button.setEnabled(True)
        self.deny_button.setEnabled(True)

    def _build(self) -> None:
        row = self._row
        self.setProperty("notice", row.level.value)
        self.setAccessibleName(row.words)
        mark = QLabel()
        mark.setPixmap(pixmap("lock", _COLOURS.get(row.level, theme.WARN), 18))
        self._words, self._more = ElidedLabel(row.words), ElidedLabel(row.more, tone="dim")
        self._more.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.agree_button, self.deny_button = QPushButton("Agree"), QPushButton("Do not agree")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 3, 10, 3)
        line.setSpacing(8)
        line.addWidget(mark)
        line.addWidget(self._words, 3)
        line.addWidget(self._more, 2)
        for button, agree in ((self.agree_button, True), (self.deny_button, False)):
            button.setVisible(row.asks)
            button.setAccessibleName(f"{button.text()}: {row.words}")
            button.clicked.connect(self._on_agreed if agree else self._on_denied)
            line.addWidget(button)

    def _on_agreed(self) -> None:
        self.set_answered()
        self.answered.emit(self._row.id, True)

    def _on_denied(self) -> None:
        self.set_answered()
        self.answered.emit(self._row.id, False)
