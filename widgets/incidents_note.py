"""Where a note is written: nothing that was typed is lost before the timeline shows it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from resources import theme
from widgets.icons import icon, pixmap
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state_incidents import NOTE_WORDS, NoteState

LONGEST_NOTE = 10_000
"""Characters; the hub takes no more."""


class NoteField(QPlainTextEdit):
    """A few lines; Ctrl+Enter sends, Tab leaves."""

    send_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Ctrl+Enter."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.send_pressed.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class NoteEditor(QWidget):
    """The field, a button and a word on where the note is."""

    text_edited = Signal(str)
    """What the operator typed, whole."""
    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()
        self.show_note("", NoteState.WRITING)

    @property
    def field(self) -> NoteField:
        """The text field, for focus."""
        return self._field

    @property
    def send_button(self) -> QPushButton:
        """The button that sends."""
        return self._send

    def show_note(self, text: str, state: NoteState) -> None:
        """Show a note and where it is; the cursor stays when the text is the same."""
        if self._field.toPlainText() != text:
            with QSignalBlocker(self._field):
                self._field.setPlainText(text)
            self._field.moveCursor(self._field.textCursor().MoveOperation.End)
        self._field.setReadOnly(state is NoteState.SENDING)
        failed = state is NoteState.FAILED
        set_text(self._words, NOTE_WORDS[state])
        set_tone(self._words, "tone", "alarm" if failed else "dim")
        self._mark.setVisible(failed)
        self._words.setVisible(bool(NOTE_WORDS[state]))
        set_tone(self._send, "role", "danger" if failed else "")
        self._send.setText("Try again" if failed else "Add note")
        self._send.setIcon(icon("retry", theme.ALARM, 16) if failed else icon("send", theme.TEXT, 16))
        self._send.setEnabled(state is not NoteState.SENDING and bool(text.strip()))

    def _build(self) -> None:
        self._field = NoteField()
        self._field.setPlaceholderText("Write a note")
        self._field.setAccessibleName("Note")
        self._field.setToolTip("Ctrl+Enter adds the note")
        self._field.setTabChangesFocus(True)
        self._field.setFixedHeight(2 * 18 + 24)
        self._mark = QLabel()
        self._mark.setPixmap(pixmap("warning", theme.ALARM, 16))
        self._words = plain_label(scale="small")
        self._send = QPushButton("Add note")
        self._send.setToolTip("Add the note (Ctrl+Enter)")
        fields = QHBoxLayout()
        fields.setSpacing(6)
        fields.addWidget(self._field, 1)
        fields.addWidget(self._send)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._mark)
        line.addWidget(self._words)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(fields)
        layout.addLayout(line)

    def _connect(self) -> None:
        self._field.textChanged.connect(self._on_text_changed)
        self._field.send_pressed.connect(self.send_requested)
        self._send.clicked.connect(self.send_requested)

    def _on_text_changed(self) -> None:
        text = self._field.toPlainText()
        if len(text) > LONGEST_NOTE:
            text = text[:LONGEST_NOTE]
            with QSignalBlocker(self._field):
                self._field.setPlainText(text)
            self._field.moveCursor(self._field.textCursor().MoveOperation.End)
        self._send.setEnabled(bool(text.strip()))
        self.text_edited.emit(text)
