"""What the browser shows when it comes back from the provider: words, without script, picture or link."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STYLE = (
    "body{font:18px sans-serif;max-width:36em;margin:4em auto;padding:0 1em;background:#14181d;color:#e8ecf0}"
    "strong{display:block;font-size:3em;letter-spacing:.2em;margin:.5em 0}"
)


def number_page(number: str) -> HTMLResponse:
    """Return the page of somebody whom the provider knows."""
    spaced = f"{number[:3]} {number[3:]}"
    return _page(
        "One step left",
        f"<p>Type this number into the Watchfloor console:</p><strong>{escape(spaced)}</strong>"
        "<p>Did you not begin this at a console yourself? Then give the number to nobody, close this page "
        "and tell your administrator.</p>",
        200,
    )


def refusal_page(message: str, hint: str, status: int) -> HTMLResponse:
    """Return the page of somebody who is not let in."""
    return _page("Not signed in", f"<p>{escape(message)}</p><p>{escape(hint)}</p>", status)


def _page(title: str, body: str, status: int) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Watchfloor: {escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>",
        status,
        headers=_HEADERS,
    )
