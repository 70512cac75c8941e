"""The benchmarks' arithmetic: what a wrong sign here says, a whole measurement says."""

from __future__ import annotations

import pytest

from tests.benchmarks.samples import drift, every_moment, key_wait, summary


def test_summary_names_measured_samples() -> None:
    assert summary([float(n) for n in range(1, 101)]) == {
        "p50": 50.0,
        "p99": 99.0,
        "max": 100.0,
        "count": 100,
    }


def test_one_long_stall_counts_for_each_beat_that_it_swallowed() -> None:
    assert every_moment([0.0, 12.0, 1.0], 5.0) == [0.0, 12.0, 7.0, 2.0, 1.0]


def test_a_beat_that_is_late_by_whole_intervals_swallowed_so_many() -> None:
    assert every_moment([10.0], 5.0) == [10.0, 5.0, 0.0]


def test_drift_is_positive_where_pictures_come_later_and_later() -> None:
    assert drift([100.0 + n for n in range(100)]) == 80.0


def test_drift_is_not_moved_by_one_late_picture() -> None:
    assert drift([100.0] * 99 + [5000.0]) == 0.0


def test_drift_of_a_single_sample_is_none() -> None:
    assert drift([7.0]) == 0.0


SENT = [10.0, 11.0, 12.0]
SEEN = [10.07, 11.07, 12.07]


def test_the_wait_ends_when_a_bare_reader_has_the_next_key_picture() -> None:
    assert key_wait(10.5, 11.2, SENT, SEEN) == pytest.approx(0.57)


def test_a_key_picture_that_was_sent_before_play_is_not_waited_for() -> None:
    assert key_wait(10.02, 11.2, SENT, SEEN) == pytest.approx(1.05)


def test_who_paints_before_the_next_key_picture_is_sent_had_the_one_before() -> None:
    assert key_wait(10.02, 10.2, SENT, SEEN) == pytest.approx(0.05)


def test_a_reader_that_had_its_key_picture_at_once_did_not_wait() -> None:
    assert key_wait(10.3, 10.4, SENT, SEEN) == 0.0


def test_there_is_no_wait_where_the_bare_reader_has_not_seen_the_picture() -> None:
    assert key_wait(11.5, 12.2, SENT, SEEN[:2]) is None


def test_there_is_no_wait_before_the_first_key_picture() -> None:
    assert key_wait(9.0, 9.5, SENT, SEEN) is None
