"""Enrolled desks and their walls that a lock leaves lit; and the desk that a session is at."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request

from app.domain.audit import Act, Actor, AuditEntry, Outcome
from app.domain.rights import Right
from app.hub import desks
from app.hub.api.access import OWN, Authorization, TheHub, actor, desk_of, may
from app.hub.db.desk_book import DeskRecord, all_desks, desk_at
from app.hub.sessions import key_of, new_token
from app.wire.desks import (
    DeskIn,
    DeskKeyIn,
    DeskMade,
    DeskMessage,
    Desks,
    ExemptIn,
    ExemptWallMessage,
    OwnDesk,
    Renewed,
)
from app.wire.hub import API

router = APIRouter(prefix=API, tags=["desks"])

_Settings = Annotated[Actor, may(Right.SETTINGS)]
_Looks = Annotated[Actor, may(Right.LIVE, locked_too=True)]
_Wall = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


@router.get("/desks")
async def list_desks(hub: TheHub, _who: _Settings) -> Desks:
    """Return the enrolled desks, without their keys."""
    async with hub.database.reading() as reading:
        found = await all_desks(reading)
    return Desks(desks=[_told(desk) for desk in found])


@router.post("/desks", status_code=201)
async def enrol_desk(hub: TheHub, who: _Settings, wanted: DeskIn) -> DeskMade:
    """Enrol the desk that asks. Its key is told here and never again."""
    key = new_token()
    desk = await hub.journal.write(who, partial(desks.enrol, name=wanted.name, key=key_of(key)))
    return DeskMade(id=desk.id, name=desk.name, key=key)


@router.delete("/desks/{desk_id}", status_code=204)
async def withdraw_desk(hub: TheHub, who: _Settings, desk_id: str) -> None:
    """Withdraw a desk: its walls go dark with a lock, those that are lit now at once."""
    await hub.journal.write(who, partial(desks.withdraw, desk_id=desk_id))


@router.put("/desks/{desk_id}/exempt-walls/{wall}", status_code=204)
async def exempt_wall(hub: TheHub, who: _Settings, desk_id: str, wall: _Wall, wanted: ExemptIn) -> None:
    """Let a wall of a desk stay lit while the desk is locked."""
    work = partial(desks.exempt, desk_id=desk_id, wall=wall, reason=wanted.reason)
    await hub.journal.write(who, work)


@router.delete("/desks/{desk_id}/exempt-walls/{wall}", status_code=204)
async def hide_wall(hub: TheHub, who: _Settings, desk_id: str, wall: _Wall) -> None:
    """Let a lock hide a wall of a desk again, at once where the desk is locked."""
    await hub.journal.write(who, partial(desks.hide, desk_id=desk_id, wall=wall))


@router.get("/session/desk", dependencies=[OWN])
async def own_desk(hub: TheHub, authorization: Authorization = None) -> OwnDesk:
    """Return the enrolled desk that the session is at."""
    session = hub.sessions.session(authorization)
    async with hub.database.reading() as reading:
        return _own(await desk_at(reading, session.id), any_enrolled=bool(await all_desks(reading)))


@router.put("/session/desk", dependencies=[OWN])
async def enter_desk(
    hub: TheHub, request: Request, wanted: DeskKeyIn, authorization: Authorization = None
) -> OwnDesk:
    """Say by its key at which enrolled desk the session is; a key of none changes nothing."""
    session = hub.sessions.session(authorization)
    by = actor(session, desk_of(request))
    work = partial(desks.enter, session_id=session.id, key=key_of(wanted.key))
    desk = await hub.journal.write(by, work)
    if desk is None:
        refused = AuditEntry(Act.DESK_ENTER, "desk", Outcome.REFUSED, detail="no enrolled desk's key")
        await hub.denials.record(by, refused)
        async with hub.database.reading() as reading:
            return _own(await desk_at(reading, session.id), any_enrolled=bool(await all_desks(reading)))
    return _own(desk, any_enrolled=True)


@router.post("/leases/{lease_id}/renew")
async def renew_look(hub: TheHub, who: _Looks, lease_id: str) -> Renewed:
    """Let a look go on at a wall that stays lit: all that a locked session may do."""
    return Renewed(expires_at=await hub.journal.write(who, partial(desks.renew, lease_id=lease_id)))


def _own(desk: DeskRecord | None, *, any_enrolled: bool) -> OwnDesk:
    if desk is None:
        return OwnDesk(any_enrolled=any_enrolled)
    walls = sorted(desk.exempt_walls)
    return OwnDesk(id=desk.id, name=desk.name, exempt_walls=walls, any_enrolled=any_enrolled)


def _told(desk: DeskRecord) -> DeskMessage:
    return DeskMessage(
        id=desk.id,
        name=desk.name,
        enrolled_by=desk.enrolled_by,
        enrolled_at=desk.enrolled_at,
        exempt_walls=[
            ExemptWallMessage(wall=one.wall, reason=one.reason, set_by=one.set_by, set_at=one.set_at)
            for one in desk.exempt
        ],
    )
