"""Stamps on arrival: never ahead, never behind, always onwards."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.sources.video.retiming import TICKS, ArrivalClock, Pace


@given(st.lists(st.tuples(st.none() | st.floats(-1e5, 1e5), st.floats(0, 5)), min_size=1, max_size=50))
def test_stamps_strictly_increase_whatever_the_camera_says(steps: list[tuple[float | None, float]]) -> None:
    clock, now, stamps = ArrivalClock(), 100.0, []
    for dated, passed in steps:
        now += passed
        stamps.append(clock.stamp(dated, now))
    assert all(a < b for a, b in itertools.pairwise(stamps))


def test_a_steady_camera_keeps_its_own_spacing() -> None:
    clock = ArrivalClock()
    jitter = [0.0, 0.012, -0.004, 0.008, 0.0, 0.015]
    stamps = [clock.stamp(50 + n / 15, 200 + n / 15 + late) for n, late in enumerate(jitter * 20)]
    steps = [(b - a) / TICKS for a, b in itertools.pairwise(stamps)]
    assert all(abs(step - 1 / 15) < 0.003 for step in steps)


def test_a_burst_is_not_played_seconds_later() -> None:
    clock = ArrivalClock()
    first = clock.stamp(0.0, 10.0)
    burst = [clock.stamp(n / 15, 10.0) for n in range(1, 30)]
    assert (burst[-1] - first) / TICKS < 0.1
    # libVLC takes two pictures of one millisecond for one.
    assert min(b - a for a, b in itertools.pairwise([first, *burst])) >= TICKS / 1000


def test_after_a_pause_the_stream_goes_on_at_the_present() -> None:
    clock = ArrivalClock()
    first = clock.stamp(0.0, 10.0)
    assert abs((clock.stamp(1 / 15, 13.0) - first) / TICKS - 3.0) < 0.05


def test_a_fast_camera_clock_gains_no_delay() -> None:
    clock = ArrivalClock()
    first = clock.stamp(0.0, 0.0)
    # A clock that is one per cent fast: after ten minutes it is six seconds ahead.
    last = [clock.stamp(n / 15 * 1.01, n / 15) for n in range(1, 9000)][-1]
    assert abs((last - first) / TICKS - 8999 / 15) < 0.05


def test_a_packet_without_a_date_is_dated_by_its_arrival() -> None:
    clock = ArrivalClock()
    first = clock.stamp(None, 10.0)
    assert abs((clock.stamp(None, 10.5) - first) / TICKS - 0.5) < 0.001


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
