"""Port Ansel, an invented town: where its streets, water and parks lie.

In metres east and north of its middle. No such town exists; every name is made up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.geo import Bounds, LatLon

Spot: TypeAlias = tuple[float, float]
TOWN = "Port Ansel"
MIDDLE = LatLon(41.6012, -98.4127)
M_PER_DEG_LAT = 111_195.0
M_PER_DEG_LON = M_PER_DEG_LAT * math.cos(math.radians(MIDDLE.lat))
HALF_WIDTH_M, HALF_HEIGHT_M = 1_800.0, 1_700.0

AVENUES: dict[str, float] = {
    "Kiln Ave": -1650.0, "Tanner Ave": -1350.0, "Mill Ave": -1050.0, "Quay Ave": -510.0,
    "Cedar Ave": -330.0, "Linden Ave": -60.0,
    "Market Ave": 210.0, "Larch Ave": 480.0, "Juniper Ave": 750.0, "Sorrel Ave": 1020.0, "Beacon Ave": 1290.0,
    "Orchard Ave": 1560.0,
}  # fmt: skip
"""North-south avenues by their east coordinate."""
STREETS: dict[str, float] = {
    name: -1300.0 + 260.0 * i
    for i, name in enumerate(
        ("1st St", "2nd St", "3rd St", "4th St", "5th St", "6th St", "7th St", "8th St", "9th St",
        "10th St", "11th St")
    )
}  # fmt: skip
"""East-west streets by their north coordinate."""
BRIDGES = ("3rd St", "6th St", "9th St")
"""Streets that cross the river; the others end at its banks."""
UNION: tuple[Spot, ...] = ((-330.0, -780.0), (1560.0, 1110.0), (1790.0, 1340.0))
RIVER: tuple[Spot, ...] = (
    (-1500.0, 13000.0), (-200.0, 7000.0), (-380.0, 3600.0), (-520.0, 1900.0), (-690.0, 1300.0), (-740.0,
    800.0), (-640.0, 300.0), (-700.0, -150.0),
    (-800.0, -600.0), (-640.0, -1100.0), (-600.0, -1900.0), (-760.0, -3600.0),
    (-200.0, -7000.0), (-900.0, -13000.0),
)  # fmt: skip
RIVER_WIDTH_M = 150.0
BASIN: tuple[Spot, ...] = ((-700.0, -820.0), (-985.0, -880.0), (-985.0, -1240.0), (-640.0, -1260.0))
EXPRESSWAY: tuple[Spot, ...] = (
    (-13000.0, 700.0), (-3600.0, 1380.0), (-1800.0, 1500.0), (-600.0, 1540.0), (600.0, 1500.0), (1500.0,
    1560.0), (2400.0, 1760.0),
    (3600.0, 1900.0), (5000.0, 1980.0), (13000.0, 2300.0),
)  # fmt: skip
TUNNEL: tuple[Spot, ...] = ((1500.0, 1560.0), (2400.0, 1760.0))
"""The part of the expressway that runs under the ridge."""
PARKS: dict[str, tuple[Spot, Spot]] = {
    "Founders Park": ((228.0, 278.0), (462.0, 762.0)),
    "Millrace Green": ((-1032.0, -242.0), (-812.0, 502.0)),
    "Orchard Park": ((1038.0, -1282.0), (1542.0, -798.0)),
    "Quayside": ((-558.0, -500.0), (-522.0, 1020.0)),
    "Ridge Wood": ((1640.0, 1250.0), (2350.0, 2300.0)),
}
YARDS: tuple[tuple[Spot, Spot], ...] = (
    ((-1640.0, -1290.0), (-1060.0, -790.0)),
    ((-1640.0, 1050.0), (-1060.0, 1290.0)),
    ((-1034.0, 522.0), (-850.0, 1282.0)),
    ((-1034.0, -760.0), (-920.0, -262.0)),
)
"""Works and depots."""
COUNTRY_ROADS: tuple[tuple[Spot, ...], ...] = (
    ((-1650.0, 0.0), (-2400.0, -60.0), (-3600.0, 120.0), (-13000.0, 300.0)),
    ((1560.0, 0.0), (2300.0, 140.0), (3600.0, 40.0), (13000.0, -200.0)),
    ((-60.0, -1300.0), (-20.0, -2100.0), (160.0, -3600.0), (300.0, -13000.0)),
    ((210.0, 1300.0), (240.0, 2200.0), (60.0, 3600.0), (-100.0, 13000.0)),
)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place that alerts happen at."""

    name: str
    at: Spot
    sort: str


LANDMARKS: tuple[Landmark, ...] = (
    Landmark("Larch Avenue School", (500.0, -390.0), "school"),
    Landmark("Tanner Avenue School", (-1330.0, 390.0), "school"),
    Landmark("Kestrel Fuel", (770.0, 760.0), "shop"),
    Landmark("Linden Pharmacy", (-40.0, 140.0), "shop"),
    Landmark("Sorrel Market", (1040.0, -120.0), "shop"),
    Landmark("Market Avenue Jewellers", (230.0, 110.0), "shop"),
    Landmark("Founders Park", (345.0, 520.0), "park"),
    Landmark("Millrace Green", (-940.0, 130.0), "park"),
    Landmark("Central Bus Station", (100.0, -380.0), "transit"),
    Landmark("Linden Ave tram stop", (-60.0, 400.0), "transit"),
    Landmark("Harbor Basin", (-1000.0, -1000.0), "yard"),
)


def position(spot: Spot) -> LatLon:
    """Return where on Earth a spot of the plan lies."""
    return LatLon(
        round(MIDDLE.lat + spot[1] / M_PER_DEG_LAT, 6), round(MIDDLE.lon + spot[0] / M_PER_DEG_LON, 6)
    )


def spot(at: LatLon) -> Spot:
    """Return the plan's coordinates of a position."""
    return (at.lon - MIDDLE.lon) * M_PER_DEG_LON, (at.lat - MIDDLE.lat) * M_PER_DEG_LAT


def crossing(street: str, avenue: str) -> Spot:
    """Return where a street and an avenue meet."""
    return AVENUES[avenue], STREETS[street]


def bounds(margin_m: float = 0.0) -> Bounds:
    """Return the town's rectangle with a margin around it."""
    low = position((-HALF_WIDTH_M - margin_m, -HALF_HEIGHT_M - margin_m))
    high = position((HALF_WIDTH_M + margin_m, HALF_HEIGHT_M + margin_m))
    return Bounds(low.lat, low.lon, high.lat, high.lon)


def street_runs(name: str) -> tuple[tuple[Spot, Spot], ...]:
    """Return the pieces of an east-west street: one over a bridge, else two with the river between."""
    y = STREETS[name]
    if name in BRIDGES:
        return (((-1650.0, y), (1560.0, y)),)
    return (((-1650.0, y), (-1050.0, y)), ((-510.0, y), (1560.0, y)))
