"""What is put on record of an act: who did what, when, where, to what, and with what outcome (R30, R31).

No more personal data than that: notes, titles and callers stay where they are; the record names their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.rights import Right
from app.domain.scope import NO_REACH, Reach


class ActorKind(StrEnum):
    """On whose behalf the hub acts."""

    PERSON = "person"
    HUB = "hub"
    SENDER = "sender"
    """A vendor's system that sends alerts. What it sends is kept whole in the event log and is no act."""
    OWNER = "owner"
    """The owner of private cameras, by their link; the record knows them by its number, not by name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where (``desk``: the address that the request came from), and how far that reaches.

    ``session`` is the id of the session that they act under, empty where there is none. ``title`` is what
    their roles are called, which a camera's owner may be told (R40).
    """

    name: str
    desk: str
    kind: ActorKind = ActorKind.PERSON
    reach: Reach = NO_REACH
    session: str = ""
    title: str = ""

    @property
    def rights(self) -> frozenset[Right]:
        """What they may do somewhere."""
        return self.reach.rights


THE_HUB = Actor("hub", "hub", ActorKind.HUB)
A_SENDER = Actor("sender", "ingest", ActorKind.SENDER)


class Act(StrEnum):
    """Everything that can be on record."""

    SIGN_IN = "sign_in"
    DENIED = "denied"
    """Somebody asked for what their roles do not give them; ``detail`` is the right."""
    AUDIT_READ = "audit_read"
    AUDIT_EXPORT = "audit_export"
    AUDIT_REVIEW = "audit_review"
    LOOK = "look"
    LOOK_END = "look_end"
    LOOK_USE = "look_use"
    """A look went further: ``detail`` is the `app.domain.camera.Use`."""
    EXPORT = "export"
    """A recording was exported: ``subject`` names the record of the use, ``detail`` the file's SHA-256."""
    APPROVAL_ASK = "approval_ask"
    APPROVAL_GIVE = "approval_give"
    APPROVAL_DENY = "approval_deny"
    APPROVAL_USE = "approval_use"
    """Steps of the two-person rule; ``detail`` names the right and the other person."""
    ALERT_ACKNOWLEDGE = "alert_acknowledge"
    INCIDENT_OPEN = "incident_open"
    INCIDENT_ALERT = "incident_alert"
    INCIDENT_PIN = "incident_pin"
    INCIDENT_UNPIN = "incident_unpin"
    INCIDENT_NOTE = "incident_note"
    INCIDENT_CLOSE = "incident_close"
    CAMERAS_IMPORT = "cameras_import"
    CONSENT = "consent"
    OWNER_LINK = "owner_link"
    OWNER_LINK_END = "owner_link_end"
    OWNER_TERMS = "owner_terms"
    """What owners are told of looks, and how late."""
    OWNER_READ = "owner_read"
    OWNER_REVOKE = "owner_revoke"
    OWNER_LEAVE = "owner_leave"
    INCIDENT_WITHHOLD = "incident_withhold"
    ACCOUNT_CREATE = "account_create"
    ACCOUNT_UNLOCK = "account_unlock"
    ACCOUNT_RESET = "account_reset"
    ACCOUNT_ROLES = "account_roles"
    ACCOUNT_DISABLE = "account_disable"
    ACCOUNT_LOCK = "account_lock"
    PASSWORD_CHANGE = "password_change"
    CODES_SEALED = "codes_sealed"
    ACCOUNT_REVIEW = "account_review"
    SIGN_OUT = "sign_out"
    SESSION_END = "session_end"
    PROOF = "proof"
    """Somebody who is signed in proved anew who they are (R3)."""
    WORKSTATION_REMEMBER = "workstation_remember"
    WORKSTATION_FORGET = "workstation_forget"
    DESK_ENROL = "desk_enrol"
    DESK_WITHDRAW = "desk_withdraw"
    DESK_ENTER = "desk_enter"
    """A session came to be at an enrolled desk, by the desk's key."""
    WALL_EXEMPT = "wall_exempt"
    WALL_HIDE = "wall_hide"
    """A wall of an enrolled desk stays lit at a locked desk from now on, or no more (R1)."""
    LOOK_RENEW = "look_renew"
    """A look at a wall that stays lit goes on."""
    LOCK = "lock"
    UNLOCK = "unlock"
    SHIFT_PLAN = "shift_plan"
    SHIFT_CHANGE = "shift_change"
    HANDOVER = "handover"
    ALERT_RELEASE = "alert_release"
    INCIDENT_SHARE = "incident_share"
    AUDIT_KEY = "audit_key"
    BACKUP = "backup"
    RESTORE = "restore"
    DATABASE_SET_ASIDE = "database_set_aside"
    ALERT_SEND = "alert_send"
    CAMERA_CHANGE = "camera_change"


class Outcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. ``subject`` is what it was done to, as "kind/id"; ``detail`` says more in fixed words."""

    act: Act
    subject: str
    outcome: Outcome = Outcome.DONE
    camera_id: str | None = None
    incident_id: str | None = None
    reason: str | None = None
    detail: str | None = None
