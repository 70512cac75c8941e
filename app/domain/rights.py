"""What a person may do: a fixed list of rights, and roles that hold some of them.

Roles are data (`resources/roles.toml`); what no role may hold together or at all is checked here, whatever
the data says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.errors import OperatorError


class Right(StrEnum):
    """Everything that can be allowed or refused."""

    LIVE = "live"
    LIVE_PRIVATE = "live_private"
    PTZ = "ptz"
    REPLAY = "replay"
    SNAPSHOT = "snapshot"
    EXPORT = "export"
    LINK = "link"
    PLATE_SEARCH = "plate_search"
    HOTLIST_REASONS = "hotlist_reasons"
    PERSON_DETAILS = "person_details"
    SEE_ROOM = "see_room"
    SEND_ALERTS = "send_alerts"
    ACKNOWLEDGE = "acknowledge"
    DISPATCH = "dispatch"
    INCIDENT_OPEN = "incident_open"
    INCIDENT_WORK = "incident_work"
    INCIDENT_CLOSE = "incident_close"
    INCIDENT_SHARE = "incident_share"
    INCIDENT_WITHHOLD = "incident_withhold"
    LAYOUT_BUILD = "layout_build"
    LAYOUT_PUBLISH = "layout_publish"
    CAMERAS_IMPORT = "cameras_import"
    CONSENT_EDIT = "consent_edit"
    SHIFT_PLAN = "shift_plan"
    USERS = "users"
    SETTINGS = "settings"
    AUDIT_READ = "audit_read"


WORDS: dict[Right, str] = {
    Right.LIVE: "look at a city's own cameras",
    Right.LIVE_PRIVATE: "look at private cameras, as far as their owners allow it",
    Right.PTZ: "move a camera",
    Right.REPLAY: "look at what a camera showed before",
    Right.SNAPSHOT: "save a picture",
    Right.EXPORT: "export footage",
    Right.LINK: "make a link to a camera",
    Right.PLATE_SEARCH: "search plate reads",
    Right.HOTLIST_REASONS: "read why a plate is on a hotlist",
    Right.PERSON_DETAILS: "read details of callers and other persons",
    Right.SEE_ROOM: "see the cameras' list, the alerts and the incidents",
    Right.SEND_ALERTS: "send an alert",
    Right.ACKNOWLEDGE: "acknowledge an alert",
    Right.DISPATCH: "relay to the dispatch",
    Right.INCIDENT_OPEN: "open an incident",
    Right.INCIDENT_WORK: "add alerts, cameras and notes to an incident",
    Right.INCIDENT_CLOSE: "close an incident",
    Right.INCIDENT_SHARE: "open an incident's private cameras to a volunteer",
    Right.INCIDENT_WITHHOLD: "keep an open incident's looks from the cameras' owners",
    Right.LAYOUT_BUILD: "build a wall layout",
    Right.LAYOUT_PUBLISH: "publish a wall layout to others",
    Right.CAMERAS_IMPORT: "import cameras",
    Right.CONSENT_EDIT: "record what a camera's owner agreed to",
    Right.SHIFT_PLAN: "plan shifts",
    Right.USERS: "manage accounts",
    Right.SETTINGS: "change the hub's settings",
    Right.AUDIT_READ: "read the audit record",
}
"""Each right as what one does with it, for refusals and tables."""

NEVER_FOR_VOLUNTEERS = frozenset(
    {
        Right.PLATE_SEARCH,
        Right.HOTLIST_REASONS,
        Right.PERSON_DETAILS,
        Right.PTZ,
        Right.EXPORT,
        Right.LINK,
        # Such a camera is opened to them by a supervisor, for one incident.
        Right.LIVE_PRIVATE,
    }
)
"""R14."""
APART = (frozenset({Right.USERS, Right.SETTINGS}), frozenset({Right.AUDIT_READ}))
"""R33: who administers does not read, in the same role, what is on record of it."""
PRIVILEGED: Mapping[Right, str] = MappingProxyType(
    {
        Right.USERS: "change accounts",
        Right.SETTINGS: "change the hub's settings",
        Right.CONSENT_EDIT: "change what an owner agreed to",
        Right.AUDIT_READ: "sign off a review",
    }
)
"""R3 (CJIS IA-11): who changes something by one of these, or carries the audit record away, has proved lately
who they are; to read what they show is free. Each is told as what is asked for then. Planning shifts is not
among them: it is everyday work, and whom it lets in has an account already.
"""
PROOF_TIME = timedelta(minutes=15)
"""For so long a proof is good where the hub is not told otherwise; IA-11 leaves the number to the agency."""
VOLUNTEER = "volunteer"


@dataclass(frozen=True, slots=True)
class Role:
    """Rights under a name. ``title`` is what people call it.

    ``needs_shift``: whoever holds it works in shifts only, and within the scope of theirs.
    """

    name: str
    title: str
    rights: frozenset[Right]
    needs_shift: bool = False

    def __post_init__(self) -> None:
        """Refuse what no role may hold.

        Raises:
            OperatorError: a volunteer's role with a right that volunteers never get (R14), or
                administration and the audit record in one role (R33).
        """
        too_much = self.rights & NEVER_FOR_VOLUNTEERS if self.name == VOLUNTEER else frozenset()
        if too_much:
            raise OperatorError(
                f"A volunteer never gets the right to {WORDS[min(too_much)]}.",
                "Make a role of another name for those who may.",
            )
        if all(self.rights & side for side in APART):
            raise OperatorError(
                f"The role {self.title} holds both administration and the audit record.",
                "Make two roles: whoever administers is on record too.",
            )


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return what somebody with these roles may do."""
    return frozenset(right for role in roles for right in role.rights)
