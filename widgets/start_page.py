"""Shown in place of the console when something is missing that it cannot run without."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from resources import theme
from widgets.icons import icon, pixmap
from widgets.plain_label import plain_label
from widgets.view_state_notices import command_in


class StartPage(QWidget):
    """What is missing, what to do about it, and another try."""

    retry_requested = Signal()
    closed = Signal()

    def __init__(self, problem: str, remedy: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        self._remedy = remedy
        self._build()
        self._connect()

    @property
    def command(self) -> str:
        """The command that the remedy names, empty without any."""
        return self._command.text()

    @property
    def copy_button(self) -> QPushButton:
        """Copies the command, or the remedy when it names none."""
        return self._copy

    @property
    def retry_button(self) -> QPushButton:
        """Asks for another try."""
        return self._retry

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the operator gave up."""
        event.accept()
        self.closed.emit()

    def _build(self) -> None:
        self.setWindowTitle("Watchfloor")
        mark = QLabel()
        mark.setPixmap(pixmap("warning", theme.WARN, 48))
        title = plain_label(self._problem, scale="large", wrap=True)
        words = plain_label(self._remedy, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._command = QLineEdit(command_in(self._remedy))
        self._command.setReadOnly(True)
        self._command.setCursorPosition(0)
        self._command.setAccessibleName("Command")
        self._command.setStyleSheet(f"font-family: monospace; color: {theme.TEXT};")
        self._command.setVisible(bool(self._command.text()))
        self._copy = QPushButton(icon("copy"), "Copy command" if self._command.text() else "Copy text")
        self._retry = QPushButton(icon("retry", theme.TEXT_ON_COLOUR), "Try again")
        self._retry.setProperty("role", "primary")
        self._retry.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._retry)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        card = QFrame()
        card.setProperty("panel", "raised")
        card.setMaximumWidth(680)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(32, 28, 32, 28)
        inner.setSpacing(14)
        for widget in (mark, title, words, self._command):
            inner.addWidget(widget)
        inner.addLayout(buttons)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card, 8)
        across.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(across)
        layout.addStretch(3)
        self._retry.setFocus()
        self.resize(860, 520)

    def _connect(self) -> None:
        self._copy.clicked.connect(self._on_copy)
        self._retry.clicked.connect(self.retry_requested)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command.text() or self._remedy)
        self._copy.setText("Copied")
