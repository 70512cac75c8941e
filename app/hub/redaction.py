"""What a role may know of an event or a snapshot; the rest is taken out before it is sent (R10, R14).

Every event keeps its number and place, so that nobody's log has a gap: what is not for a session comes as
``withheld``, without subject and data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.domain.incident import EntryKind
from app.domain.rights import Right
from app.wire.hub import EVENT_PREFIX, SESSION_ENDED

_WITHHELD_NOTE = "(for those only who may read details of persons)"
_LOOKS = {f"{EVENT_PREFIX}lease.granted", f"{EVENT_PREFIX}lease.ended"}
_BETWEEN_HUBS = EVENT_PREFIX + SESSION_ENDED

Data = dict[str, Any]


class View:
    """What one session sees."""

    def __init__(self, user: str, rights: frozenset[Right]) -> None:
        self._user = user
        self._sees_persons = Right.PERSON_DETAILS in rights
        self._sees_looks = Right.AUDIT_READ in rights

    @property
    def whole(self) -> bool:
        """Say whether nothing is taken out."""
        return self._sees_persons and self._sees_looks

    def event(self, text: str) -> str:
        """Return an event's envelope as this session may see it."""
        if self.whole and SESSION_ENDED not in text:
            return text
        event: Data = json.loads(text)
        kind, data = event["type"], event["data"]
        others_look = kind in _LOOKS and not self._sees_looks and data.get("user") != self._user
        if others_look or kind == _BETWEEN_HUBS:
            event |= {"type": f"{EVENT_PREFIX}withheld", "subject": None, "data": {}}
            return json.dumps(event)
        hide = self._hiding.get(kind)
        if hide is None:
            return text
        hide(data)
        return json.dumps(event)

    def snapshot(self, text: str) -> str:
        """Return a snapshot as this session may see it."""
        if self._sees_persons:
            return text
        state: Data = json.loads(text)
        for alert in state["alerts"]:
            self._hide_in_alert(alert)
        for incident in state["incidents"]:
            self._hide_in_incident(incident)
        return json.dumps(state)

    @property
    def _hiding(self) -> dict[str, Callable[[Data], None]]:
        if self._sees_persons:
            return {}
        return {
            f"{EVENT_PREFIX}alert.upserted": self._hide_in_alert,
            f"{EVENT_PREFIX}incident.upserted": self._hide_in_incident,
        }

    def _hide_in_alert(self, alert: Data) -> None:
        # A dispatch's free text: who called, from where, about whom.
        alert["detail"] = ""

    def _hide_in_incident(self, incident: Data) -> None:
        for line in incident["timeline"]:
            if line["kind"] == EntryKind.NOTE and line["who"] != self._user:
                line["text"] = _WITHHELD_NOTE
