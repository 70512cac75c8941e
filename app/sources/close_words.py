"""What the operator reads when the hub closes the live connection, by the code that it closes it with."""

from __future__ import annotations

from websockets.exceptions import ConnectionClosed

LOST = "The connection to the hub is lost."
_WORDS = {
    1001: "The hub is ending.",
    1012: "The hub is ending.",
    4401: "The hub has ended this session: sign in again.",
    4408: "This console did not keep up with the hub's events; it goes on from where it was.",
    4409: "The hub's events cannot be gone on with from here; loading them anew.",
}


def close_words(error: Exception) -> str:
    """Return why the live connection is gone."""
    closed = error.rcvd if isinstance(error, ConnectionClosed) else None
    return _WORDS.get(closed.code, LOST) if closed is not None else LOST
