"""What a tile may honestly say about its stream, from facts alone.

The facts are packets read and pictures decoded. libVLC's own state is no sign of life
(with a frozen source it stays "playing"), so it does not appear here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StreamState(StrEnum):
    """The states of a stream, best first after CONNECTING."""

    CONNECTING = "connecting"
    LIVE = "live"
    DELAYED = "delayed"
    FROZEN = "frozen"
    OFFLINE = "offline"
    DENIED = "denied"
    REPLAY = "replay"
    """Shows the past on purpose; only a replay is ever in this state."""


REPLAY_STEPS_S = (5, 15, 30, 60)
"""How far back a replay may begin, in seconds."""


class Fault(StrEnum):
    """Why a stream does not run."""

    HOST_UNKNOWN = "host_unknown"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NOT_FOUND = "not_found"
    PASSWORD_REFUSED = "password_refused"
    NOT_VIDEO = "not_video"
    CODEC_UNSUPPORTED = "codec_unsupported"
    BAD_ADDRESS = "bad_address"
    ENDED = "ended"
    SERVER_ERROR = "server_error"
    DECODER_LOST = "decoder_lost"
    NO_PICTURE = "no_picture"
    DENIED_BY_HUB = "denied_by_hub"
    NO_ROOM = "no_room"
    MASKS_UNFIT = "masks_unfit"
    LATE = "late"
    """It runs, but its pictures have become old on their way."""


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What is known of a stream at one moment; times in seconds of one monotonic clock, None for never.

    ``fault`` is set while the transport is down and cleared when it is open again.
    ``interval_s`` is the time between two pictures that this source promises: 1 / fps, or the
    polling interval. ``behind_s`` is how much later than the best of its stream the last picture came: it was
    that old already when it arrived.
    """

    opened_at: float
    packets_read: int = 0
    last_packet_at: float | None = None
    pictures_decoded: int = 0
    last_picture_at: float | None = None
    interval_s: float = 1 / 15
    fault: Fault | None = None
    behind_s: float = 0.0

    @property
    def last_picture_taken_at(self) -> float | None:
        """When the last picture would have arrived had it not been late."""
        return None if self.last_picture_at is None else self.last_picture_at - self.behind_s


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """What a tile says: the state, the last picture's age in seconds (None: no picture yet), and why.

    ``detail`` is the hub's own sentence where it refused.
    """

    state: StreamState
    age_s: float | None = None
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Ages in seconds at which a picture stops being live; a slow source gets whole intervals of grace."""

    live_s: float = 1.0
    frozen_s: float = 2.5
    offline_s: float = 10.0
    first_picture_s: float = 10.0
    intervals: float = 2.5
    late_share: float = 0.75
    """The part of the live limit that delay on the way may take; the rest is for the next picture's wait."""

    def live_limit_s(self, interval_s: float) -> float:
        """Return the age up to which a picture of such a source is live."""
        return max(self.live_s, self.intervals * interval_s)

    def frozen_limit_s(self, interval_s: float) -> float:
        """Return the age from which the picture counts as frozen."""
        return max(self.frozen_s, self.live_limit_s(interval_s) + self.frozen_s - self.live_s)


def judge(facts: StreamFacts, now: float, limits: Thresholds = Thresholds()) -> StreamStatus:
    """Return the honest status at ``now`` (same clock as the facts).

    Pictures that keep coming, each of them late, are delayed and never frozen.
    """
    unseen_s = None if facts.last_picture_at is None else max(0.0, now - facts.last_picture_at)
    age = None if unseen_s is None else unseen_s + facts.behind_s
    if facts.fault in (Fault.DENIED_BY_HUB, Fault.PASSWORD_REFUSED):
        return StreamStatus(StreamState.DENIED, age, facts.fault)
    if facts.fault is not None:
        return StreamStatus(StreamState.OFFLINE, age, facts.fault)
    if age is None or unseen_s is None:
        waited = now - facts.opened_at
        if waited < limits.first_picture_s:
            return StreamStatus(StreamState.CONNECTING)
        return StreamStatus(StreamState.OFFLINE, None, Fault.NO_PICTURE)
    live_s = limits.live_limit_s(facts.interval_s)
    late = facts.behind_s > limits.late_share * live_s
    if age <= live_s and not late:
        return StreamStatus(StreamState.LIVE, age)
    if unseen_s <= limits.frozen_limit_s(facts.interval_s):
        return StreamStatus(StreamState.DELAYED, age, Fault.LATE if late else None)
    if unseen_s <= limits.frozen_limit_s(facts.interval_s) + limits.offline_s:
        return StreamStatus(StreamState.FROZEN, age, Fault.NO_PICTURE)
    return StreamStatus(StreamState.OFFLINE, age, Fault.NO_PICTURE)


FAULT_WORDS: dict[Fault, str] = {
    Fault.HOST_UNKNOWN: "Camera's host name is unknown",
    Fault.UNREACHABLE: "Camera does not answer",
    Fault.TIMEOUT: "Camera answers too slowly",
    Fault.NOT_FOUND: "Camera has no such stream (404)",
    Fault.PASSWORD_REFUSED: "Camera refused the password",
    Fault.NOT_VIDEO: "Address answers, but not with video",
    Fault.CODEC_UNSUPPORTED: "Video format is not supported",
    Fault.BAD_ADDRESS: "Camera's address is not valid",
    Fault.ENDED: "Camera ended the stream",
    Fault.SERVER_ERROR: "Camera reports an error of its own",
    Fault.DECODER_LOST: "Decoder stopped, starting a new one",
    Fault.NO_PICTURE: "No new picture from the camera",
    Fault.DENIED_BY_HUB: "Not permitted",
    Fault.NO_ROOM: "This computer is out of memory for video",
    Fault.MASKS_UNFIT: "Not shown: its privacy masks cannot be applied",
    Fault.LATE: "Pictures arrive late",
}
"""One line per fault in an operator's words."""
