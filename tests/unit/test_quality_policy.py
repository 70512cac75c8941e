"""Which stream each camera gets: by size, within what the machine can decode, and not too often another."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import Quality
from app.domain.ids import CameraId
from app.domain.quality_policy import DOWN_PX, SWITCH_S, UP_PX, QualityPolicy, Wish, cost_mpx_s
from tests.fakes.world import camera

MAIN, SUB = Quality.MAIN, Quality.SUB
MAIN_COST, SUB_COST = (cost_mpx_s(camera(1), quality) for quality in (MAIN, SUB))


def wish(number: int, height_px: int = 600, current: Quality | None = None, *, held: bool = False) -> Wish:
    return Wish(camera(number), height_px, height_px * height_px * 16 // 9, current, held)


def wishes(*made: Wish) -> dict[CameraId, Wish]:
    return {one.camera.id: one for one in made}


def ids(*numbers: int) -> frozenset[CameraId]:
    return frozenset(CameraId(f"cam-{number}") for number in numbers)


def test_costs_are_pixels_a_second_and_a_guess_where_nothing_is_known() -> None:
    assert MAIN_COST == 1280 * 720 * 15 / 1e6
    streams = tuple(replace(stream, width=None, height=None, fps=None) for stream in camera(1).streams)
    assert cost_mpx_s(camera(1, streams=streams), SUB) == 640 * 360 * 15 / 1e6


def test_without_a_budget_the_size_alone_decides() -> None:
    policy = QualityPolicy()
    assert policy.choose(wishes(wish(1, UP_PX), wish(2, UP_PX - 1)), 0.0) == {
        CameraId("cam-1"): MAIN,
        CameraId("cam-2"): SUB,
    }
    assert policy.load_mpx_s == MAIN_COST + SUB_COST
    assert policy.degraded == frozenset()


def test_the_smallest_give_way_first() -> None:
    policy = QualityPolicy(2 * MAIN_COST + 2 * SUB_COST)
    chosen = policy.choose(wishes(*(wish(n, 600 + 10 * n) for n in range(1, 5))), 0.0)
    assert [chosen[CameraId(f"cam-{n}")] for n in range(1, 5)] == [SUB, SUB, MAIN, MAIN]
    assert policy.degraded == ids(1, 2)
    assert policy.load_mpx_s <= policy.budget_mpx_s


def test_a_stream_that_gave_way_comes_back_only_when_there_is_room_to_spare() -> None:
    policy = QualityPolicy(2 * MAIN_COST)
    now = 100.0
    tight = wishes(wish(1, 600, SUB), wish(2, 700, MAIN))
    assert policy.choose(tight, now)[CameraId("cam-1")] is SUB
    policy.budget_mpx_s = 2.4 * MAIN_COST
    assert policy.choose(tight, now)[CameraId("cam-1")] is MAIN


def test_no_stream_is_exchanged_again_at_once() -> None:
    policy, now = QualityPolicy(), 50.0
    assert policy.choose(wishes(wish(1, UP_PX, SUB)), now) == {CameraId("cam-1"): MAIN}
    small = wishes(wish(1, DOWN_PX - 1, MAIN))
    assert policy.choose(small, now + SWITCH_S / 2) == {CameraId("cam-1"): MAIN}
    assert policy.choose(small, now + SWITCH_S) == {CameraId("cam-1"): SUB}


def test_a_stream_that_is_not_offered_any_more_is_left_at_once() -> None:
    policy, now = QualityPolicy(), 50.0
    policy.choose(wishes(wish(1, UP_PX, SUB)), now)
    only_sub = replace(wish(1, UP_PX, MAIN), camera=camera(1, streams=camera(1).streams[1:]))
    assert policy.choose(wishes(only_sub), now) == {CameraId("cam-1"): SUB}


def test_what_is_held_stays_whatever_it_costs() -> None:
    policy = QualityPolicy(SUB_COST)
    assert policy.choose(wishes(wish(1, 10, MAIN, held=True)), 0.0) == {CameraId("cam-1"): MAIN}


def test_what_is_hidden_takes_no_power_from_what_is_looked_at() -> None:
    policy = QualityPolicy(2 * MAIN_COST)
    hidden = [wish(n, 0, MAIN, held=True) for n in range(2, 6)]
    chosen = policy.choose(wishes(wish(1, 1000, SUB), *hidden), 0.0)
    assert chosen[CameraId("cam-1")] is MAIN
    assert policy.load_mpx_s == MAIN_COST


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.sampled_from([MAIN, SUB, None])), max_size=30),
    st.floats(0, 400),
)
def test_within_the_budget_where_that_is_possible_and_stable(
    made: list[tuple[int, Quality | None]], budget: float
) -> None:
    policy = QualityPolicy(budget)
    wanted = wishes(*(wish(n, height, current) for n, (height, current) in enumerate(made)))
    chosen = policy.choose(wanted, 0.0)
    assert policy.load_mpx_s <= max(budget, len(wanted) * SUB_COST) + 1e-6
    # Left alone, nothing changes any more.
    for moment in (100.0, 200.0):
        wanted = {c: replace(one, current=chosen[c]) for c, one in wanted.items()}
        again = policy.choose(wanted, moment)
        if moment == 200.0:
            assert again == chosen
        chosen = again
