"""Positions and distances on a sphere; exact enough for a city (error below 0.6 %)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_008.8
"""Mean Earth radius (IUGG)."""


@dataclass(frozen=True, slots=True)
class LatLon:
    """A WGS-84 position in degrees.

    Raises:
        ValueError: latitude outside ±90, longitude outside ±180, or not finite.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and -90.0 <= self.lat <= 90.0):
            raise ValueError(f"latitude {self.lat} is not between -90 and 90")
        if not (math.isfinite(self.lon) and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"longitude {self.lon} is not between -180 and 180")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rectangle in degrees; ``west`` > ``east`` means that it crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, point: LatLon) -> bool:
        """Say whether ``point`` lies inside or on the edge."""
        if not self.south <= point.lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= point.lon <= self.east
        return point.lon >= self.west or point.lon <= self.east

    @staticmethod
    def around(points: Iterable[LatLon]) -> Bounds | None:
        """Return the smallest rectangle that holds all points, None without any."""
        found = list(points)
        if not found:
            return None
        lats = [point.lat for point in found]
        lons = [point.lon for point in found]
        return Bounds(min(lats), min(lons), max(lats), max(lons))


def distance_m(a: LatLon, b: LatLon) -> float:
    """Return the great-circle distance in metres (haversine formula)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, h)))


def bearing_deg(a: LatLon, b: LatLon) -> float:
    """Return the initial bearing from ``a`` to ``b`` in degrees clockwise from north, 0 ≤ x < 360."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    d_lon = math.radians(b.lon - a.lon)
    y = math.sin(d_lon) * math.cos(lat_b)
    x = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(d_lon)
    return math.degrees(math.atan2(y, x)) % 360.0


def destination(start: LatLon, bearing: float, distance: float) -> LatLon:
    """Return the point ``distance`` metres from ``start`` along ``bearing`` degrees."""
    angle = distance / EARTH_RADIUS_M
    theta = math.radians(bearing)
    lat = math.radians(start.lat)
    lon = math.radians(start.lon)
    end_lat = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(theta))
    end_lon = lon + math.atan2(
        math.sin(theta) * math.sin(angle) * math.cos(lat),
        math.cos(angle) - math.sin(lat) * math.sin(end_lat),
    )
    return LatLon(math.degrees(end_lat), (math.degrees(end_lon) + 540.0) % 360.0 - 180.0)


def sector(centre: LatLon, bearing: float, width_deg: float, radius_m: float) -> tuple[LatLon, ...]:
    """Return the outline of a camera's field of view: the centre, then an arc left to right."""
    steps = max(2, math.ceil(width_deg / 10))
    start = bearing - width_deg / 2
    arc = (destination(centre, (start + width_deg * i / steps) % 360.0, radius_m) for i in range(steps + 1))
    return (centre, *arc)
