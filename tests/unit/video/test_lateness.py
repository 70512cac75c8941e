"""Delay that grows on the way is told, whatever a camera's clock does; a good stream is never late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sources.video.lateness import Lateness

FPS = st.sampled_from([1.0, 5.0, 15.0, 30.0])
NOTICED_S = 0.4
"""Half of the least age at which a tile turns: a good stream stays well below it."""


def dates(fps: float, seconds: float, clock: Callable[[float], float] = lambda at: at) -> list[float]:
    """Return the camera's dates of the pictures that it takes at 0, 1 / fps and so on."""
    return [clock(n / fps) for n in range(int(fps * seconds) + 1)]


def told(fps: float | None, packets: Iterable[tuple[float, float]]) -> list[float]:
    """Return what is said of packets (date, arrival); they arrive in order, as over one connection."""
    lateness, last, said = Lateness(fps), 0.0, []
    for dated_s, arrived_at in packets:
        last = max(last, 1000.0 + arrived_at)
        said.append(lateness.behind_s(dated_s, last))
    return said


@given(FPS, st.floats(-200e-6, 200e-6), st.floats(0, 1e5), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_a_clock_that_drifts_for_hours_does_not_make_a_picture_late(
    fps: float, drift: float, start: float, seed: int
) -> None:
    random, every = Random(seed), max(1.0, fps)
    # Four hours, of which a few seconds in each minute are played.
    taken = [minute * 60 + n / every for minute in range(240) for n in range(int(3 * every))]
    said = told(fps, [(start + at * (1 + drift), at + random.uniform(0.02, 0.08)) for at in taken])
    assert max(said) < NOTICED_S / 2


@given(FPS, st.floats(-3e4, 3e4), st.lists(st.tuples(st.integers(1, 20), st.floats(-3e4, 3e4)), max_size=6))
@settings(deadline=None)
def test_dates_that_jump_do_not_make_a_picture_late(
    fps: float, start: float, jumps: list[tuple[int, float]]
) -> None:
    packets, offset = [], start
    for n in range(120):
        offset += sum(by for turn, by in jumps if n == 6 * turn and abs(by) > 4 / fps + 1)
        packets.append((offset + n / fps, n / fps + 0.05))
    assert max(told(fps, packets)) < NOTICED_S


@given(FPS, st.floats(0.1, 0.9), st.floats(1.0, 10.0), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_a_delay_that_grows_is_told_and_its_end_too(fps: float, pace: float, to_s: float, seed: int) -> None:
    random, grows_s = Random(seed), to_s / pace
    taken = dates(fps, 10 + grows_s + 20)
    delays = [min(to_s, max(0.0, at - 10) * pace) if at < 15 + grows_s else 0.0 for at in taken]
    arrivals = []
    for at, delay_s in zip(taken, delays, strict=True):
        arrivals.append(max([*arrivals[-1:], at + delay_s + random.uniform(0.0, 0.03)]))
    said = told(fps, zip(taken, arrivals, strict=True))
    late = [arrived_at - at for at, arrived_at in zip(taken, arrivals, strict=True)]
    for n, behind_s in enumerate(said):
        # Noticed within the best of four, forgiven at 500 ppm, and no worse than it was a moment before.
        best_of_four_s = 4 * pace / fps if fps > 4 else 0.0
        assert behind_s >= late[n] - best_of_four_s - 500e-6 * arrivals[n] - 0.05
        moment = [late[m] for m in range(n + 1) if arrivals[n] - arrivals[m] <= 0.6]
        assert behind_s <= max(moment)
    assert said[-1] < 0.1


@given(st.sampled_from([5.0, 15.0, 30.0]), st.integers(0, 3))
@settings(deadline=None)
def test_pictures_out_of_order_are_not_late(fps: float, held: int) -> None:
    """Each picture that others wait for (P) comes before the ``held`` ones that are shown before it (B)."""
    groups = range(0, 240, held + 1)
    turns = [0, *(first + at for first in groups for at in (held + 1, *range(1, held + 1)))]
    said = told(fps, [(turn / fps, n / fps + 0.05) for n, turn in enumerate(turns)])
    assert max(said[int(2 * fps) + 2 :]) <= 0.01


@pytest.mark.parametrize("fps", [5.0, 15.0, 30.0])
def test_key_pictures_that_take_longer_are_not_late(fps: float) -> None:
    gop = int(2 * fps)
    packets = [(n / fps, n / fps + (0.3 if n % gop == 0 else 0.05)) for n in range(20 * gop)]
    assert max(told(fps, packets)) < NOTICED_S


def test_packets_that_are_read_late_here_are_late() -> None:
    said = told(15.0, [(at, at if at < 5 else max(at, 8.0)) for at in dates(15.0, 12)])
    assert said[75] == pytest.approx(3.0, abs=0.1)
    # What is read at once is called as late as the worst of it for a moment, and the present no more.
    assert said[75 + 15] >= 2.0
    assert said[8 * 15 + 9] < 0.1


def test_delay_that_stays_is_told_for_an_hour() -> None:
    said = told(5.0, [(at, at + (3.0 if at > 10 else 0.0)) for at in dates(5.0, 3600)])
    assert said[-1] > 1.0


@pytest.mark.parametrize("fps", [1.0, 15.0])
@pytest.mark.parametrize("speed", [2.0, 10.0, 1000.0])
def test_a_connection_that_begins_with_the_past_is_not_live_at_once(fps: float, speed: float) -> None:
    past_s = 8.0
    taken = dates(fps, past_s + 10)
    packets = [(at, max(at, past_s + at / speed)) for at in taken]
    said = told(fps, packets)
    for (at, arrived_at), behind_s in zip(packets, said, strict=True):
        caught_up_s = past_s - (arrived_at - at)
        if arrived_at - at > 1.0:
            assert behind_s == pytest.approx(caught_up_s, abs=0.2)
    assert said[-1] == 0.0


def test_a_clock_that_stands_still_tells_nothing() -> None:
    assert max(told(15.0, [(5.0, n / 15) for n in range(900)])) == 0.0
    assert Lateness(15.0).behind_s(None, 1000.0) == 0.0


def test_dates_that_run_too_fast_do_not_make_a_picture_late() -> None:
    assert max(told(15.0, [(1.2 * at, at) for at in dates(15.0, 60)])) < NOTICED_S


def test_a_clock_that_claims_what_cannot_be_is_not_believed_any_more() -> None:
    said = told(15.0, [(at / 2, at) for at in dates(15.0, 90)])
    assert max(said) > 25.0
    assert set(said[15 * 62 :]) == {0.0}


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 5)), max_size=60))
def test_nothing_is_ever_early_or_absurdly_late(packets: list[tuple[float, float]]) -> None:
    at, arrivals = 0.0, []
    for dated_s, passed_s in packets:
        at += passed_s
        arrivals.append((dated_s, at))
    assert all(0.0 <= behind_s <= 30.0 for behind_s in told(None, arrivals))
