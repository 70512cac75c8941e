"""What the door says and asks for, as a pure function of the session and the hub's entrance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum

from app.domain.door import Entrance
from app.domain.own_session import OwnSession
from widgets.view_state import count_words, one_line

NUMBER_WORDS = (
    "Go on in the browser window that has opened. At the end it shows a number of six digits: type it here."
)
"""What whoever signs in at the agency's provider is told."""


MOST_BESIDE = 34
"""Letters of a button that has another one beside it on the card."""


class DoorStep(Enum):
    """What is asked for."""

    WAITING = "waiting"
    BANNER = "banner"
    FIRST = "first"
    SIGN_IN = "sign_in"
    PROVIDER = "provider"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class DoorView:
    """The door as it is shown. ``words`` say why it is shut, ``text`` is to be read before going on."""

    step: DoorStep
    title: str
    words: str = ""
    text: str = ""
    action: str = ""
    asks_code: bool = False
    remember: str = ""
    """What ticking it does, where the workstation may be remembered."""
    provider: str = ""
    """What leads to the agency's provider, where one may sign in there."""
    asks_password: bool = True
    """Whether a locked desk asks for a password; else ``action`` leads to the provider."""


def door_view(
    session: OwnSession | None,
    words: str,
    entrance: Entrance | None,
    acknowledged: bool,
    at_provider: bool = False,
    lit: int = 0,
) -> DoorView:
    """Return what the door shows while nobody may look at anything.

    Args:
        session: the desk's, when it is locked; None when nobody has signed in.
        words: why the last session ended.
        entrance: how one comes in, None while the hub does not say.
        acknowledged: whether its banner was.
        at_provider: whether the browser is at the agency's provider.
        lit: how many walls stay lit while the desk is locked.
    """
    if session is not None:
        provider = f"Unlock with {one_line(session.unlocks_at)}" if session.unlocks_at else ""
        if at_provider:
            return DoorView(DoorStep.PROVIDER, provider, NUMBER_WORDS, action="Unlock")
        by_password = session.unlocks_by_password or not provider
        return DoorView(
            DoorStep.LOCKED,
            "This desk is locked",
            f"{one_line(session.user)} is signed in. {_open_words(lit)}",
            action="Unlock" if by_password else _short(provider),
            provider=provider if by_password else "",
            asks_password=by_password,
        )
    if entrance is None:
        return DoorView(DoorStep.WAITING, "Waiting for the hub", words)
    if not acknowledged:
        return DoorView(DoorStep.BANNER, "Before you sign in", words, entrance.banner, "I have read this")
    if entrance.is_new:
        return DoorView(
            DoorStep.FIRST,
            "Choose a password",
            "You are the first one here: with it you manage this desk and all accounts.",
            action="Begin",
        )
    provider = f"Sign in with {one_line(entrance.provider)}" if entrance.provider else ""
    if at_provider:
        return DoorView(DoorStep.PROVIDER, provider, NUMBER_WORDS, action="Sign in")
    days = entrance.remember_days
    remember = f"Remember this workstation: no code for {count_words(days, 'day')}" if days else ""
    asks_code = not entrance.is_own
    return DoorView(DoorStep.SIGN_IN, "Sign in", words, "", "Sign in", asks_code, remember, provider)


def _open_words(lit: int) -> str:
    if not lit:
        return "No camera is open meanwhile."
    return f"{count_words(lit, 'wall')} stay{'' if lit > 1 else 's'} lit, by the administrator's setting."


def _short(words: str) -> str:
    """Return words that fit a button which has another one beside it."""
    return words if len(words) <= MOST_BESIDE else f"{words[: MOST_BESIDE - 1].rstrip()}…"


def session_words(session: OwnSession | None, zone: tzinfo | None = None) -> str:
    """Return who has signed in, as what, and until when where a shift says so."""
    if session is None:
        return ""
    parts = [one_line(session.user), " and ".join(session.roles)]
    if session.ends_by_shift and session.until is not None:
        parts.append(f"shift until {session.until.astimezone(zone):%H:%M}")
    return "  ·  ".join(part for part in parts if part)


def shift_warning(session: OwnSession | None, now: datetime, warn_before_s: float) -> str | None:
    """Return what who works in a shift is told before it ends, None when it is not time for that."""
    if session is None or not session.ends_by_shift or session.until is None:
        return None
    left_s = (session.until - now).total_seconds()
    if not 0 < left_s <= warn_before_s:
        return None
    minutes = int(left_s + 59) // 60
    return f"Your shift ends in {minutes} min." if minutes > 1 else "Your shift ends within a minute."
