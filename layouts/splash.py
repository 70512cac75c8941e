"""What one sees while the program starts: which step it is at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from resources import theme


class Splash(QWidget):
    """A small window with one line and a bar."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.SplashScreen)
        self.setObjectName("splash")
        self.setAccessibleName("Watchfloor is starting")
        name = QLabel("Watchfloor")
        name.setStyleSheet(f"font-size: 26px; font-weight: 600; color: {theme.TEXT};")
        self._words = QLabel("Starting")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setStyleSheet(f"color: {theme.TEXT_DIM};")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setRange(0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(10)
        column.addWidget(name)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        self.setFixedSize(440, 150)

    def progress(self, words: str, done: int, of: int) -> None:
        """Show the step and how far it is; ``of`` 0 means that nobody knows."""
        self._words.setText(f"{words} ({done} of {of})" if of else words)
        self._bar.setRange(0, of)
        self._bar.setValue(done)
