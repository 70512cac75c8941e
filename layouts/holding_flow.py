"""Holding an incident's looks back from the cameras' owners, and telling them: carried out at the hub."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import IncidentId
from app.domain.owner_telling import OwnerTellingGateway
from layouts.parts import Parts
from widgets.incidents_holding import HoldingLine
from widgets.view_state_owner_telling import UNKNOWN


class HoldingFlow(QObject):
    """What goes wrong stands where it was asked for, as long as the same person sits there."""

    def __init__(
        self, parts: Parts, line: HoldingLine, gateway: OwnerTellingGateway, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._line = line
        self._gateway = gateway
        self._user = self._who()
        line.offered = True
        line.requested.connect(self._on_requested)
        parts.bridge.changed.connect(self._on_changed)
        line.render_state()

    def _who(self) -> str:
        session = self._parts.store.session
        return session.user if session is not None else ""

    def _on_changed(self, changes: Changes) -> None:
        if not changes.session:
            return
        if self._who() != self._user:
            self._user = self._who()
            self._line.forget()
        else:
            self._line.render_state()

    def _on_requested(self, incident_id: str, hold: bool) -> None:
        doing = "Holding looks back from owners" if hold else "Telling owners of looks"
        self._parts.tasks.start(doing, self._told(IncidentId(incident_id), hold))

    async def _told(self, incident_id: IncidentId, hold: bool) -> None:
        problem = UNKNOWN
        try:
            await (self._gateway.hold_back if hold else self._gateway.tell)(incident_id)
            problem = ""
        except (OperatorError, SourceError) as error:
            problem = f"{error.message} {getattr(error, 'hint', '')}".strip()
        finally:
            self._line.answer(incident_id, problem)
