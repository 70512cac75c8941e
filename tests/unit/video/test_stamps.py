"""Dates of packets: of their arrival, each its own; segments spread over the time that they show."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.sources.video.stamps import LEAST_STEP_S, Pace, Stamps


@given(st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_dates_are_arrivals_and_each_is_its_own(passed: list[float]) -> None:
    stamps = Stamps()
    arrivals = [100 + sum(passed[: n + 1]) for n in range(len(passed))]
    dates = [stamps.next(at) for at in arrivals]
    assert all(b - a > LEAST_STEP_S * 0.999 for a, b in itertools.pairwise(dates))
    assert all(
        at <= date <= at + LEAST_STEP_S * n + 1e-9
        for n, (at, date) in enumerate(zip(arrivals, dates, strict=True))
    )


def test_a_segment_is_spread_over_the_time_that_it_shows() -> None:
    pace, now, waits = Pace(), 100.0, []
    for n in range(15):
        waits.append(pace.wait_s(n / 15, now))
        now += waits[-1]
    assert abs(sum(waits) - 14 / 15) < 1e-9


def test_a_jump_in_the_dates_does_not_hold_the_stream() -> None:
    pace = Pace()
    pace.wait_s(0.0, 100.0)
    assert pace.wait_s(5000.0, 100.1) == 0.0
    assert abs(pace.wait_s(5001.0, 100.1) - 1.0) < 1e-9
    assert pace.wait_s(3.0, 101.1) == 0.0
