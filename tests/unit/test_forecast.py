"""What a layout is said to cost is what the policy then does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import Camera, Quality
from app.domain.forecast import Forecast, forecast
from app.domain.ids import CameraId
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.quality_policy import QualityPolicy, cost_mpx_s, wish_for
from tests.fakes.stream_world import CAM, WALL, World, in_world
from tests.fakes.waiting import until
from tests.fakes.world import camera

MAIN, SUB = Quality.MAIN, Quality.SUB
ALL = {camera(n).id: camera(n) for n in range(40)}
MAIN_COST, SUB_COST = (cost_mpx_s(camera(1), quality) for quality in (MAIN, SUB))
LARGE = PictureSize(1280, 720)


def ids(*numbers: int) -> list[CameraId]:
    return [CameraId(f"cam-{n}") for n in numbers]


def large(*numbers: int) -> dict[CameraId, PictureSize]:
    """Return pictures, each a little smaller than the one before."""
    return {c: PictureSize(1280 - 16 * n, 720 - 9 * n) for n, c in enumerate(ids(*numbers))}


def qualities(said: Forecast) -> list[Quality]:
    return [stream.quality for stream in said.streams]


def test_what_fits_is_shown_as_large_as_its_tiles_ask_for() -> None:
    said = forecast(large(1, 2), {}, ALL, 100.0)
    assert qualities(said) == [MAIN, MAIN]
    assert (said.layout_mpx_s, said.excess_mpx_s) == (2 * MAIN_COST, 0.0)


def test_the_smallest_tiles_give_way_and_are_named() -> None:
    said = forecast(large(1, 2, 3), {}, ALL, 2 * MAIN_COST + SUB_COST)
    assert [(s.camera.id, s.degraded) for s in said.streams] == [(c, c == "cam-3") for c in ids(1, 2, 3)]
    assert said.load_mpx_s == 2 * MAIN_COST + SUB_COST


def test_what_does_not_fit_even_then_is_told() -> None:
    said = forecast(large(1, 2), {}, ALL, SUB_COST)
    assert all(stream.degraded for stream in said.streams)
    assert said.excess_mpx_s == pytest.approx(SUB_COST)


def test_a_camera_with_one_stream_cannot_give_way() -> None:
    only_main = camera(1, streams=(camera(1).streams[0],))
    said = forecast(large(1), {}, {only_main.id: only_main}, 1.0)
    assert (said.streams[0].quality, said.streams[0].degraded, said.streams[0].has_no_other) == (
        MAIN,
        False,
        True,
    )


def test_other_walls_share_the_budget_and_a_shared_camera_counts_once() -> None:
    elsewhere = {**large(1, 2), CameraId("cam-9"): HIDDEN}
    said = forecast({CameraId("cam-1"): PictureSize(320, 180)}, elsewhere, ALL, None)
    assert said.layout_mpx_s == MAIN_COST, "it is decoded as large as the other wall shows it"
    assert said.elsewhere_mpx_s == MAIN_COST
    assert said.load_mpx_s == 2 * MAIN_COST


def test_those_who_give_way_on_other_walls_are_named_too() -> None:
    said = forecast(large(1), {CameraId("cam-2"): PictureSize(900, 500)}, ALL, MAIN_COST + SUB_COST)
    assert [c.id for c in said.degraded_elsewhere] == ids(2)
    assert qualities(said) == [MAIN]


def test_a_camera_that_the_directory_lacks_costs_nothing_and_is_told() -> None:
    said = forecast({CameraId("gone"): LARGE}, {}, ALL, 10.0)
    assert (said.streams, said.unknown, said.load_mpx_s) == ((), (CameraId("gone"),), 0.0)


SIZES = st.dictionaries(
    st.sampled_from(sorted(ALL)),
    st.builds(PictureSize, st.integers(1, 3000), st.integers(1, 2000)),
    max_size=30,
)
OFFERS = st.lists(st.sampled_from([(0,), (1,), (0, 1)]), min_size=40, max_size=40)


@given(SIZES, SIZES, OFFERS, st.one_of(st.none(), st.floats(0, 500)))
def test_the_forecast_is_what_the_policy_does_and_goes_on_doing(
    here: dict[CameraId, PictureSize],
    elsewhere: dict[CameraId, PictureSize],
    offers: list[tuple[int, ...]],
    budget: float | None,
) -> None:
    known: dict[CameraId, Camera] = {
        c: replace(one, streams=tuple(one.streams[i] for i in offer))
        for (c, one), offer in zip(ALL.items(), offers, strict=True)
    }
    said = forecast(here, elsewhere, known, budget)
    largest = {
        c: max((w[c] for w in (elsewhere, here) if c in w), key=lambda s: s.area)
        for c in {**elsewhere, **here}
    }
    policy = QualityPolicy(budget)
    wishes = {c: wish_for(known[c], size) for c, size in largest.items()}
    for moment in (0.0, 100.0, 200.0):
        chosen = policy.choose(wishes, moment)
        assert {s.camera.id: s.quality for s in said.streams} == {c: chosen[c] for c in here}
        told = {s.camera.id for s in said.streams if s.degraded} | {c.id for c in said.degraded_elsewhere}
        assert told == policy.degraded
        assert said.load_mpx_s == pytest.approx(policy.load_mpx_s)
        wishes = {c: replace(wish, current=chosen[c]) for c, wish in wishes.items()}


@pytest.mark.parametrize("size", [(853, 480), (852, 479), (640, 480), (300, 600), (400, 630), (480, 480)])
def test_the_forecast_is_what_the_running_console_opens(size: tuple[int, int]) -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: PictureSize(*size)})
        await until(lambda: bool(world.engine.open_streams))
        said = forecast({CAM: PictureSize(*size)}, {}, world.store.cameras, None)
        assert [key.quality for key in world.engine.open_streams] == qualities(said)
        assert said.load_mpx_s == world.streams.qualities.load_mpx_s

    in_world(play)
