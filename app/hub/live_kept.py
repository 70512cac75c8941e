"""The live socket of a locked desk with a wall that stays lit: ends of its kept looks, and nothing else (R1).

It tells no state of the room, so it has no numbers to resume by: who connects again is told what is kept.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app.domain.rights import Right
from app.hub.api.access import May, actor
from app.hub.core import Hub
from app.hub.db.event_log import EventLog
from app.hub.desks import kept_looks
from app.hub.live import (
    BATCH,
    ENDED_CODE,
    LATER_CODE,
    LOCKED_CODE,
    SLOW_CODE,
    TooSlowError,
    followed,
    hang_up,
    reason_of,
    send,
)
from app.hub.redaction import kind_of
from app.hub.refusals import ConflictError, LockedError, NoDatabaseError, RefusalError, answer
from app.hub.sessions import Session
from app.wire.desks import Kept
from app.wire.hub import API, EVENT_PREFIX

UNLOCKED_CODE = 4424
MAY = May(Right.LIVE, locked_too=True)
_ENDED = f"{EVENT_PREFIX}lease.ended"
_SUBJECT = '"subject": "lease/'

router = APIRouter(prefix=API)


@router.websocket("/live/kept")
async def live_kept(socket: WebSocket) -> None:
    """Serve a locked desk until it is unlocked, its session ends, or no look is left."""
    hub: Hub = socket.app.state.hub
    try:
        session = await hub.care.session(socket.headers.get("authorization"), locked_too=True)
        by = actor(session, socket.client.host if socket.client is not None else "unknown")
        await MAY.hold(hub, session, by, "LIVE /live/kept")
        if not session.locked:
            raise ConflictError("This desk is not locked.", "Follow /api/v1/live.")
        # Both before the look into the database: what comes meanwhile is told, or turns the session.
        turned, after = session.turned, hub.log.head
        async with hub.database.reading() as reading:
            left = {look.id for look in await kept_looks(reading, session.id, hub.now())}
        if not left:
            raise LockedError
        hub.live_places.take(session)
    except RefusalError as refusal:
        await socket.send_denial_response(answer(refusal))
        return
    try:
        await socket.accept()
        await _serve(socket, hub, session, turned, after, left)
    finally:
        hub.live_places.give_back(session)


async def _serve(
    socket: WebSocket, hub: Hub, session: Session, turned: asyncio.Event, after: int, left: set[str]
) -> None:
    await send(socket, Kept(leases=sorted(left)).model_dump_json())
    feed = await followed(socket, hub, _feed(socket, hub.log, after, left, turned), turned)
    if turned.is_set():
        if hub.sessions.of_id(session.id) is None:
            await hang_up(socket, ENDED_CODE, reason_of(session.words))
        elif session.locked:
            await hang_up(socket, LOCKED_CODE, reason_of(session.words))
        else:
            await hang_up(socket, UNLOCKED_CODE, "the desk is unlocked")
        return
    if feed.cancelled():
        return
    error = feed.exception()
    if error is None:
        await hang_up(socket, LOCKED_CODE, "no look goes on")
    elif isinstance(error, TooSlowError):
        hub.measures.cut_off += 1
        await hang_up(socket, SLOW_CODE, "events were not read in time; connect again")
    elif isinstance(error, NoDatabaseError):
        await hang_up(socket, LATER_CODE, "the hub's database does not answer")
    elif not isinstance(error, WebSocketDisconnect):
        raise error


async def _feed(
    socket: WebSocket, events: EventLog, after: int, left: set[str], turned: asyncio.Event
) -> None:
    """Tell the ends of the looks until none is left."""
    while left and not turned.is_set():
        batch = await events.after(after, BATCH)
        if not batch:
            await events.beyond(after)
            continue
        after = batch[-1][0]
        told = [text for _, text in batch if _ended(text) in left]
        left -= {_ended(text) for text in told}
        if told:
            await send(socket, '{"type": "events", "events": [' + ", ".join(told) + "]}")


def _ended(text: str) -> str:
    """Return the id of the lease whose end an envelope tells, "" for any other event."""
    if kind_of(text) != _ENDED:
        return ""
    start = text.index(_SUBJECT) + len(_SUBJECT)
    return text[start : text.index('"', start)]
