"""What the page shows at one moment, as plain values; and the words and the order it shows them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.camera import StreamKey
from app.domain.stream_state import FAULT_WORDS, StreamState, StreamStatus
from widgets.view_state import age_words

UNKNOWN = "–"
STATE_WORDS = {
    StreamState.CONNECTING: "Connecting",
    StreamState.LIVE: "Live",
    StreamState.DELAYED: "Delayed",
    StreamState.FROZEN: "Frozen",
    StreamState.OFFLINE: "Offline",
    StreamState.DENIED: "Denied",
    StreamState.REPLAY: "Replay",
}
_WORST_FIRST = (
    StreamState.OFFLINE,
    StreamState.FROZEN,
    StreamState.DENIED,
    StreamState.DELAYED,
    StreamState.CONNECTING,
    StreamState.REPLAY,
    StreamState.LIVE,
)


@dataclass(frozen=True, slots=True)
class StreamReading:
    """One open stream. Rates per second, None where there is none to tell.

    ``painted`` is None for a stream that no tile shows now: it lingers, or waits for its first picture.
    ``dropped`` are the pictures that nobody saw: left out because the decoder was behind, or decoded and
    overtaken by a newer one before the tile was painted. ``kbit`` counts the video itself, in 1,000 bits.
    """

    key: StreamKey
    camera: str
    worker: str | None
    status: StreamStatus
    age_s: float | None
    kbit: float | None = None
    received: float | None = None
    decoded: float | None = None
    painted: float | None = None
    dropped: float | None = None
    restarts: int | None = None


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """One process: share of one processor core in percent (None at the first look), MB, streams on it.

    ``streams`` is None for a process that decodes none.
    """

    name: str
    cpu_percent: float | None
    memory_mb: float
    streams: int | None


@dataclass(frozen=True, slots=True)
class SystemReading:
    """Everything at one moment (``at``, monotonic seconds)."""

    at: float
    late_ms: float
    """How late the user interface was at worst since the last reading."""
    hub_ms: float | None
    """How long the hub took to answer, None while it does not."""
    painted: float | None
    """Pictures a second that all tiles painted together."""
    dropped: float | None
    """Pictures a second that nobody saw, of all streams together."""
    streams: tuple[StreamReading, ...]
    processes: tuple[ProcessReading, ...]
    console_cpu: float | None
    workers_cpu: float | None
    trouble: str = ""
    """What keeps the engine from decoding, in words; empty when all is well."""
    decoding: str = ""
    """How the decoders work, in words."""
    load: str = ""
    """What the streams take of this computer's budget, in words."""


def badness(reading: StreamReading) -> tuple[int, int, int, int, str, str]:
    """Return what to sort by to have the worst stream first.

    By state; then the oldest picture, to the second; then the largest share of the received pictures that was
    dropped, to a tenth; then the most restarts. Finer would have equal streams change places for ever.
    """
    age = int(reading.age_s) if reading.age_s is not None else 0
    lost = 0
    if reading.received and reading.dropped is not None:
        lost = int(10 * reading.dropped / reading.received)
    return (
        _WORST_FIRST.index(reading.status.state),
        -age,
        -lost,
        -(reading.restarts or 0),
        reading.camera.casefold(),
        reading.key.quality.value,
    )


def age_text(age_s: float | None) -> str:
    """Return a picture's age: tenths of a second while they matter, then larger units."""
    if age_s is None:
        return UNKNOWN
    return f"{age_s:.1f} s" if age_s < 10 else age_words(age_s)


def rate_text(rate: float | None) -> str:
    """Return an amount per second."""
    return UNKNOWN if rate is None else f"{rate:.1f}"


def kbit_text(kbit: float | None) -> str:
    """Return an amount of video a second."""
    return UNKNOWN if kbit is None else f"{kbit:,.0f}"


def count_text(count: int | None) -> str:
    """Return a count with its thousands set apart."""
    return UNKNOWN if count is None else f"{count:,}"


def percent_text(percent: float | None) -> str:
    """Return a share of one core."""
    return UNKNOWN if percent is None else f"{percent:.1f} %"


def megabytes_text(megabytes: float | None) -> str:
    """Return an amount of memory."""
    return UNKNOWN if megabytes is None else f"{megabytes:,.0f} MB"


def reason(status: StreamStatus) -> str:
    """Return why a stream is not live, empty where there is nothing to say."""
    if status.detail:
        return status.detail
    return FAULT_WORDS[status.fault] if status.fault is not None else ""


def share_percent(busy: Mapping[str, float]) -> dict[str, float]:
    """Return processor seconds per second as shares of one core in percent."""
    return {name: 100.0 * rate for name, rate in busy.items()}


def total(figures: Iterable[float | None]) -> float | None:
    """Return the sum of those that are known, None when none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def workers_percent(shares: Mapping[str, float], console: str) -> float | None:
    """Return the sum over all processes but the console, None when none has a figure."""
    return total(share for name, share in shares.items() if name != console)


def summary(streams: tuple[StreamReading, ...]) -> str:
    """Return the table's headline: how many streams there are, in which states, and what they send."""
    if not streams:
        return "No streams are open"
    count = f"{len(streams)} open stream{'' if len(streams) == 1 else 's'}"
    states = [stream.status.state for stream in streams]
    parts = [
        f"{states.count(state)} {STATE_WORDS[state].lower()}" for state in _WORST_FIRST if state in states
    ]
    kbit = total(stream.kbit for stream in streams)
    sent = "" if kbit is None else f" · {kbit / 1000:,.1f} Mbit/s"
    return f"{count}: {', '.join(parts)}{sent}"
