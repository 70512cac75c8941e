"""What the alert queue shows: kinds, urgency, open ones, words. Says what it hides."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.alert import AlertKind, Urgency
from app.store.queries import AlertFilter
from resources import theme
from widgets.flow_layout import FlowLayout
from widgets.icons import ALERT_ICONS, icon
from widgets.plain_label import plain_label, set_text
from widgets.view_state_alerts import KIND_WORDS, LEAST_URGENCY_WORDS, QueueCounts

TYPING_MS = 120
"""The queue is filtered anew when the operator has not typed for so long."""


class AlertFilterBar(QWidget):
    """Chips, a combo box and a text field. No chip checked means every kind."""

    filter_changed = Signal(object)
    """`AlertFilter` that the operator set."""
    left = Signal()
    """The operator is done typing and goes back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()
        self.set_counts(QueueCounts())

    @property
    def text_field(self) -> QLineEdit:
        """The text field, for focus."""
        return self._text

    def chip(self, kind: AlertKind) -> QPushButton:
        """Return the toggle of one kind."""
        return self._chips[kind]

    def focus_text(self) -> None:
        """Go to the text field with its text selected."""
        self._text.setFocus()
        self._text.selectAll()

    def wanted(self) -> AlertFilter:
        """Return what is set."""
        return AlertFilter(
            kinds=frozenset(kind for kind, chip in self._chips.items() if chip.isChecked()),
            least_urgency=Urgency(self._urgency.currentData()),
            open_only=self._open_only.isChecked(),
            text=self._text.text().strip(),
        )

    def set_counts(self, counts: QueueCounts) -> None:
        """Say how much the filter hides."""
        self._hides.setVisible(bool(counts.hidden))
        set_text(self._hidden, counts.hidden_words)
        set_text(self._hidden_critical, counts.hidden_critical_words)
        self._hidden_critical.setVisible(bool(counts.hidden_critical))

    def clear(self) -> None:
        """Let everything through."""
        for chip in self._chips.values():
            chip.setChecked(False)
        self._open_only.setChecked(False)
        self._urgency.setCurrentIndex(0)
        self._text.clear()
        self._emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the text field on Enter, Escape and the down key."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Escape)
        if watched is self._text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self._text.text():
                self._text.clear()
                return True
            if event.key() in keys:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._chips = {kind: self._chip(KIND_WORDS[kind], ALERT_ICONS[kind]) for kind in AlertKind}
        self._open_only = self._chip("Open")
        self._open_only.setToolTip("Show only what nobody has seen to")
        self._open_only.setAccessibleName("Open alerts only")
        self._text = QLineEdit()
        self._text.setPlaceholderText("Filter words")
        self._text.setAccessibleName("Filter alerts by words")
        self._text.setToolTip("Filter alerts by words (F)")
        self._text.setClearButtonEnabled(True)
        self._text.addAction(icon("filter", theme.TEXT_DIM, 16), QLineEdit.ActionPosition.LeadingPosition)
        self._urgency = QComboBox()
        self._urgency.setAccessibleName("Least urgency")
        self._urgency.setToolTip("Least urgency that is shown")
        for urgency in sorted(LEAST_URGENCY_WORDS, reverse=True):
            self._urgency.addItem(LEAST_URGENCY_WORDS[urgency], int(urgency))
        self._hidden = plain_label(tone="warn", scale="small")
        self._hidden_critical = plain_label(tone="alarm", scale="small")
        self._show_all = QPushButton("Show all")
        self._show_all.setProperty("role", "link")
        self._lay_out()

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(6)
        fields.addWidget(self._text, 1)
        fields.addWidget(self._urgency)
        chips = FlowLayout(4)
        for chip in (*self._chips.values(), self._open_only):
            chips.addWidget(chip)
        self._hides = QWidget()
        line = QHBoxLayout(self._hides)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP)
        line.addWidget(self._hidden)
        line.addWidget(self._hidden_critical)
        line.addStretch(1)
        line.addWidget(self._show_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
        layout.setSpacing(6)
        layout.addLayout(fields)
        layout.addLayout(chips)
        layout.addWidget(self._hides)

    def _chip(self, word: str, picture: str = "") -> QPushButton:
        chip = QPushButton()
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setText(word)
        if picture:
            chip.setIcon(icon(picture, theme.TEXT_DIM, 14))
        chip.setIconSize(QSize(14, 14))
        chip.setToolTip(f"Show {word} alerts; none checked shows every kind")
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return chip

    def _connect(self) -> None:
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TYPING_MS)
        self._soon.timeout.connect(self._emit)
        self._text.textChanged.connect(self._soon.start)
        self._text.installEventFilter(self)
        self._urgency.currentIndexChanged.connect(self._emit)
        self._show_all.clicked.connect(self.clear)
        for chip in (*self._chips.values(), self._open_only):
            chip.toggled.connect(self._emit)

    def _emit(self) -> None:
        self._soon.stop()
        self.filter_changed.emit(self.wanted())
