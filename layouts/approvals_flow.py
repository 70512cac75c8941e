"""The two-person rule at the desk: shows what others ask and what became of one's own, and sends answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.domain.approval import ApprovalGateway, ApprovalTold
from app.domain.changes import Changes
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.events import LinkState
from app.domain.ids import IncidentId
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from widgets.approvals import ApprovalBar
from widgets.view_state_approvals import approval_rows

LOOK_EVERY_MS = 30_000


class ApprovalsFlow(QObject):
    """Reads the requests anew whenever the hub tells of one; what is shown to one person goes with them."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: ApprovalGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._gateway = gateway
        self._told: tuple[ApprovalTold, ...] = ()
        self._asked = 0
        self.bar = ApprovalBar()
        window.add_above_wall(self.bar)
        # Minutes pass while nothing happens.
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._render)
        self.bar.answered.connect(self._on_answered)
        parts.bridge.changed.connect(self._on_changed)
        window.closed.connect(self._timer.stop)
        self._read()

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._told = ()
            self._render()
        if changes.session or changes.approvals or changes.all_reloaded or changes.link:
            self._read()
        elif changes.incidents and self._told:
            self._render()

    def _read(self) -> None:
        self._asked += 1
        store = self._parts.store
        if store.shut or store.link is not LinkState.CONNECTED or not store.may(Right.LIVE_PRIVATE):
            return
        self._parts.tasks.start("Reading what a second person is asked", self._fetch(self._asked))

    async def _fetch(self, asked: int) -> None:
        try:
            told = await self._gateway.requests()
        except (SourceError, ProtocolError):
            # The hub tells of the next change, or is connected to anew.
            return
        if asked == self._asked:
            # Nobody else has signed in, and nothing newer was asked for meanwhile.
            self._told = told
            self._render()

    def _render(self) -> None:
        rows = approval_rows(self._told, self._title, self._parts.clock.utc())
        self.bar.show_rows(rows)
        if rows:
            self._timer.start()
        else:
            self._timer.stop()

    def _title(self, incident_id: str) -> str:
        incident = self._parts.store.incidents.get(IncidentId(incident_id))
        return incident.title if incident is not None else ""

    def _on_answered(self, approval_id: str, agree: bool) -> None:
        self._parts.tasks.start("Answering a request", self._answer(approval_id, agree))

    async def _answer(self, approval_id: str, agree: bool) -> None:
        try:
            await self._gateway.answer(approval_id, agree=agree)
        except (OperatorError, SourceError, ProtocolError):
            for line in self.bar.lines():
                line.take_answers()
            raise
        finally:
            self._read()
