"""Refuses NUL characters in addresses, before anything is looked up: PostgreSQL takes none in any text.

Those in bodies are refused by the commands' own models, which name the field.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from app.hub.refusals import UnfitError, answer


class NoNul:
    """ASGI middleware that answers 422 to a path or query with a NUL character."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            refusal = UnfitError([("address", "holds a NUL character")])
            await answer(refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)
