"""The spellings of a direction in camera lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.direction import bearing_from_text

ONE = {
    0.0: [
        "N",
        "n",
        "NB",
        "N/B",
        "n.b.",
        "North",
        "NORTHBOUND",
        "north-bound",
        "Northern",
        "Nbound",
        "0",
        "360",
        "360°",
        "-360",
        "facing_north",
    ],
    22.5: ["NNE", "north-north-east", "22.5", "22,5°"],
    45.0: ["NE", "NEB", "north-east", "North East", "Northeastbound", "N E", "NE bound"],
    90.0: ["E", "EB", "E/B", "East", "Eastbound", "Facing East", "looking E", "90 deg", "90 degrees"],
    112.5: ["ESE", "east southeast"],
    135.0: ["SE", "southeast", "South-East"],
    180.0: ["S", "SB", "S/B", "Southbound", "south", "180°", "180.0", "S/S"],
    225.0: ["SW", "southwest", "SWB", " sw "],
    270.0: [
        "W",
        "WB",
        "Westbound",
        "west side",
        "270°",
        "270 º",
        "-90",
        "+270",
        "270 true",
        "view to the west",
    ],
    315.0: ["NW", "northwestbound", "North West"],
    337.5: ["NNW"],
}
UNKNOWN = [
    "",
    "  ",
    "E/W",
    "N/S",
    "NS",
    "WE",
    "N & S",
    "NB/SB",
    "north and south",
    "Both Directions",
    "Median",
    "Unknown",
    "NA",
    "N/A",
    "Any",
    "Inbound",
    "Outbound",
    "U",
    "B",
    "bound",
    "999",
    "361",
    "12345",
    "nan",
    "inf",
    "north pole",
    "N;S",
    "EN",
    "nn",
    "١٨٠x",
    "🧭",
    "x" * 1000,
]


def test_one_direction_is_read() -> None:
    read = {text: bearing_from_text(text) for texts in ONE.values() for text in texts}
    assert read == {text: bearing for bearing, texts in ONE.items() for text in texts}


def test_two_directions_and_other_words_are_unknown() -> None:
    assert {text: bearing_from_text(text) for text in UNKNOWN} == dict.fromkeys(UNKNOWN)


@given(st.text())
def test_any_text_gives_a_bearing_or_nothing(text: str) -> None:
    bearing = bearing_from_text(text)
    assert bearing is None or 0 <= bearing < 360
