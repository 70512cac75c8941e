"""What a tile says of its picture: the worse of what the stream reports and what the picture's age proves."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from app.domain.camera import Camera, StreamKey, StreamKind
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from app.domain.stream_state import (
    FAULT_WORDS,
    StreamFacts,
    StreamState,
    StreamStatus,
    Thresholds,
    judge,
)

LIMITS = Thresholds()

STILLS_INTERVAL_S = 1.0
"""How often stills are fetched where the directory does not say."""
VIDEO_INTERVAL_S = 1 / 15

_SEVERITY = {
    StreamState.LIVE: 0,
    StreamState.CONNECTING: 1,
    StreamState.DELAYED: 2,
    StreamState.FROZEN: 3,
    StreamState.OFFLINE: 4,
    StreamState.DENIED: 5,
    StreamState.REPLAY: 0,
}

STATE_WORDS = {
    StreamState.CONNECTING: "CONNECTING",
    StreamState.LIVE: "LIVE",
    StreamState.DELAYED: "DELAYED",
    StreamState.FROZEN: "FROZEN",
    StreamState.OFFLINE: "OFFLINE",
    StreamState.DENIED: "DENIED",
    StreamState.REPLAY: "REPLAY",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """What a tile tells the operator. ``age_s`` is in whole seconds, None while nothing is worth counting.

    Two equal sayings look the same, so a tile is painted anew for its words only when this changes.
    """

    state: StreamState
    age_s: int | None = None
    reason: str = ""
    shows_picture: bool = False

    @property
    def stale(self) -> bool:
        """Say whether the picture must not be taken for the present: it is painted grey."""
        return self.state not in (StreamState.LIVE, StreamState.CONNECTING, StreamState.REPLAY)

    @property
    def word(self) -> str:
        """The state in one word."""
        return STATE_WORDS[self.state]


def absence(session: OwnSession | None, directory_known: bool) -> Saying:
    """Return what a tile says of a camera that the desk does not know: it may be kept from who sits here."""
    if session is not None and Right.SEE_ROOM not in session.rights:
        return Saying(StreamState.DENIED, reason="Your role does not see the cameras")
    if not directory_known:
        return Saying(StreamState.CONNECTING, reason="Waiting for the camera directory")
    if session is not None and session.ends_by_shift:
        return Saying(StreamState.DENIED, reason="Not among the cameras of your shift")
    return Saying(StreamState.OFFLINE, reason="Not in the camera directory any more")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A saying and the moment (monotonic seconds) from which it may no longer be true."""

    saying: Saying
    until: float


def promised_interval_s(camera: Camera, key: StreamKey) -> float:
    """Return the seconds between two pictures that the directory promises for this stream."""
    profile = camera.profile(key.quality)
    if profile is None:
        return VIDEO_INTERVAL_S
    if profile.fps is not None and profile.fps > 0:
        return 1 / profile.fps
    return STILLS_INTERVAL_S if profile.kind is StreamKind.JPEG else VIDEO_INTERVAL_S


def judge_tile(
    status: StreamStatus | None,
    status_at: float,
    picture_at: float | None,
    interval_s: float,
    now: float,
    behind_s: float = 0.0,
) -> Judgement:
    """Return what the tile says at ``now`` and how long that holds.

    ``status`` is the stream's own report, made at ``status_at``; ``picture_at`` is when the picture in
    hand reached this machine, None when there is none to paint, and ``behind_s`` how old it was already then.
    All times in seconds of one monotonic clock.
    LIVE is never said without a picture, nor of a picture older than its source's own limit.
    """
    reported = status or StreamStatus(StreamState.CONNECTING)
    if picture_at is None:
        return _without_picture(reported, status_at, now)
    own = judge(
        StreamFacts(picture_at, last_picture_at=picture_at, interval_s=interval_s, behind_s=behind_s),
        now,
        LIMITS,
    )
    taken_at = picture_at - behind_s
    age = max(0.0, now - taken_at)
    state = reported.state if _SEVERITY[reported.state] >= _SEVERITY[own.state] else own.state
    live_s, *later_s = _own_limits_s(interval_s)
    turns = next(at for at in (taken_at + live_s, *(picture_at + limit for limit in later_s)) if at >= now)
    if state in (StreamState.LIVE, StreamState.CONNECTING):
        return Judgement(Saying(state, reason=_reason(reported), shows_picture=True), turns)
    # A refusal takes the picture away: no look without permission, not even at the last one.
    shows_picture = state is not StreamState.DENIED
    saying = Saying(state, int(age), _reason(reported) or _reason(own), shows_picture)
    return Judgement(saying, min(turns, _next_second(taken_at, now)))


def live_until(arrived_at: float, behind_s: float, live_limit_s: float) -> float:
    """Return until when a picture is live that came that late, minus infinity for never; see `judge`."""
    return -inf if behind_s > LIMITS.late_share * live_limit_s else arrived_at - behind_s + live_limit_s


def judge_replay(picture_at: float | None, now: float) -> Judgement:
    """Return what a tile says at ``now`` that plays the past: always that it does, and how far back.

    Times as in `judge_tile`.
    """
    if picture_at is None:
        return Judgement(Saying(StreamState.REPLAY, reason="Looking it up"), inf)
    age = int(max(0.0, now - picture_at))
    return Judgement(Saying(StreamState.REPLAY, age, shows_picture=True), _next_second(picture_at, now))


def _own_limits_s(interval_s: float) -> tuple[float, ...]:
    """Return the ages at which a picture's own state turns, so that none is noticed late."""
    frozen = LIMITS.frozen_limit_s(interval_s)
    return (LIMITS.live_limit_s(interval_s), frozen, frozen + LIMITS.offline_s, inf)


def _without_picture(reported: StreamStatus, status_at: float, now: float) -> Judgement:
    if reported.state in (StreamState.LIVE, StreamState.DELAYED, StreamState.CONNECTING):
        reason = _reason(reported) or "Waiting for the first picture"
        return Judgement(Saying(StreamState.CONNECTING, reason=reason), inf)
    if reported.age_s is None:
        return Judgement(Saying(reported.state, None, _reason(reported)), inf)
    picture_at = status_at - reported.age_s
    age = int(max(0.0, now - picture_at))
    return Judgement(Saying(reported.state, age, _reason(reported)), _next_second(picture_at, now))


def _next_second(since: float, now: float) -> float:
    return since + int(max(0.0, now - since)) + 1


def _reason(status: StreamStatus) -> str:
    if status.detail:
        return status.detail
    if status.fault is not None:
        return FAULT_WORDS[status.fault]
    return ""


def age_words(age_s: int) -> str:
    """Return an age as an operator reads it: hours, minutes and seconds, days before them when there are."""
    days, rest = divmod(age_s, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
