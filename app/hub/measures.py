"""What the hub counts of itself while it works: plain numbers, so that counting costs an alert storm nothing.

`app.hub.figures` makes Prometheus's text of them, when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_ANSWERS = frozenset({"http.response.start", "websocket.http.response.start"})


class Durations:
    """A histogram of seconds."""

    def __init__(self, bounds_s: Sequence[float] = BOUNDS_S) -> None:
        self._bounds_s = bounds_s
        self._counts = [0] * (len(bounds_s) + 1)
        self.sum_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds_s, seconds)] += 1
        self.sum_s += seconds

    def up_to(self) -> list[tuple[str, int]]:
        """Return how many took at most each bound's time, the last one without bound."""
        found, total = [], 0
        for bound, count in zip([*map(str, self._bounds_s), "+Inf"], self._counts, strict=True):
            total += count
            found.append((bound, total))
        return found


@dataclass(slots=True)
class Measures:
    """Of one hub, since its start."""

    live_clients: int = 0
    cut_off: int = 0
    refusals: Counter[int] = field(default_factory=Counter)
    """Requests that were not done, by HTTP status."""


class CountRefusals:
    """ASGI middleware that counts the answers that are refusals."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._refusals = measures.refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def counted(message: Message) -> None:
            if message["type"] in _ANSWERS and message["status"] >= 400:
                self._refusals[message["status"]] += 1
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            # Answered further out, by a 500.
            self._refusals[500] += 1
            raise
