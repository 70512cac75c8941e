"""The page of cameras' owners: three files of the hub's own, nothing from elsewhere, under a strict policy.

It takes the link's token from the address's fragment, which browsers do not send, so that it is in no log.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response

from app.hub.api.access import OPEN
from app.hub.api.owners import OWNER_PAGE

FILES = Path(__file__).parents[2] / "resources" / "owner"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

router = APIRouter(include_in_schema=False, dependencies=[OPEN])


@router.get(OWNER_PAGE)
async def page() -> Response:
    """Return the page; it tells nothing until a link opens it."""
    return _file("page.html", "text/html")


@router.get(f"{OWNER_PAGE}/page.css")
async def style() -> Response:
    """Return how it looks."""
    return _file("page.css", "text/css")


@router.get(f"{OWNER_PAGE}/page.js")
async def script() -> Response:
    """Return what it does."""
    return _file("page.js", "text/javascript")


def _file(name: str, kind: str) -> Response:
    return Response((FILES / name).read_bytes(), media_type=kind, headers=_HEADERS)
