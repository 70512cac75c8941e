"""The terms for owners: what they are told of looks at their cameras, and how late."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.owner_telling import LONGEST_DELAY_H, OwnerTerms
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state_owner_telling import TERMS_FOR, terms_words


class OwnerTermsDialog(QDialog):
    """Show it with `open()`; who carries its wishes out calls `show_terms` and `say`."""

    set_requested = Signal(object)
    """`OwnerTerms`."""
    read_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held: OwnerTerms | None = None
        """What the hub has; None while it has not said."""
        self._busy = True
        self.setWindowTitle("What owners are told")
        self._build()
        for box in (self.names, self.titles):
            box.toggled.connect(self._on_edited)
        self.delay.valueChanged.connect(self._on_edited)
        self.save.clicked.connect(self._on_save)
        self.again.clicked.connect(self._on_again)
        self.done_button.clicked.connect(self.accept)
        self.begin("Reading the terms …")

    def terms(self) -> OwnerTerms:
        """Return what the form says."""
        return OwnerTerms(self.names.isChecked(), self.titles.isChecked(), self.delay.value())

    def show_terms(self, terms: OwnerTerms) -> None:
        """Show what holds at the hub."""
        self._held = terms
        with QSignalBlocker(self.names), QSignalBlocker(self.titles), QSignalBlocker(self.delay):
            self.names.setChecked(terms.tells_names)
            self.titles.setChecked(terms.tells_titles)
            self.delay.setValue(terms.delay_hours)

    def begin(self, words: str) -> None:
        """Say what is being done, and take no input meanwhile."""
        self._busy = True
        self._tell(words, "dim")

    def say(self, words: str, tone: str = "live") -> None:
        """Say what was done, or what went wrong, and take input again."""
        self._busy = False
        self._tell(words, tone)

    def _tell(self, words: str, tone: str) -> None:
        set_text(self.words, words)
        set_tone(self.words, "tone", tone)
        self._render()

    def _render(self) -> None:
        known = self._held is not None
        # What nobody knows is not put as if it held.
        self._form.setVisible(known)
        self._form.setEnabled(not self._busy)
        self.again.setVisible(not known and not self._busy)
        self.save.setEnabled(known and not self._busy and self.terms() != self._held)
        set_text(self.preview, terms_words(self.terms()))

    def _build(self) -> None:
        self.names = QCheckBox("The names of who looked; without it their roles only")
        self.titles = QCheckBox("The titles of incidents; without it their numbers only")
        self.delay = QSpinBox()
        self.delay.setRange(0, LONGEST_DELAY_H)
        self.delay.setSuffix(" h after it began")
        self.delay.setSpecialValueText("at once")
        self.delay.setAccessibleName("Hours after which owners are told of a look")
        self.delay.setMinimumWidth(190)
        self.delay.lineEdit().setTextMargins(6, 0, 0, 0)
        late = QHBoxLayout()
        late.addWidget(plain_label("They are told of a look"))
        late.addWidget(self.delay)
        late.addStretch(1)
        self.preview = plain_label(tone="dim", wrap=True)
        self._form = QWidget()
        policy = self._form.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._form.setSizePolicy(policy)
        fields = QVBoxLayout(self._form)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        fields.addWidget(self.names)
        fields.addWidget(self.titles)
        fields.addLayout(late)
        fields.addWidget(self.preview)
        self.words = plain_label(wrap=True)
        self.again = QPushButton("Read again")
        self.done_button = QPushButton("Close")
        self.save = QPushButton("Save")
        self.save.setProperty("role", "primary")
        # Enter pressed without reading changes nothing that owners are told.
        for button in (self.again, self.save):
            button.setAutoDefault(False)
        self.done_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.words, 1)
        for button in (self.again, self.done_button, self.save):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(TERMS_FOR, wrap=True))
        column.addWidget(self._form)
        column.addStretch(1)
        column.addLayout(buttons)
        self.setMinimumWidth(580)

    def _on_edited(self, _value: object) -> None:
        # What was said of the terms before is not of these.
        self.say("")

    def _on_save(self) -> None:
        self.begin("Setting the terms …")
        self.set_requested.emit(self.terms())

    def _on_again(self) -> None:
        self.begin("Reading the terms …")
        self.read_requested.emit()
