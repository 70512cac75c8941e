"""What a tile may say about its stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.stream_state import FAULT_WORDS, Fault, StreamFacts, StreamState, Thresholds, judge

LIMITS = Thresholds()
moments = st.floats(min_value=0, max_value=1e6)
facts = st.builds(
    StreamFacts,
    opened_at=moments,
    packets_read=st.integers(0, 10**6),
    last_packet_at=st.none() | moments,
    pictures_decoded=st.integers(0, 10**6),
    last_picture_at=st.none() | moments,
    interval_s=st.floats(min_value=1 / 120, max_value=60),
    fault=st.none() | st.sampled_from(Fault),
    behind_s=st.floats(min_value=0, max_value=30),
)


@given(facts, moments)
def test_live_never_holds_without_a_picture_newer_than_the_threshold(known: StreamFacts, now: float) -> None:
    status = judge(known, now)
    if status.state is StreamState.LIVE:
        assert known.fault is None
        assert known.last_picture_at is not None
        assert now - known.last_picture_at + known.behind_s <= max(
            LIMITS.live_s, LIMITS.intervals * known.interval_s
        )


@given(facts, moments, st.floats(min_value=0, max_value=1000))
def test_without_a_new_picture_a_stream_never_gets_better(
    known: StreamFacts, now: float, later: float
) -> None:
    order = [StreamState.LIVE, StreamState.DELAYED, StreamState.FROZEN, StreamState.OFFLINE]
    before, after = judge(known, now).state, judge(known, now + later).state
    if before in order and after in order:
        assert order.index(after) >= order.index(before)


@given(facts, moments, moments)
def test_packets_alone_change_nothing(known: StreamFacts, now: float, packet_at: float) -> None:
    busy = StreamFacts(
        opened_at=known.opened_at,
        packets_read=known.packets_read + 1000,
        last_packet_at=packet_at,
        pictures_decoded=known.pictures_decoded,
        last_picture_at=known.last_picture_at,
        interval_s=known.interval_s,
        fault=known.fault,
        behind_s=known.behind_s,
    )
    assert judge(busy, now) == judge(known, now)


@pytest.mark.parametrize(
    ("age_s", "state"),
    [
        (0.0, StreamState.LIVE),
        (0.99, StreamState.LIVE),
        (1.2, StreamState.DELAYED),
        (2.6, StreamState.FROZEN),
        (13.0, StreamState.OFFLINE),
    ],
)
def test_a_picture_ages_from_live_to_offline(age_s: float, state: StreamState) -> None:
    status = judge(StreamFacts(opened_at=0.0, last_picture_at=100.0), 100.0 + age_s)
    assert status.state is state
    assert status.age_s == pytest.approx(age_s)


@pytest.mark.parametrize(
    ("behind_s", "state", "fault"),
    [
        (0.7, StreamState.LIVE, None),
        (0.8, StreamState.DELAYED, Fault.LATE),
        (6.0, StreamState.DELAYED, Fault.LATE),
    ],
)
def test_pictures_that_come_late_are_delayed_and_never_frozen(
    behind_s: float, state: StreamState, fault: Fault | None
) -> None:
    late = StreamFacts(opened_at=0.0, last_picture_at=100.0, behind_s=behind_s)
    status = judge(late, 100.1)
    assert (status.state, status.fault) == (state, fault)
    assert status.age_s == pytest.approx(behind_s + 0.1)
    # Without further ones it freezes by the time that none came.
    assert judge(late, 102.6).state is StreamState.FROZEN


def test_a_slow_source_is_live_between_its_pictures() -> None:
    slow = StreamFacts(opened_at=0.0, last_picture_at=100.0, interval_s=5.0)
    assert judge(slow, 112.0).state is StreamState.LIVE
    assert judge(slow, 113.0).state is StreamState.DELAYED


def test_a_refused_password_is_denied_and_says_so() -> None:
    status = judge(StreamFacts(opened_at=0.0, fault=Fault.PASSWORD_REFUSED), 1.0)
    assert (status.state, status.fault) == (StreamState.DENIED, Fault.PASSWORD_REFUSED)


def test_a_fault_is_offline_though_the_last_picture_is_young() -> None:
    status = judge(StreamFacts(opened_at=0.0, last_picture_at=10.0, fault=Fault.UNREACHABLE), 10.1)
    assert status.state is StreamState.OFFLINE
    assert status.age_s == pytest.approx(0.1)


def test_a_stream_that_never_shows_a_picture_stops_connecting() -> None:
    quiet = StreamFacts(opened_at=0.0, packets_read=500, last_packet_at=20.0)
    assert judge(quiet, 5.0).state is StreamState.CONNECTING
    assert judge(quiet, 20.0).fault is Fault.NO_PICTURE


def test_every_fault_has_words() -> None:
    assert set(FAULT_WORDS) == set(Fault)
