"""Whether an incident's looks are held back from the cameras' owners, and holding them back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.ids import IncidentId
from app.domain.ports import Clock
from app.domain.rights import Right
from app.store.state import Store
from widgets.plain_label import ElidedLabel, plain_label, set_text, set_tone
from widgets.view_state import plain_tip
from widgets.view_state_owner_telling import HoldingBook, HoldingView, holding_view


class HoldingLine(QWidget):
    """A line of the incident's detail. It asks once more before anything is asked of the hub."""

    requested = Signal(str, bool)
    """`IncidentId`, and whether its looks are to be held back or told."""

    def __init__(self, store: Store, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._book = HoldingBook()
        self._shown: IncidentId | None = None
        self._asked: HoldingView | None = None
        self.offered = False
        """Whether somebody carries out what is asked for."""
        self._build()
        self.button.clicked.connect(self._on_button)
        self.cancel.clicked.connect(self._on_cancel)
        self.confirm.clicked.connect(self._on_confirm)

    def show_incident(self, incident_id: IncidentId) -> None:
        """Show an incident of the store."""
        if incident_id != self._shown:
            self._asked = None
        self._shown = incident_id
        self.render_state()

    def render_state(self) -> None:
        """Show the incident as the store has it, for whom sits here."""
        view = self._view()
        if self._asked is not None and (view is None or view.question != self._asked.question):
            # Meanwhile somebody else has done it, or it is closed.
            self._asked = None
        self.setVisible(view is not None)
        if view is None or self._shown is None:
            return
        waits, asking = self._book.waits(self._shown), self._asked is not None
        words, facts = (view.question, view.meaning) if asking else (view.words, view.facts)
        set_text(self.words, words)
        set_tone(self.words, "tone", "" if asking else "warn" if view.held else "dim")
        set_text(self.facts, facts)
        tip = plain_tip(f"{words}\n{facts}")
        self.words.setToolTip(tip)
        self.facts.setToolTip(tip)
        self.button.setText(view.offer)
        self.button.setAccessibleName(
            "Tell owners of the looks" if view.held else "Hold the looks back from owners"
        )
        self.button.setVisible(bool(view.offer) and not asking)
        self.button.setEnabled(not waits)
        self.cancel.setVisible(asking)
        self.confirm.setVisible(asking)
        self.confirm.setText(view.confirm)
        self.confirm.setAccessibleDescription(view.meaning)
        set_tone(self.confirm, "role", "danger" if view.held else "primary")
        problem = "Asking the hub …" if waits else self._book.problem(self._shown)
        set_text(self.problem, problem)
        set_tone(self.problem, "tone", "dim" if waits else "warn")
        self.problem.setVisible(bool(problem))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole of what went wrong readable."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        # The panel's stack asks no label how high it is at its width.
        self.problem.setMinimumHeight(self.problem.heightForWidth(self.width()))

    def answer(self, incident_id: IncidentId, problem: str = "") -> None:
        """Say how it went; empty: as it was asked."""
        self._book.answer(incident_id, problem)
        self.render_state()

    def forget(self) -> None:
        """Leave nothing for the next person of what one was asked and told."""
        self._book.forget()
        self._asked = None
        self.render_state()

    def _view(self) -> HoldingView | None:
        incident = self._store.incidents.get(self._shown) if self._shown is not None else None
        if incident is None:
            return None
        may = self.offered and self._store.may(Right.INCIDENT_WITHHOLD)
        return holding_view(incident, self._clock.utc(), may=may)

    def _build(self) -> None:
        self.words = ElidedLabel(tone="dim")
        self.facts = ElidedLabel(tone="dim", scale="small")
        self.button = QPushButton()
        self.problem = plain_label(tone="warn", scale="small", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.words)
        texts.addWidget(self.facts)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addLayout(texts, 1)
        line.addWidget(self.button)
        self.cancel = QPushButton("Leave it")
        self.confirm = QPushButton()
        line.addWidget(self.cancel)
        line.addWidget(self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.problem)
        self.hide()

    def _on_button(self) -> None:
        self._asked = self._view()
        self.render_state()
        self.cancel.setFocus()

    def _on_cancel(self) -> None:
        self._asked = None
        self.render_state()
        self.button.setFocus()

    def _on_confirm(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and self._shown is not None:
            self._book.ask(self._shown)
            self.render_state()
            self.requested.emit(self._shown, not asked.held)
