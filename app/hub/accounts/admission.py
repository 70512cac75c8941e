"""Whether an account may work now, as what, and until when (R3, R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.account import Account
from app.domain.rights import Role
from app.domain.scope import NO_REACH, Reach
from app.domain.shift import Shift, coming, running
from app.hub.db.account_book import account_of
from app.hub.db.database import Rows
from app.hub.db.shift_book import shifts_of
from app.hub.refusals import NotAllowedError
from app.hub.sessions import Session, Sessions

_PLANS = "A supervisor plans shifts."


async def admission(rows: Rows, account: Account, roles: Sequence[Role], now: datetime) -> Session:
    """Return the session that an account may have now, whose person has just proved who they are.

    Outside a shift the roles that need one are left out; within one the session ends with it.

    Raises:
        NotAllowedError: all its roles need a shift, and none runs.
    """
    until = account.session_until(now)
    if not any(role.needs_shift for role in roles):
        return Session(account.name, tuple(roles), until, until, proved_at=now)
    shifts = await shifts_of(rows, account.name, now)
    shift = running(shifts, now)
    if shift is not None:
        ends = min(until, shift.ends_at)
        return Session(account.name, tuple(roles), ends, until, shift.id, shift.scope, proved_at=now)
    free = tuple(role for role in roles if not role.needs_shift)
    if free:
        return Session(account.name, free, until, until, proved_at=now)
    raise _no_shift(coming(shifts, now), now)


async def reach_now(rows: Rows, sessions: Sessions, name: str, now: datetime) -> Reach:
    """Return how far somebody's rights reach now, who need not be signed in: nowhere once they are lost."""
    record = await account_of(rows, name)
    if record is None:
        # Who has no account is as good as their session, which no database keeps.
        unkept = (session for session in sessions.of(name) if not session.is_kept)
        here = [session for session in unkept if session.until is None or now < session.until]
        return Reach(tuple(grant for session in here for grant in session.reach.grants))
    if record.account.barred(now) is not None:
        return NO_REACH
    try:
        session = await admission(rows, record.account, sessions.known(record.account.roles), now)
    except NotAllowedError:
        return NO_REACH
    return session.reach


def _no_shift(next_one: Shift | None, now: datetime) -> NotAllowedError:
    if next_one is None:
        return NotAllowedError("You have no shift now, and none is planned.", _PLANS)
    left = int((next_one.begins_at - now).total_seconds() + 59) // 60
    wait = f"{left} min" if left < 120 else f"{(left + 30) // 60} h"
    return NotAllowedError(f"Your shift begins in {wait}.", _PLANS)
