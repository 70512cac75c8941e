"""A new link for a camera's owner, shown once: the hub keeps a hash of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.owner_links import NewOwnerLink
from widgets.accounts.handover_dialog import QrCode
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.view_state_owner_links import HERE_ONLY, ONCE, made_words


class OwnerLinkSheet(QDialog):
    """Show it with `open()`. It closes by its own button only: what it shows comes never again."""

    def __init__(self, made: NewOwnerLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = made.address
        self.setWindowTitle("A new owner's link")
        self.address = plain_label(made.address, wrap=True)
        self.address.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.address.setAccessibleName("The link")
        self.code = QrCode(made.address)
        self.code.setAccessibleName("QR code of the link, for the owner's phone")
        self.words = plain_label(ONCE, tone="warn", wrap=True)
        self.copy = QPushButton(icon("copy"), "Copy")
        self.copy.setAutoDefault(False)
        self.handed = QPushButton("I have handed it over")
        self.handed.setProperty("role", "primary")
        texts = QVBoxLayout()
        texts.setSpacing(12)
        texts.addWidget(plain_label(made_words(made), wrap=True))
        texts.addWidget(self.address)
        if made.here_only:
            texts.addWidget(plain_label(HERE_ONLY, tone="warn", wrap=True))
        texts.addStretch(1)
        texts.addWidget(self.words)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addLayout(texts, 1)
        body.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.handed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(body)
        column.addLayout(buttons)
        self.setMinimumWidth(660)
        self.copy.clicked.connect(self._on_copy)
        self.handed.clicked.connect(self.accept)
        self.finished.connect(self._on_finished)

    def reject(self) -> None:
        """Stay open: Escape must not lose what nobody can tell again."""

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        set_text(self.words, f"Copied. The clipboard is emptied when this closes. {ONCE}")
        set_tone(self.words, "tone", "dim")

    def _on_finished(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard.text() == self._address:
            clipboard.clear()
