from __future__ import annotations

import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.clusters import Cluster, ClusterIndex, clusters, extent_px, mercator, world_px
from app.domain.geo import Bounds, LatLon
from tests.fakes.counting import calls_of

WORLD = Bounds(-85.0, -180.0, 85.0, 180.0)
CITY = Bounds(41.6, -87.9, 42.1, -87.4)

positions = st.builds(
    LatLon,
    st.floats(CITY.south, CITY.north, allow_nan=False),
    st.floats(CITY.west, CITY.east, allow_nan=False),
)
cities = st.lists(positions, max_size=60).map(lambda found: [(f"c{i}", at) for i, at in enumerate(found)])


def _ids(found: list[Cluster[str]]) -> list[str]:
    return sorted(key for cluster in found for key in cluster.ids)


def _city(count: int, seed: int = 1) -> list[tuple[str, LatLon]]:
    dice = random.Random(seed)
    return [
        (f"c{i}", LatLon(41.85 + dice.gauss(0, 0.07), -87.65 + dice.gauss(0, 0.05))) for i in range(count)
    ]


def _window(centre: LatLon, zoom: float, width: int = 1000, height: int = 750) -> Bounds:
    half_lon = width / 2 * 360.0 / world_px(zoom)
    half_lat = height / 2 * 360.0 / world_px(zoom) * math.cos(math.radians(centre.lat))
    return Bounds(centre.lat - half_lat, centre.lon - half_lon, centre.lat + half_lat, centre.lon + half_lon)


def test_mercator_puts_the_null_island_in_the_middle_and_the_north_on_top() -> None:
    assert mercator(LatLon(0.0, 0.0)) == pytest.approx((0.5, 0.5))
    assert mercator(LatLon(90.0, -180.0)) == pytest.approx((0.0, 0.0), abs=1e-12)
    # EPSG:3857 of 41.85, -87.65 is x -9757153.4, y 5138517.4 metres of a half world of 20037508.34.
    assert mercator(LatLon(41.85, -87.65)) == pytest.approx((0.2565278, 0.3717775), abs=1e-6)


@given(cities, st.integers(3, 19), st.floats(20, 120))
def test_every_position_is_in_exactly_one_cluster(
    city: list[tuple[str, LatLon]], zoom: int, cell_px: float
) -> None:
    found = clusters(city, zoom, WORLD, cell_px)
    assert _ids(found) == sorted(key for key, _ in city)


@example([("a", LatLon(42.099999999999994, -87.5)), ("b", LatLon(42.1, -87.5))], 3)
@given(cities, st.integers(3, 19))
def test_a_clusters_bounds_hold_its_members_and_its_centre(city: list[tuple[str, LatLon]], zoom: int) -> None:
    places = dict(city)
    for cluster in clusters(city, zoom, WORLD, 60):
        assert cluster.bounds.contains(cluster.centre)
        assert all(cluster.bounds.contains(places[key]) for key in cluster.ids)


@given(cities, st.integers(3, 19), st.data())
def test_what_stands_alone_is_in_no_group(
    city: list[tuple[str, LatLon]], zoom: int, data: st.DataObject
) -> None:
    alone = data.draw(st.sets(st.sampled_from([key for key, _ in city] or ["none"]), max_size=4))
    found = ClusterIndex(city).in_view(zoom, WORLD, 60, alone)
    assert _ids(found) == sorted(key for key, _ in city)
    assert all(cluster.count == 1 for cluster in found if set(cluster.ids) & alone)


def test_positions_far_apart_on_screen_stay_single_and_near_ones_join() -> None:
    pair = [("a", LatLon(41.85, -87.65)), ("b", LatLon(41.85, -87.649))]
    assert [c.count for c in clusters(pair, 12, WORLD, 60)] == [2]
    assert [c.count for c in clusters(pair, 18, WORLD, 60)] == [1, 1]


def test_neighbours_across_a_cells_border_join_too() -> None:
    border = 17_932 * 60 / world_px(14) * 360.0 - 180.0
    pair = [("a", LatLon(41.85, border - 0.0001)), ("b", LatLon(41.85, border + 0.0001))]
    assert [c.count for c in clusters(pair, 14, WORLD, 60)] == [2]


def test_cameras_on_one_pole_are_one_cluster_without_extent_at_every_zoom() -> None:
    pole = [(f"p{i}", LatLon(41.85, -87.65)) for i in range(4)]
    (cluster,) = clusters(pole, 19, WORLD, 40)
    assert cluster.ids == ("p0", "p1", "p2", "p3")
    assert cluster.centre == LatLon(41.85, -87.65)
    assert extent_px(cluster.bounds, 19) == 0.0


def test_panning_regroups_nothing_that_stays_well_inside() -> None:
    index = ClusterIndex(_city(3000))
    inner = _window(LatLon(41.85, -87.65), 13, 400, 300)
    before = index.in_view(13, _window(LatLon(41.85, -87.65), 13), 60)
    after = index.in_view(13, _window(LatLon(41.851, -87.6485), 13), 60)
    inside = {c.ids for c in before if inner.contains(c.centre)}
    assert len(inside) > 20
    assert inside <= {c.ids for c in after}


def test_only_the_windows_clusters_are_returned() -> None:
    window = _window(LatLon(41.85, -87.65), 15)
    found = ClusterIndex(_city(7029)).in_view(15, window, 60)
    assert found
    assert all(window.contains(cluster.centre) for cluster in found)
    assert sum(cluster.count for cluster in found) < 1000


def test_a_window_across_the_antimeridian_sees_both_sides() -> None:
    isles = [("west", LatLon(-17.0, 179.9)), ("east", LatLon(-17.0, -179.9)), ("far", LatLon(-17.0, 0.0))]
    found = clusters(isles, 8, Bounds(-20.0, 178.0, -14.0, -178.0), 40)
    assert _ids(found) == ["east", "west"]


def test_markers_seldom_cover_each_other() -> None:
    zoom, cell = 12, 60.0
    found = ClusterIndex(_city(7029)).in_view(zoom, WORLD, cell)
    at = [tuple(v * world_px(zoom) for v in mercator(cluster.centre)) for cluster in found]
    covered = sum(1 for i, a in enumerate(at) for b in at[:i] if math.dist(a, b) < 0.5 * cell)
    assert covered <= len(at) * 0.05


def test_a_window_costs_what_it_holds_and_not_what_the_country_does() -> None:
    city = _city(7029)
    elsewhere = [(f"far-{n}", LatLon(30 + n % 100 / 1e3, -120 + n / 1e3)) for n in range(20_000)]
    window = _window(LatLon(41.85, -87.65), 11)
    alone, together = ClusterIndex(city), ClusterIndex([*city, *elsewhere])
    calls = calls_of(lambda: alone.in_view(11, window, 60))
    assert calls < 20 * 7029, "comparing each with each would be millions"
    assert calls_of(lambda: together.in_view(11, window, 60)) == calls
