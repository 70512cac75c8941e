"""What a session may know of an event or a snapshot; the rest is taken out before it is sent (R10, R14).

A role sees no details that its rights do not give, and a shift nothing beyond its cameras, sources and area.
Every event keeps its number and place, so that nobody's log has a gap: what is not for a session comes as
``withheld``, without subject and data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.domain.incident import EntryKind
from app.domain.rights import Right
from app.domain.scope import Reach
from app.wire.convert import camera_from, position_of
from app.wire.hub import BETWEEN_HUBS, EVENT_PREFIX, CameraMessage

_WITHHELD_NOTE = "(for those only who may read details of persons)"
_BETWEEN_HUBS = frozenset(EVENT_PREFIX + kind for kind in BETWEEN_HUBS)
_LOOKS = frozenset(f"{EVENT_PREFIX}lease.{what}" for what in ("granted", "renewed", "ended"))
_APPROVAL = f"{EVENT_PREFIX}approval.changed"
_NAMES_NOTHING = frozenset(
    EVENT_PREFIX + kind
    for kind in (
        "account.changed",
        "presence.changed",
        "shift.changed",
        "review.signed",
        "owner.changed",
        "owner_terms.changed",
        "desk.changed",
        "hub.backed_up",
        "hub.restored",
        # The hub has forgotten where the camera was, so that it cannot say in whose reach.
        "camera.removed",
    )
)
"""No camera, alert or incident that is there. Bounded sessions hear of these and of what `View` judges."""
_TYPE = '"type": "'
"""Before it stand only the event's number and the log's id: nothing that somebody wrote."""


Data = dict[str, Any]


class View:
    """What one session sees."""

    def __init__(self, user: str, reach: Reach) -> None:
        self._user = user
        self._reach = reach
        self._sees_persons = Right.PERSON_DETAILS in reach.rights
        self._sees_looks = reach.is_whole(Right.AUDIT_READ)
        self._sees_everywhere = reach.is_whole(Right.SEE_ROOM)
        self._hiding: dict[str, Callable[[Data], Data | None]] = {
            f"{EVENT_PREFIX}camera.upserted": self._camera,
            f"{EVENT_PREFIX}alert.upserted": self._alert,
            f"{EVENT_PREFIX}incident.upserted": self._incident,
            **dict.fromkeys(_LOOKS, self._look),
            f"{EVENT_PREFIX}shift.handed_over": self.handover,
            _APPROVAL: self._approval,
        }

    def event(self, text: str) -> str:
        """Return an event's envelope as this session may see it."""
        kind = kind_of(text)
        if self._sees_all_of(kind):
            return text
        event: Data = json.loads(text)
        data = event["data"]
        # Where it was before is for the hub alone: it may be beyond this session's reach.
        was = data.pop("was", None)
        seen = self._seen(kind, data)
        if seen is not None:
            return json.dumps(event | {"data": seen})
        if was is not None and self._seen(kind, data | was) is not None:
            gone = kind.replace(".upserted", ".removed")
            return json.dumps(event | {"type": gone, "data": {"id": data["id"]}})
        return json.dumps(event | {"type": f"{EVENT_PREFIX}withheld", "subject": None, "data": {}})

    def _seen(self, kind: str, data: Data) -> Data | None:
        """Return what this session may see of an event's data, None where it may not know of the event."""
        see = self._hiding.get(kind)
        if see is not None:
            return see(data)
        is_open = self._sees_everywhere and kind not in _BETWEEN_HUBS
        return data if is_open or kind in _NAMES_NOTHING else None

    def _sees_all_of(self, kind: str) -> bool:
        """Say whether nothing is taken out of events of a kind: in a storm reading each one is what costs."""
        if kind in _BETWEEN_HUBS or kind == _APPROVAL or not (self._sees_persons and self._sees_everywhere):
            return False
        return self._sees_looks or kind not in _LOOKS

    def snapshot(self, text: str) -> str:
        """Return a snapshot as this session may see it."""
        if self._sees_persons and self._sees_everywhere:
            return text
        state: Data = json.loads(text)
        state["cameras"] = [seen for camera in state["cameras"] if (seen := self._camera(camera)) is not None]
        state["alerts"] = [seen for alert in state["alerts"] if (seen := self._alert(alert)) is not None]
        state["incidents"] = [seen for one in state["incidents"] if (seen := self._incident(one)) is not None]
        return json.dumps(state)

    def _camera(self, camera: Data) -> Data | None:
        if self._sees_everywhere:
            return camera
        known = camera_from(CameraMessage.model_validate(camera))
        return camera if self._reach.holds_camera(Right.SEE_ROOM, known) else None

    def _alert(self, alert: Data) -> Data | None:
        position = position_of(alert["lat"], alert["lon"])
        if not self._reach.holds_alert(Right.SEE_ROOM, alert["source"], position):
            return None
        # A dispatch's free text: who called, from where, about whom.
        return alert if self._sees_persons else alert | {"detail": ""}

    def _incident(self, incident: Data) -> Data | None:
        if not self._reach.holds_place(Right.SEE_ROOM, position_of(incident["lat"], incident["lon"])):
            return None
        if self._sees_persons:
            return incident
        return incident | {"timeline": [self._line(line) for line in incident["timeline"]]}

    def _line(self, line: Data) -> Data:
        hidden = line["kind"] == EntryKind.NOTE and line["who"] != self._user
        return line | {"text": _WITHHELD_NOTE} if hidden else line

    def handover(self, handover: Data) -> Data:
        """Return what was handed over as this session may see it."""
        if handover["who"] == self._user:
            return handover
        # Its words may speak of persons, as a note does, and it does not say where its alerts are.
        text = handover["text"] if self._sees_persons else _WITHHELD_NOTE
        alert_ids = handover["alert_ids"] if self._sees_everywhere else []
        return handover | {"text": text, "alert_ids": alert_ids}

    def _look(self, look: Data) -> Data | None:
        return look if self._sees_looks or look.get("user") == self._user else None

    def _approval(self, approval: Data) -> Data | None:
        # Whose it is, and who may answer it: nobody else hears who wants what of which private camera.
        may = all(self._reach.is_whole(right) for right in (Right.LIVE_PRIVATE, Right(approval["right"])))
        return approval if may or approval["who"] == self._user else None


def kind_of(text: str) -> str:
    """Return the type of an event from its envelope (`app.hub.db.event_log.LoggedEvent.envelope`)."""
    start = text.index(_TYPE) + len(_TYPE)
    return text[start : text.index('"', start)]
