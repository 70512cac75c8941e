"""Covers a window, so that nothing of it is seen or used, and shows a card or a word in the middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from resources import theme
from widgets.plain_label import plain_label, set_text


class Curtain(QWidget):
    """Lies over everything in ``window`` while it is drawn; what lies under it takes no input."""

    def __init__(self, window: QWidget, card: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._card = card
        self._disabled: list[QWidget] = []
        self._words = plain_label("", tone="dim", scale="large")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addStretch(2)
        if card is not None:
            # No alignment: with one the layout would not ask the card how high it is at its width.
            across = QHBoxLayout()
            across.addStretch(1)
            across.addWidget(card)
            across.addStretch(1)
            column.addLayout(across)
            self._words.hide()
        else:
            column.addWidget(self._words)
        column.addStretch(3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()
        window.installEventFilter(self)

    @property
    def drawn(self) -> bool:
        """Whether the window is covered."""
        return not self.isHidden()

    def draw(self, words: str) -> None:
        """Cover the window; ``words`` are shown where there is no card."""
        set_text(self._words, words)
        if self.drawn:
            return
        window = self._window
        self._disabled = [
            child
            for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child is not self and child.isEnabled() and not child.isWindow()
        ]
        for child in self._disabled:
            child.setEnabled(False)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def open(self) -> None:
        """Uncover the window."""
        if not self.drawn:
            return
        self.hide()
        for child in self._disabled:
            child.setEnabled(True)
        self._disabled = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering all of the window."""
        # Asked of Qt: while the window is taken down, this object may have lost what Python gave it already.
        window = self.parentWidget()
        if window is not None and watched is window and not self.isHidden():
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(window.rect())
            elif event.type() in (QEvent.Type.ChildAdded, QEvent.Type.LayoutRequest):
                self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground: nothing shines through."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.VOID))
