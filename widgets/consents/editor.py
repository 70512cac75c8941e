"""One camera's consent: the form, what saving did, taking it back, and what was agreed to before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.consent_keeping import RecordedConsent
from resources import theme
from widgets.consents.form import ConsentForm
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.record.paged_table import Column, PagedModel, PagedTable
from widgets.view_state_consents import ConsentDraft, HistoryRow, Problems, history_row

HISTORY: tuple[Column[HistoryRow], ...] = (
    Column("No.", lambda r: r.number, "99", number=True),
    Column("Recorded", lambda r: r.recorded, "2026-11-26 18:44"),
    Column("Terms", lambda r: r.terms),
    Column("Valid", lambda r: r.valid, "2026-12-26 – 2026-12-26"),
    Column("Given by, how, document", lambda r: r.origin),
)


class ConsentEditor(QWidget):
    """Whoever reads and records consents calls `show_camera`, `show_problems` and `say`."""

    save_requested = Signal(object)
    """`ConsentDraft`."""
    revoke_requested = Signal()
    owner_link_requested = Signal()

    def __init__(self, zones: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = ConsentForm(zones)
        self._build()
        self._connect()
        self.show_nothing("Choose a camera.")

    @property
    def save_button(self) -> QPushButton:
        """Records the consent."""
        return self._save

    @property
    def revoke_button(self) -> QPushButton:
        """Begins to take the consent back."""
        return self._revoke

    @property
    def link_button(self) -> QPushButton:
        """Opens the links of the camera's owner."""
        return self._link

    @property
    def confirm_button(self) -> QPushButton:
        """Takes the consent back."""
        return self._confirm

    @property
    def words(self) -> QLabel:
        """What was done, or what went wrong."""
        return self._words

    @property
    def empty(self) -> QLabel:
        """Stands in place of the form while there is none."""
        return self._empty

    @property
    def history_view(self) -> PagedTable:
        """What was agreed to, newest first."""
        return self._view

    def show_nothing(self, words: str, tone: str = "dim") -> None:
        """Show words in place of the form."""
        set_text(self._empty, words)
        set_tone(self._empty, "tone", tone)
        self._empty.show()
        self._sheet.hide()

    def show_camera(
        self,
        name: str,
        draft: ConsentDraft,
        history: Sequence[RecordedConsent],
        *,
        revocable: bool,
        linkable: bool = False,
    ) -> None:
        """Show a camera's consent in the form, and the earlier ones.

        ``linkable``: links can be made for its owner.
        """
        self._empty.hide()
        self._sheet.show()
        set_text(self._name, name)
        set_text(
            self._kind,
            "Private: it opens only as far as its owner agreed."
            if history
            else "The city's own: no consent is on record. Recording one makes it a private camera.",
        )
        self.form.show_draft(draft)
        self._model.show_rows([history_row(recorded) for recorded in history])
        self._view.setVisible(bool(history))
        self._revoke.setVisible(revocable)
        self._link.setVisible(linkable)
        self._bar.hide()
        self._save.setEnabled(True)
        self.say("")

    def show_problems(self, problems: Problems) -> None:
        """Put what is wrong beside its field."""
        self.form.show_problems(problems)
        self._save.setEnabled(True)
        self.say("Not recorded yet.", "warn")

    def say(self, words: str, tone: str = "live") -> None:
        """Say what was done, or what went wrong."""
        set_text(self._words, words)
        set_tone(self._words, "tone", tone)
        if tone == "warn":
            self._save.setEnabled(True)
            self._confirm.setEnabled(True)

    def _build(self) -> None:
        self._empty = plain_label(tone="dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = plain_label(scale="large", wrap=True)
        self._kind = plain_label(tone="dim", wrap=True)
        self._words = plain_label(wrap=True)
        self._save = QPushButton(icon("check", theme.TEXT_ON_COLOUR), "Record this consent")
        self._save.setProperty("role", "primary")
        self._revoke = QPushButton("Take it back …")
        self._revoke.setProperty("role", "danger")
        self._link = QPushButton("Owner's link …")
        self._build_bar()
        self._model: PagedModel[HistoryRow] = PagedModel(HISTORY)
        self._view = PagedTable("Consents so far", self._model)
        self._view.setMinimumHeight(130)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        around = QVBoxLayout(inside)
        around.setContentsMargins(0, 0, theme.GAP, 0)
        around.addWidget(self.form)
        around.addStretch(1)
        scroll.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self._words, 1)
        buttons.addWidget(self._link)
        buttons.addWidget(self._revoke)
        buttons.addWidget(self._save)
        self._sheet = QWidget()
        sheet = QVBoxLayout(self._sheet)
        sheet.setContentsMargins(0, 0, 0, 0)
        sheet.setSpacing(theme.GAP)
        sheet.addWidget(self._name)
        sheet.addWidget(self._kind)
        sheet.addWidget(scroll, 3)
        sheet.addWidget(self._bar)
        sheet.addLayout(buttons)
        sheet.addWidget(self._view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self._empty, 1)
        column.addWidget(self._sheet, 1)

    def _build_bar(self) -> None:
        self._bar = QFrame()
        self._bar.setProperty("notice", "warning")
        self._confirm = QPushButton("Take the consent back now")
        self._confirm.setProperty("role", "danger")
        self._keep = QPushButton("Keep it")
        line = QHBoxLayout(self._bar)
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(theme.GAP)
        words = "The camera will be registered only: looks end at once, nobody looks any more."
        line.addWidget(plain_label(words, wrap=True), 1)
        line.addWidget(self._keep)
        line.addWidget(self._confirm)
        self._bar.hide()

    def _connect(self) -> None:
        self._save.clicked.connect(self._on_save)
        self._revoke.clicked.connect(self._on_revoke)
        self._link.clicked.connect(self.owner_link_requested)
        self._confirm.clicked.connect(self._on_confirmed)
        self._keep.clicked.connect(self._bar.hide)
        self.form.edited.connect(self._on_edited)

    def _on_edited(self) -> None:
        self.say("")

    def _on_save(self) -> None:
        self._save.setEnabled(False)
        self.save_requested.emit(self.form.draft())

    def _on_revoke(self) -> None:
        self._confirm.setEnabled(True)
        self._bar.show()
        # Enter pressed twice must not take anything back.
        self._keep.setFocus()

    def _on_confirmed(self) -> None:
        self._confirm.setEnabled(False)
        self.revoke_requested.emit()
