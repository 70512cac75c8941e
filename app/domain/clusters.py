"""Groups of positions that would cover each other on a map, in Web Mercator pixels.

A grid that is fixed to the world, not to the window, so that panning regroups nothing; neighbouring
cells whose centres are too near each other are then joined, fullest first, because a grid alone
leaves two groups that overlap across a border.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.geo import Bounds, LatLon

K = TypeVar("K", bound=str)

TILE_PX = 256
MAX_LATITUDE = 85.051128779806604
"""Web Mercator ends here: the world is a square."""

_JOIN = 0.75
"""Share of a cell below which two centres count as covering each other."""


@dataclass(frozen=True, slots=True)
class Cluster(Generic[K]):
    """One position or several: ``ids`` west to east, ``bounds`` the smallest rectangle around them."""

    ids: tuple[K, ...]
    centre: LatLon
    bounds: Bounds

    @property
    def count(self) -> int:
        """Return how many positions it stands for."""
        return len(self.ids)


def mercator(position: LatLon) -> tuple[float, float]:
    """Return Web Mercator coordinates in [0, 1] (EPSG:3857 scaled): x eastwards, y southwards."""
    lat = math.radians(min(MAX_LATITUDE, max(-MAX_LATITUDE, position.lat)))
    y = 0.5 - math.asinh(math.tan(lat)) / (2 * math.pi)
    return (position.lon + 180.0) / 360.0, y


def world_px(zoom: float) -> float:
    """Return the width of the whole world in pixels at ``zoom``."""
    return TILE_PX * math.exp2(zoom)


def extent_px(bounds: Bounds, zoom: float) -> float:
    """Return the longer side of ``bounds`` in pixels at ``zoom``."""
    west, south = mercator(LatLon(bounds.south, bounds.west))
    east, north = mercator(LatLon(bounds.north, bounds.east))
    return max(abs(east - west), abs(south - north)) * world_px(zoom)


@dataclass(frozen=True, slots=True)
class _Point(Generic[K]):
    x: float
    y: float
    id: K
    position: LatLon


class ClusterIndex(Generic[K]):
    """Positions kept in map order, so that a window's clusters cost only what the window holds."""

    def __init__(self, points: Iterable[tuple[K, LatLon]]) -> None:
        self._points = sorted(
            (_Point(*mercator(position), key, position) for key, position in points),
            key=lambda point: (point.x, point.y, point.id),
        )
        self._xs = [point.x for point in self._points]

    def __len__(self) -> int:
        return len(self._points)

    def in_view(
        self, zoom: float, bounds: Bounds, cell_px: float, alone: Collection[K] = ()
    ) -> list[Cluster[K]]:
        """Return the clusters whose centre lies in ``bounds``, fullest first, then west to east.

        Args:
            zoom: Web Mercator zoom level, tiles of 256 pixels.
            bounds: the window in degrees.
            cell_px: side of a grid cell; centres end up at least about 3/4 of it apart.
            alone: ids that are never put into a cluster with others.
        """
        if not self._points:
            return []
        cells: dict[tuple[int, int], list[_Point[K]]] = {}
        singles: list[_Point[K]] = []
        per_unit = world_px(zoom) / cell_px
        for point in self._near(bounds, 2.0 / per_unit):
            if alone and point.id in alone:
                singles.append(point)
            else:
                cells.setdefault((int(point.x * per_unit), int(point.y * per_unit)), []).append(point)
        groups = [*([point] for point in singles), *_joined(cells, _JOIN / per_unit)]
        found = [cluster for cluster in map(_cluster, groups) if bounds.contains(cluster.centre)]
        return sorted(found, key=lambda cluster: (-cluster.count, cluster.centre.lon, cluster.ids[0]))

    def _near(self, bounds: Bounds, margin: float) -> Iterable[_Point[K]]:
        """Yield the points in ``bounds`` and ``margin`` (Mercator units) around it."""
        west, top = mercator(LatLon(bounds.north, bounds.west))
        east, bottom = mercator(LatLon(bounds.south, bounds.east))
        spans = [(west, east)] if west <= east else [(0.0, east), (west, 1.0)]
        for start, end in spans:
            first = bisect_left(self._xs, start - margin)
            last = bisect_right(self._xs, end + margin)
            for point in self._points[first:last]:
                if top - margin <= point.y <= bottom + margin:
                    yield point


def clusters(
    points: Iterable[tuple[K, LatLon]], zoom: float, bounds: Bounds, cell_px: float
) -> list[Cluster[K]]:
    """Return the clusters of ``points`` in one window; keep a `ClusterIndex` to ask more than once."""
    return ClusterIndex(points).in_view(zoom, bounds, cell_px)


def _joined(cells: dict[tuple[int, int], list[_Point[K]]], reach: float) -> Iterable[list[_Point[K]]]:
    """Yield the cells' points, a fuller cell together with the neighbours that it would cover."""
    centres = {cell: _mean(points) for cell, points in cells.items()}
    waiting = dict(sorted(cells.items(), key=lambda item: (-len(item[1]), item[0])))
    for cell in list(waiting):
        if cell not in waiting:
            continue
        group = waiting.pop(cell)
        x, y = centres[cell]
        column, row = cell
        for other in (
            (column + dc, row + dr) for dc in (-1, 0, 1) for dr in (-1, 0, 1) if (dc, dr) != (0, 0)
        ):
            if other in waiting and math.dist((x, y), centres[other]) < reach:
                group = group + waiting.pop(other)
        yield group


def _mean(points: list[_Point[K]]) -> tuple[float, float]:
    n = len(points)
    return sum(point.x for point in points) / n, sum(point.y for point in points) / n


def _cluster(points: list[_Point[K]]) -> Cluster[K]:
    if len(points) == 1:
        at = points[0].position
        return Cluster((points[0].id,), at, Bounds(at.lat, at.lon, at.lat, at.lon))
    x, y = _mean(points)
    lats = [point.position.lat for point in points]
    lons = [point.position.lon for point in points]
    south, north, west, east = min(lats), max(lats), min(lons), max(lons)
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))
    # Rounding must not carry the centre out of its own bounds.
    centre = LatLon(min(north, max(south, lat)), min(east, max(west, x * 360.0 - 180.0)))
    ids = tuple(point.id for point in sorted(points, key=_x_of))
    return Cluster(ids, centre, Bounds(south, west, north, east))


def _x_of(point: _Point[K]) -> float:
    return point.x
