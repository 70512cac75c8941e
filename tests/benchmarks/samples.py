"""Arithmetic on measured samples: what a stall meant for every moment, drift, waits for a key picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from app.domain.quantile import quantile


def summary(samples: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Return p50, p99 and the largest of the samples, and how many there are."""
    return {
        "p50": round(quantile(samples, 0.50), digits),
        "p99": round(quantile(samples, 0.99), digits),
        "max": round(quantile(samples, 1.0), digits),
        "count": len(samples),
    }


def every_moment(late_ms: Sequence[float], beat_ms: float) -> list[float]:
    """Return the lateness that beats would have had which a late beat swallowed, those that came included.

    A timer that is held up for a second beats once where it should have beaten two hundred times; taken as
    one sample, the worst moments would hardly count.
    """
    moments = []
    for late in late_ms:
        swallowed = int(late // beat_ms)
        moments += [late - beat_ms * step for step in range(swallowed + 1)]
    return moments


def drift(latencies: Sequence[float], share: float = 0.2) -> float:
    """Return how much the median of the last ``share`` of the samples lies above that of the first."""
    count = max(1, int(len(latencies) * share))
    return quantile(latencies[-count:], 0.5) - quantile(latencies[:count], 0.5)


def key_wait(
    played_at: float, painted_at: float, keys_sent: Sequence[float], keys_seen: Sequence[float]
) -> float | None:
    """Return how long a reader whose PLAY was answered then waited for its key picture, in seconds.

    The picture that it can start with is the first key picture sent after PLAY, or, where it has painted
    before that one was sent, the one before. Its wait ends when a bare reader has that picture in hand.
    All times on one clock, in order; None where the key picture is not among them.
    """
    number = bisect_left(keys_sent, played_at)
    if number == len(keys_sent) or painted_at < keys_sent[number]:
        number -= 1
    if number < 0:
        return None
    seen = bisect_left(keys_seen, keys_sent[number])
    if seen == len(keys_seen):
        return None
    return max(0.0, keys_seen[seen] - played_at)
