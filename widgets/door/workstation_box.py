"""What the card says of this workstation: whether it is remembered, or may be."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.plain_label import plain_label


class WorkstationBox(QWidget):
    """A box to tick where it may be remembered; where it is, a button that has it forgotten."""

    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.remember = QCheckBox()
        self.known = plain_label("Remembered: no code is needed.", tone="dim", wrap=True)
        self.forget = QPushButton("Forget this workstation")
        self.forget.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.known, 1)
        row.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.remember)
        column.addLayout(row)
        self.forget.clicked.connect(self.forget_requested)

    def show_state(self, offer: str, *, remembered: bool) -> None:
        """Show what ticking the box does, "" where it is not offered, or that it is remembered."""
        if self.remember.text() != offer:
            self.remember.setText(offer)
        self.remember.setVisible(bool(offer))
        self.known.setVisible(remembered)
        self.forget.setVisible(remembered)
        self.setVisible(bool(offer) or remembered)
