"""The live socket: numbered events from the console's last number on, in order, each once.

Every client is served from its own cursor on the event log. One that does not read for ten seconds is cut
off; it loses nothing, for it comes back with its number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.types import Message as AsgiMessage

from app.domain.rights import Right
from app.hub.api.access import May, actor
from app.hub.core import Hub
from app.hub.db.event_log import EventLog
from app.hub.redaction import View
from app.hub.refusals import NoDatabaseError, RefusalError, UnfitError, answer
from app.hub.sessions import Session
from app.wire.hub import API, Reset, Welcome

BATCH = 200
SEND_TIMEOUT_S = 10.0
RESET_CODE = 4409
SLOW_CODE = 4408
ENDED_CODE = 4401
LOCKED_CODE = 4423
MOST_REASON = 120
"""Bytes of a close frame's reason, at most (RFC 6455, 5.5: 125 with the code)."""
LATER_CODE = 1013
"""RFC 6455's registry: try again later."""

MAY = May(Right.SEE_ROOM)

log = structlog.get_logger("hub")
router = APIRouter(prefix=API)


class TooSlowError(Exception):
    """The client did not read for `SEND_TIMEOUT_S`."""


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Serve one client until either side goes."""
    hub: Hub = socket.app.state.hub
    try:
        session = await hub.care.session(socket.headers.get("authorization"))
        by = actor(session, socket.client.host if socket.client is not None else "unknown")
        await MAY.hold(hub, session, by, "LIVE /live")
        after = _number(socket.query_params.get("after", "0"))
        if after > hub.log.head and hub.database.shared:
            # Another hub may have told it a moment ago.
            await hub.log.catch_up()
        hub.live_places.take(session)
    except RefusalError as refusal:
        await socket.send_denial_response(answer(refusal))
        return
    # Before the wait: a lock that comes meanwhile is another event.
    stopped = session.stopped
    try:
        await socket.accept()
        await _serve(socket, hub, session, stopped, after)
    finally:
        hub.live_places.give_back(session)


async def _serve(socket: WebSocket, hub: Hub, session: Session, stopped: asyncio.Event, after: int) -> None:
    reason = _unfollowable(hub.log, after, socket.query_params.get("hub_id"))
    if reason is not None:
        await send(socket, Reset(reason=reason).model_dump_json())
        await hang_up(socket, RESET_CODE, "load a snapshot")
        return
    await send(socket, Welcome(hub_id=hub.log.id, head=hub.log.head).model_dump_json())
    feed = await followed(socket, hub, _feed(socket, hub.log, after, session, stopped), stopped)
    if stopped.is_set():
        # What was sent until now was in the session's time; not one event more.
        await hang_up(socket, LOCKED_CODE if session.locked else ENDED_CODE, reason_of(session.words))
        return
    if feed.cancelled() or feed.exception() is None:
        return
    error = feed.exception()
    if isinstance(error, TooSlowError):
        hub.measures.cut_off += 1
        log.warning("a live client did not read and was cut off", timeout_s=SEND_TIMEOUT_S)
        await hang_up(socket, SLOW_CODE, "events were not read in time; connect again")
    elif isinstance(error, NoDatabaseError):
        await hang_up(socket, LATER_CODE, "the hub's database does not answer")
    elif error is not None and not isinstance(error, WebSocketDisconnect):
        raise error


async def _feed(
    socket: WebSocket, events: EventLog, after: int, session: Session, stopped: asyncio.Event
) -> None:
    view = View(session.user, session.reach)
    while not stopped.is_set():
        batch = await events.after(after, BATCH)
        if not batch:
            await events.beyond(after)
            continue
        texts = ", ".join(view.event(text) for _, text in batch)
        await send(socket, '{"type": "events", "events": [' + texts + "]}")
        after = batch[-1][0]


async def followed(
    socket: WebSocket, hub: Hub, telling: Coroutine[None, None, None], stopped: asyncio.Event
) -> asyncio.Task[None]:
    """Tell a client until there is no more to tell, it has gone or ``stopped`` is set; return what told."""
    hub.measures.live_clients += 1
    feed = asyncio.create_task(telling, name="live feed")
    away = asyncio.create_task(_gone(socket), name="live receive")
    over = asyncio.create_task(stopped.wait(), name="live session")
    tasks = {feed, away, over}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.measures.live_clients -= 1
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return feed


async def _gone(socket: WebSocket) -> None:
    """Return when the client has gone; what it says before is none of the protocol's and is dropped."""
    while True:
        message: AsgiMessage = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return


async def send(socket: WebSocket, text: str) -> None:
    """Send a text frame.

    Raises:
        TooSlowError: the client does not read.
    """
    try:
        # Not `wait_for`: before Python 3.12 that forgets a cancellation that comes as the sending ends.
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.send_text(text)
    except TimeoutError as error:
        raise TooSlowError from error


async def hang_up(socket: WebSocket, code: int, reason: str) -> None:
    """Close a socket; a client that has gone meanwhile need not be told."""
    try:
        await socket.close(code, reason)
    except WebSocketDisconnect:
        return


def reason_of(words: str) -> str:
    """Return words as a close frame's reason."""
    return words.encode()[:MOST_REASON].decode("utf-8", "ignore")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise UnfitError([("after", "must be the number of an event, 0 or more")])
    return int(text)


def _unfollowable(events: EventLog, after: int, hub_id: str | None) -> str | None:
    """Return why a client cannot go on from its number, None when it can."""
    if hub_id is not None and hub_id != events.id:
        return "The number is from another hub's log, or from before a backup was restored."
    if after > events.head:
        return "The number is beyond the end of this hub's log."
    return None
