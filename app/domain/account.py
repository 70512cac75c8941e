"""A person's account, and the rules of signing in (R2, R3, R5, R7 of the room; CJIS AC-2, AC-7, IA-5, IA-11).

Everything here is pure: hashing, codes and storage belong to the hub.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAST_PASSWORD = 8
MOST_PASSWORD = 1000
"""A bound for the hash function's time; nobody's password is cut short at it, it is refused."""
MOST_FAILURES = 5
FAILURE_TIME = timedelta(minutes=15)
IDLE_TIME = timedelta(days=90)
SESSION_TIME = timedelta(hours=12)
REMEMBER_TIME = timedelta(days=30)
"""For so long a workstation is remembered where the hub is not told otherwise."""
HANDED_OVER = "This password was handed over: choose your own."
"""What whoever signs in with such a password is told; the desk then asks for another one."""
REVIEW_TIME = timedelta(days=365)
"""So often somebody looks over all accounts and their rights (R7; CJIS AC-2, AC-6)."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person's. ``failures`` are the times of failed sign-ins since the last good one, oldest first.

    ``ends_at`` is the end of a temporary account; ``active_at`` the last good sign-in, or when it was made;
    ``must_change``: its password is the one that an administrator handed over, good for choosing another.
    """

    name: str
    roles: tuple[str, ...]
    active_at: datetime
    ends_at: datetime | None = None
    must_change: bool = True
    disabled: bool = False
    locked: bool = False
    failures: tuple[datetime, ...] = ()

    def after_failure(self, at: datetime) -> Account:
        """Return the account after a failed sign-in: locked, when too many lie too close together (R2)."""
        recent = tuple(failed for failed in self.failures if at - failed < FAILURE_TIME)
        failures = (*recent, at)[-MOST_FAILURES:]
        return replace(self, failures=failures, locked=self.locked or len(failures) >= MOST_FAILURES)

    def after_success(self, at: datetime) -> Account:
        """Return the account after a good sign-in."""
        return replace(self, failures=(), active_at=at)

    def session_until(self, at: datetime) -> datetime:
        """Return when a session that begins now ends: by its own time or a temporary account's (R7)."""
        until = at + SESSION_TIME
        return until if self.ends_at is None else min(until, self.ends_at)

    def barred(self, at: datetime) -> tuple[str, str] | None:
        """Return why nobody may sign in to it, and what helps; None when they may (R2, R7)."""
        release = "An administrator releases it."
        if self.disabled:
            return "This account is disabled.", release
        if self.locked:
            return f"This account is locked after {MOST_FAILURES} failed attempts to sign in.", release
        if self.ends_at is not None and at >= self.ends_at:
            return "This account was for a time that is over.", "An administrator can extend it."
        if at - self.active_at >= IDLE_TIME:
            return f"This account was not used for {IDLE_TIME.days} days.", release
        return None


def account_key(name: str) -> str:
    """Return what two names share that people take for the same: without regard to case and spelling."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def is_of_one_alphabet(name: str) -> bool:
    """Say whether a name's letters are of one alphabet: a Cyrillic а among Latin ones looks like an a."""
    return len({unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}) <= 1


def password_fault(password: str, name: str, banned: frozenset[str]) -> str | None:
    """Return why a password may not be chosen, None when it may (R5).

    Args:
        password: as it was typed.
        name: the account's.
        banned: passwords that are known to be tried, casefolded.
    """
    if len(password) < LEAST_PASSWORD:
        return f"A password has at least {LEAST_PASSWORD} characters."
    if len(password) > MOST_PASSWORD:
        return f"A password has at most {MOST_PASSWORD} characters."
    folded = password.casefold()
    if folded in banned:
        return "This password is on the list of those that are tried first."
    if name.casefold() in folded:
        return "A password does not contain the account's name."
    if len(set(folded)) < 4:
        return "This password repeats too few characters."
    return None
