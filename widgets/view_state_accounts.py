"""What the accounts' window says, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain.account import IDLE_TIME, MOST_FAILURES, Account
from app.domain.account_keeping import AccountList, HandoverSheet
from widgets.view_state import count_words, one_line

SOON = timedelta(days=14)
"""So long before an unused account is barred its row says so."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A line of the list. ``tone`` is "" where all is well."""

    name: str
    roles: str
    state: str
    tone: str
    used: str
    barred: bool


def account_row(account: Account, known: AccountList, now: datetime) -> AccountRow:
    """Return an account's line."""
    state, tone = state_words(account, now)
    used = "never" if account.must_change else date_words(account.active_at)
    return AccountRow(
        one_line(account.name),
        one_line(", ".join(known.titles(account))),
        state,
        tone,
        used,
        account.barred(now) is not None,
    )


def state_words(account: Account, now: datetime, zone: tzinfo | None = None) -> tuple[str, str]:
    """Return whether an account can be used, in words, and the words' tone."""
    if account.disabled:
        return "Disabled", "dim"
    if account.locked:
        return f"Locked after {MOST_FAILURES} failed sign-ins", "warn"
    if account.ends_at is not None and now >= account.ends_at:
        return f"Ended on {date_words(account.ends_at, zone)}", "dim"
    idle = now - account.active_at
    if idle >= IDLE_TIME:
        return f"Barred: not used for {IDLE_TIME.days} days", "warn"
    words = []
    if account.must_change:
        words.append("Has not signed in with a password of their own yet")
    if account.ends_at is not None:
        words.append(f"Ends on {date_words(account.ends_at, zone)}")
    left = IDLE_TIME - idle
    if left <= SOON:
        words.append(f"Barred in {count_words(max(1, left.days), 'day')} unless used")
    return "; ".join(words) or "In use", "warn" if left <= SOON else ""


def date_words(at: datetime, zone: tzinfo | None = None) -> str:
    """Return a local date and minute."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def sheet_words(sheet: HandoverSheet) -> str:
    """Return what is handed over as text, for the person to keep until the first sign-in."""
    return (
        f"Watchfloor: account of {one_line(sheet.name)}\n\n"
        f"Password, to be changed at the first sign-in:\n  {sheet.password}\n\n"
        f"For the authenticator app:\n  {sheet.totp_address}\n\n"
        "Recovery codes, each good once in place of the app's:\n"
        + "".join(f"  {code}\n" for code in sheet.recovery_codes)
        + "\nDestroy this sheet once the password is changed and the app shows codes.\n"
    )
