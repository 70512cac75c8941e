"""A tile never says more than its picture proves."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import Quality, StreamKey, StreamKind, StreamProfile
from app.domain.stream_state import Fault, StreamState, StreamStatus, Thresholds
from tests.fakes.world import camera
from widgets.wall.honesty import age_words, judge_tile, promised_interval_s

LIMITS = Thresholds()
LIVE = StreamStatus(StreamState.LIVE, 0.0)
STATUSES = st.builds(
    StreamStatus,
    st.sampled_from(StreamState),
    st.none() | st.floats(0, 1e5),
    st.none() | st.sampled_from(Fault),
    st.sampled_from(["", "Outside your shift window"]),
)
AGES = st.floats(0, 1e5)
INTERVALS = st.floats(0.01, 10)


BEHIND = st.just(0.0) | st.floats(0, 30)


@given(st.none() | STATUSES, AGES, INTERVALS, BEHIND)
def test_live_is_said_only_of_a_young_picture_of_a_stream_that_reports_live(
    status: StreamStatus | None, age: float, interval: float, behind_s: float
) -> None:
    now = 1e6
    said = judge_tile(status, now, now - age, interval, now, behind_s).saying
    if said.state is StreamState.LIVE:
        assert now - (now - age) + behind_s <= LIMITS.live_limit_s(interval)
        assert status is not None
        assert status.state is StreamState.LIVE


@given(st.none() | STATUSES)
def test_live_is_never_said_without_a_picture(status: StreamStatus | None) -> None:
    said = judge_tile(status, 0.0, None, 1 / 15, 5.0).saying
    assert said.state is not StreamState.LIVE
    assert not said.shows_picture
    assert said.reason or said.state is not StreamState.CONNECTING


@given(st.none() | STATUSES, AGES, INTERVALS, st.floats(0.001, 30), BEHIND)
def test_a_saying_holds_until_the_moment_it_names(
    status: StreamStatus | None, age: float, interval: float, later: float, behind_s: float
) -> None:
    now = 1e6
    first = judge_tile(status, now, now - age, interval, now, behind_s)
    assert first.until >= now
    if now + later < first.until - 1e-6:
        assert judge_tile(status, now, now - age, interval, now + later, behind_s).saying == first.saying


@given(AGES)
def test_a_refusal_takes_the_picture_away_even_the_last_one(age: float) -> None:
    denied = StreamStatus(StreamState.DENIED, age, Fault.DENIED_BY_HUB, "Outside your shift window")
    said = judge_tile(denied, 1e6, 1e6 - age, 1 / 15, 1e6).saying
    assert said.state is StreamState.DENIED
    assert not said.shows_picture
    assert said.reason == "Outside your shift window"


@pytest.mark.parametrize(
    ("age", "state", "stale"),
    [
        (0.9, StreamState.LIVE, False),
        (1.1, StreamState.DELAYED, True),
        (2.4, StreamState.DELAYED, True),
        (2.6, StreamState.FROZEN, True),
        (12.4, StreamState.FROZEN, True),
        (12.6, StreamState.OFFLINE, True),
    ],
)
def test_the_pictures_own_age_overrules_a_stream_that_still_reports_live(
    age: float, state: StreamState, stale: bool
) -> None:
    said = judge_tile(LIVE, 100.0, 100.0 - age, 1 / 15, 100.0).saying
    assert (said.state, said.stale) == (state, stale)
    if state in (StreamState.FROZEN, StreamState.OFFLINE):
        assert said.reason == "No new picture from the camera"


def test_a_picture_that_came_late_says_so_though_the_stream_reports_live() -> None:
    said = judge_tile(LIVE, 100.0, 99.9, 1 / 15, 100.0, behind_s=4.0).saying
    assert (said.state, said.age_s, said.reason) == (
        StreamState.DELAYED,
        4,
        "Pictures arrive late",
    )


def test_a_slow_source_gets_its_own_grace() -> None:
    said = judge_tile(LIVE, 100.0, 96.0, 2.0, 100.0).saying
    assert said.state is StreamState.LIVE


def test_a_report_of_a_fault_beats_a_young_picture() -> None:
    offline = StreamStatus(StreamState.OFFLINE, 0.1, Fault.UNREACHABLE)
    said = judge_tile(offline, 100.0, 99.9, 1 / 15, 100.0).saying
    assert (said.state, said.reason) == (StreamState.OFFLINE, "Camera does not answer")


def test_the_age_goes_on_counting_where_the_picture_itself_is_gone() -> None:
    frozen = StreamStatus(StreamState.FROZEN, 4.0, Fault.NO_PICTURE)
    judged = judge_tile(frozen, 100.0, None, 1 / 15, 103.5)
    assert judged.saying.age_s == 7
    assert isclose(judged.until, 104.0)


@pytest.mark.parametrize(
    ("profile", "interval"),
    [
        (StreamProfile(Quality.SUB, StreamKind.RTSP, fps=25), 0.04),
        (StreamProfile(Quality.SUB, StreamKind.RTSP), 1 / 15),
        (StreamProfile(Quality.SUB, StreamKind.JPEG), 1.0),
        (StreamProfile(Quality.SUB, StreamKind.JPEG, fps=0.2), 5.0),
    ],
)
def test_the_promised_interval_comes_from_the_directory(profile: StreamProfile, interval: float) -> None:
    listed = camera(1, streams=(profile,))
    assert promised_interval_s(listed, StreamKey(listed.id, Quality.SUB)) == pytest.approx(interval)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "00:00:00"), (83, "00:01:23"), (4000, "01:06:40"), (90_061, "1 d 01:01:01")],
)
def test_ages_read_as_hours_minutes_and_seconds(seconds: int, words: str) -> None:
    assert age_words(seconds) == words
