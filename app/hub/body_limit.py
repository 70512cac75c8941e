"""Bounds what a request may send, for every route, before anything is parsed.

Bytes are counted while they arrive, for a Content-Length may lie. After the answer the server reads the rest
and throws it away: a connection closed under a sender in the middle of its body would lose the answer.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.hub.refusals import UnfitError, answer
from app.wire.hub import API

LARGEST_BODY = 256 * 1024
LARGEST_CAMERA_FILE = 64 * 1024 * 1024


class BodyLimit:
    """ASGI middleware that answers 422 to a body larger than its route allows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_camera_file = scope["path"] == f"{API}/cameras/import"
        limit = LARGEST_CAMERA_FILE if is_camera_file else LARGEST_BODY
        size = 0
        refused = False

        async def counted() -> Message:
            nonlocal size, refused
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                refused = True
                raise _too_large(limit)
            return message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except ClientDisconnect:
            # Gone in the middle of its own request: nobody is left to answer, and nothing has happened.
            return
        if refused:
            await answer(_too_large(limit))(scope, receive, send)


def _too_large(limit: int) -> UnfitError:
    return UnfitError.body(f"is larger than {limit // 1024} KiB", "Send less at a time.")
