"""Enrolled desks, and the walls of theirs that stay lit while they are locked (R1).

A lock ends every look but those that are kept: under a session at an enrolled desk, for a wall that an
administrator exempted, at a camera that is the agency's own. A private camera is looked at for a reason and
under its owner's consent, by somebody who is there: never at an unattended desk.

Under a locked session only kept looks run. Whatever takes a condition away ends them in its own transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from app.domain.enrolled_desk import MAIN_WALL
from app.domain.rights import Right
from app.hub.db.consent_book import consents_of
from app.hub.db.database import Rows
from app.hub.db.desk_book import (
    DeskRecord,
    all_desks,
    desk_at,
    desk_by_id,
    desk_by_key,
    drop_desk,
    drop_exempt,
    locked_with_looks,
    write_at,
    write_desk,
    write_exempt,
)
from app.hub.db.directory import camera_by_id, listings
from app.hub.db.lease_book import (
    LeaseRecord,
    lease_by_id,
    looks_under,
    write_end,
    write_expiry,
    write_renewal,
)
from app.hub.db.session_book import kept_state
from app.hub.db.unit_of_work import UnitOfWork
from app.hub.refusals import ConflictError, LockedError, NotAllowedError, NotFoundError

KEPT_TIME = timedelta(minutes=5)
"""A wall that the hub cannot reach, to have it go dark, stays lit no longer than this."""
MOST_DESKS = 500
MOST_WALLS = 20

_NO_DESK = "There is no such enrolled desk."
_HIDDEN = "This wall is hidden while the desk is locked: the administrator's setting was changed."
_TAKEN = "This wall is hidden: its desk was withdrawn, or another session is at it."
_CHANGED = "The camera was changed: unlock the desk to look at it again."


# Desks


async def enrol(uow: UnitOfWork, name: str, key: str) -> DeskRecord:
    """Enrol the desk of the session that acts, under a hash of its key; the session is at it from then on.

    Raises:
        ConflictError: the session has no account, the name is taken, or there are too many.
    """
    if await kept_state(uow, uow.by.session) is None:
        raise ConflictError(
            "This session has no account, so its desk cannot be locked.", "Sign in with an account."
        )
    known = await all_desks(uow)
    if any(desk.name.casefold() == name.casefold() for desk in known):
        raise ConflictError("Another desk has this name.", "Choose one that tells the two apart.")
    if len(known) >= MOST_DESKS:
        raise ConflictError(f"There are {MOST_DESKS} desks already.", "Withdraw those that are gone.")
    desk = DeskRecord(uuid4().hex, name, uow.by.name, uow.now)
    await write_desk(uow, desk, key)
    await write_at(uow, uow.by.session, desk)
    return desk


async def withdraw(uow: UnitOfWork, desk_id: str) -> None:
    """Withdraw a desk; what went on at it while it was locked ends.

    Raises:
        NotFoundError: no such desk.
    """
    await drop_desk(uow, await _desk(uow, desk_id))
    await end_unkept(uow, _TAKEN)


async def enter(uow: UnitOfWork, session_id: str, key: str) -> DeskRecord | None:
    """Let a session be at the desk whose key has this hash; return the desk, None where there is none.

    Raises:
        LockedError: the session's desk is locked, as the database knows.
    """
    state = await kept_state(uow, session_id)
    if state is None:
        return None
    if state["locked"]:
        raise LockedError
    desk = await desk_by_key(uow, key)
    before = await desk_at(uow, session_id)
    if desk is not None and (before is None or before.id != desk.id):
        await write_at(uow, session_id, desk)
        await end_unkept(uow, _TAKEN)
    return desk


async def exempt(uow: UnitOfWork, desk_id: str, wall: str, reason: str) -> None:
    """Let a wall of a desk stay lit while the desk is locked, from its next lock on.

    Raises:
        NotFoundError: no such desk.
        ConflictError: it has too many such walls, or it is the main window's, beside which the room is seen.
    """
    desk = await _desk(uow, desk_id)
    if wall == MAIN_WALL:
        raise ConflictError("The main window's wall is hidden by every lock.", "Open a wall window for it.")
    if len(desk.exempt_walls | {wall}) > MOST_WALLS:
        raise ConflictError(f"A desk has no more than {MOST_WALLS} walls that stay lit.")
    await write_exempt(uow, desk, wall, reason)


async def hide(uow: UnitOfWork, desk_id: str, wall: str) -> None:
    """Let a lock hide a wall again; where its desk is locked, its looks end now.

    Raises:
        NotFoundError: no such desk, or the wall is hidden already.
    """
    desk = await _desk(uow, desk_id)
    if wall not in desk.exempt_walls:
        raise NotFoundError("This wall is hidden by a lock already.")
    await drop_exempt(uow, desk, wall)
    await end_unkept(uow, _HIDDEN)


# Looks


async def refuse_locked(uow: UnitOfWork) -> None:
    """Refuse what a locked session may not do, though it may have been let in before its lock was known here.

    Raises:
        LockedError: the database has the session as locked.
    """
    state = await kept_state(uow, uow.by.session)
    if state is not None and state["locked"]:
        raise LockedError


async def kept_looks(rows: Rows, session_id: str, now: datetime) -> list[LeaseRecord]:
    """Return the looks under a session that a lock leaves on."""
    desk = await desk_at(rows, session_id)
    if desk is None or not desk.exempt:
        return []
    looks = [look for look in await looks_under(rows, session_id) if look.wall in desk.exempt_walls]
    camera_ids = {look.camera_id for look in looks}
    own = (await listings(rows, camera_ids)).keys() - (await consents_of(rows, camera_ids)).keys()
    return [look for look in looks if look.camera_id in own and look.expires_at > now]


async def end_at_lock(uow: UnitOfWork, session_id: str, words: str) -> int:
    """End the looks under a session that is being locked but those that are kept; return how many those are.

    They go on for five minutes, unless they are renewed.
    """
    kept = await kept_looks(uow, session_id, uow.now)
    for look in kept:
        await write_expiry(uow, look, min(look.expires_at, uow.now + KEPT_TIME))
    await _end_others(uow, session_id, {look.id for look in kept}, words)
    return len(kept)


async def end_unkept(uow: UnitOfWork, words: str) -> None:
    """End what goes on at locked desks and may not any more."""
    for session_id in await locked_with_looks(uow):
        kept = {look.id for look in await kept_looks(uow, session_id, uow.now)}
        await _end_others(uow, session_id, kept, words)


async def end_kept_of(uow: UnitOfWork, camera_ids: Collection[str]) -> None:
    """End what goes on at locked desks of cameras that were changed: nobody is there to be asked anew."""
    for session_id in await locked_with_looks(uow):
        for look in await looks_under(uow, session_id):
            if look.camera_id in camera_ids:
                await write_end(uow, look, "revoked", _CHANGED)


async def renew(uow: UnitOfWork, lease_id: str) -> datetime:
    """Let one's own look that a lock leaves on go on; return until when.

    Raises:
        NotFoundError: no such look under this session that has not ended.
        ConflictError: the desk is not locked: its looks have an end of their own, and are asked for anew.
        NotAllowedError: a lock would not leave it on, or its camera is beyond who looks.
    """
    look = await lease_by_id(uow, lease_id)
    if look is None or not look.session or look.session != uow.by.session:
        raise NotFoundError("There is no such look.")
    if look.ended_at is not None or look.expires_at <= uow.now:
        raise NotFoundError("This look has ended.", "Unlock the desk and open the camera again.")
    state = await kept_state(uow, uow.by.session)
    if state is not None and not state["locked"]:
        raise ConflictError("This desk is not locked.", "Ask for a new look.")
    kept = {one.id for one in await kept_looks(uow, look.session, uow.now)}
    camera = await camera_by_id(uow, look.camera_id)
    if look.id not in kept or camera is None or not uow.by.reach.holds_camera(Right.LIVE, camera):
        raise NotAllowedError("This look does not go on at a locked desk.", "Unlock the desk.")
    until = uow.now + KEPT_TIME
    await write_renewal(uow, look, until)
    return until


async def _end_others(uow: UnitOfWork, session_id: str, kept: Collection[str], words: str) -> None:
    for look in await looks_under(uow, session_id):
        if look.id not in kept:
            await write_end(uow, look, "revoked", words)


async def _desk(rows: Rows, desk_id: str) -> DeskRecord:
    desk = await desk_by_id(rows, desk_id)
    if desk is None:
        raise NotFoundError(_NO_DESK)
    return desk
