"""What is handed over to an account's person, shown once: the hub cannot say it again."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.account_keeping import HandoverSheet
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state import one_line
from widgets.view_state_accounts import sheet_words

_QUIET = 4
"""Light modules around a QR code (ISO/IEC 18004, 6.3.8)."""
_MODULE_PX = 4


class QrCode(QWidget):
    """A text as a QR code, dark on light whatever the theme: cameras read no other."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        code = segno.make(text, error="m", micro=False)
        self.modules = tuple(tuple(bool(module) for module in row) for row in code.matrix)
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName("QR code for the authenticator app")

    def sizeHint(self) -> QSize:
        """Ask for whole pixels a module."""
        side = (len(self.modules) + 2 * _QUIET) * _MODULE_PX
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the modules."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        for y, row in enumerate(self.modules):
            for x, dark in enumerate(row):
                if dark:
                    left, top = (x + _QUIET) * _MODULE_PX, (y + _QUIET) * _MODULE_PX
                    painter.fillRect(QRect(left, top, _MODULE_PX, _MODULE_PX), QColor("black"))


class HandoverDialog(QDialog):
    """Show it with `open()`. It closes by its own button only: what it shows comes never again."""

    save_requested = Signal(str)
    """The sheet's text, to be kept in a file."""

    def __init__(self, sheet: HandoverSheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = sheet_words(sheet)
        self.setWindowTitle(f"Hand over to {one_line(sheet.name)}")
        self.password = _selectable(sheet.password, "large")
        self.address = _selectable(sheet.totp_address, "small")
        self.address.setWordWrap(True)
        self.codes = [_selectable(code) for code in sheet.recovery_codes]
        self.code = QrCode(sheet.totp_address)
        self.words = plain_label("This is shown once. The hub cannot say it again.", tone="warn", wrap=True)
        self.copy = QPushButton(icon("copy"), "Copy")
        self.save = QPushButton("Save as a file …")
        self.handed = QPushButton("I have handed it over")
        self._build()
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        self.handed.clicked.connect(self.accept)
        self.finished.connect(self._on_finished)

    def show_words(self, words: str, tone: str = "dim") -> None:
        """Say what became of the file."""
        set_text(self.words, words)
        set_tone(self.words, "tone", tone)

    def reject(self) -> None:
        """Stay open: Escape must not lose what nobody can tell again."""

    def _build(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addWidget(
            plain_label("Password, to be changed at the first sign-in", tone="dim", scale="small")
        )
        texts.addWidget(self.password)
        texts.addSpacing(8)
        texts.addWidget(plain_label("Recovery codes, each good once", tone="dim", scale="small"))
        grid = QGridLayout()
        for number, label in enumerate(self.codes):
            grid.addWidget(label, number // 2, number % 2)
        texts.addLayout(grid)
        texts.addStretch(1)
        picture = QVBoxLayout()
        picture.addWidget(plain_label("For the authenticator app", tone="dim", scale="small"))
        picture.addWidget(self.code)
        picture.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addLayout(texts, 1)
        body.addLayout(picture)
        buttons = QHBoxLayout()
        for button in (self.copy, self.save):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.handed.setProperty("role", "primary")
        buttons.addWidget(self.handed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(body)
        column.addWidget(self.address)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.setMinimumWidth(640)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.show_words("Copied. The clipboard is emptied when this closes.")

    def _on_save(self) -> None:
        self.save_requested.emit(self._text)

    def _on_finished(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard.text() == self._text:
            clipboard.clear()


def _selectable(text: str, scale: str = "") -> QLabel:
    label = plain_label(text, scale=scale)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
