"""The links of a camera's owner: those that open it, taking one back, and making another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.ids import CameraId
from resources import theme
from widgets.icons import icon
from widgets.plain_label import ElidedLabel, plain_label, set_text, set_tone
from widgets.view_state import plain_tip
from widgets.view_state_owner_links import NONE_YET, WHAT_FOR, LinkRow

_SURE = "Really take back"


class OwnerLinkDialog(QDialog):
    """Show it with `open()`; who carries its wishes out calls `show_links` and `say`."""

    make_requested = Signal(object)
    """A tuple of `CameraId`: the camera, and those that were ticked."""
    take_back_requested = Signal(str)

    def __init__(
        self,
        camera_id: CameraId,
        name: str,
        others: Sequence[tuple[CameraId, str]],
        parent: QWidget | None = None,
    ) -> None:
        """Show a camera's links; ``others`` are the other private cameras with their names."""
        super().__init__(parent)
        self._camera_id = camera_id
        self.buttons: list[QPushButton] = []
        """Take a link back, one for each in the list."""
        self.setWindowTitle(f"Owner's link to {name}")
        self._build(others)
        self.make.clicked.connect(self._on_make)
        self.done_button.clicked.connect(self.accept)
        self.say("Reading the links …", "dim")

    def show_links(self, rows: Sequence[LinkRow]) -> None:
        """Show the links that open the camera."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        self.buttons = []
        for row in rows:
            column.addLayout(self._row(row))
        if not rows:
            column.addWidget(plain_label(NONE_YET, tone="dim"))
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def say(self, words: str, tone: str = "live") -> None:
        """Say what was done, or what went wrong."""
        set_text(self.words, words)
        set_tone(self.words, "tone", tone)
        self.make.setEnabled(True)

    def _build(self, others: Sequence[tuple[CameraId, str]]) -> None:
        self.words = plain_label(tone="dim", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setMinimumHeight(110)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.others = QListWidget()
        self.others.setAccessibleName("Other cameras of the same owner")
        self.others.setMaximumHeight(150)
        for camera_id, name in others:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, camera_id)
            item.setToolTip(plain_tip(f"{name}\n{camera_id}"))
            item.setSizeHint(QSize(0, theme.ROW - theme.GAP))
            item.setCheckState(Qt.CheckState.Unchecked)
            self.others.addItem(item)
        self.make = QPushButton(icon("plus", theme.TEXT_ON_COLOUR), "Make a link")
        self.make.setProperty("role", "primary")
        # Enter pressed without reading makes nothing that opens a camera's record.
        self.make.setAutoDefault(False)
        self.done_button = QPushButton("Close")
        self.done_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.words, 1)
        buttons.addWidget(self.done_button)
        buttons.addWidget(self.make)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(WHAT_FOR, wrap=True))
        column.addWidget(plain_label("Links that open this camera", tone="dim", scale="small"))
        column.addWidget(self._scroll, 1)
        if others:
            words = "A new link opens this camera, and those of the same owner that you tick"
            column.addWidget(plain_label(words, tone="dim", scale="small"))
            column.addWidget(self.others)
        column.addLayout(buttons)
        self.setMinimumWidth(620)

    def _row(self, row: LinkRow) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        for label in (ElidedLabel(row.name), ElidedLabel(row.words, tone="dim", scale="small")):
            label.setToolTip(plain_tip(label.text()))
            texts.addWidget(label)
        button = QPushButton("Forget" if row.ended else "Take back …")
        button.setAutoDefault(False)
        button.setAccessibleName(f"Take back the link of {row.name}")
        button.clicked.connect(partial(self._on_take_back, button, row))
        self.buttons.append(button)
        line = QHBoxLayout()
        line.addLayout(texts, 1)
        line.addWidget(button)
        return line

    def _on_take_back(self, button: QPushButton, row: LinkRow) -> None:
        if not row.ended and button.text() != _SURE:
            button.setText(_SURE)
            set_tone(button, "role", "danger")
            return
        button.setEnabled(False)
        self.take_back_requested.emit(row.id)

    def _on_make(self) -> None:
        self.make.setEnabled(False)
        ticked = [
            item.data(Qt.ItemDataRole.UserRole)
            for item in map(self.others.item, range(self.others.count()))
            if item.checkState() is Qt.CheckState.Checked
        ]
        self.make_requested.emit((self._camera_id, *ticked))
