"""Reads the direction that a camera looks in, in the many spellings of camera lists."""

from __future__ import annotations

import math
import re

_POINTS = (
    "n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw",
)  # fmt: skip
_BEARING = {point: index * 22.5 for index, point in enumerate(_POINTS)}
_WORDS = (("north", "n"), ("south", "s"), ("east", "e"), ("west", "w"))
_FILLERS = frozenset(
    re.findall(
        "[a-z]+",
        "bound b bd facing face looking look viewing view to toward towards the direction heading "
        "camera side traffic lane lanes of",
    )
)
_NUMBER = re.compile(r"([-+]?\d{1,4}(?:[.,]\d{1,9})?)\s*(?:°|º|deg\.?|degrees?)?\s*(?:true)?")
_LONGEST = 60


def bearing_from_text(text: str) -> float | None:
    """Return the bearing in degrees clockwise from north (0 ≤ x < 360), None where no single one is given.

    Takes numbers ("270°", "-90"), compass points of the 16-point rose and their names, with or without
    "bound", in any case ("NB", "N/B", "Northbound", "north-east", "facing South West"). Two directions
    ("E/W", "NS"), "Both Directions", "Median", "Inbound" and the like are unknown.
    """
    words = text.strip().casefold()
    if not words or len(words) > _LONGEST:
        return None
    number = _NUMBER.fullmatch(words)
    if number:
        degrees = float(number[1].replace(",", "."))
        return degrees % 360.0 if math.isfinite(degrees) and abs(degrees) <= 360.0 else None
    # "N/B" is one direction in the road authorities' shorthand; every other slash parts two.
    words = re.sub(r"(?<=[nsew])\s*[/.]\s*b(?:ound)?\b\.?", "", words)
    found = {_bearing(part) for part in re.split(r"[/&+,;|]|\band\b|\bor\b", words)}
    return found.pop() if len(found) == 1 else None


def _bearing(part: str) -> float | None:
    """Return the bearing of one direction's words, None when they are not all understood."""
    point = ""
    for word in re.findall(r"[^\W_]+", part):
        if word not in _FILLERS:
            point += _letters(word)
    return _BEARING.get(point)


def _letters(word: str) -> str:
    """Return a word as compass letters ("northeastbound" as "ne"); other words come back as they are."""
    stem = word.removesuffix("bound")
    if len(stem) <= 4 and stem.endswith("b") and stem[:-1] in _BEARING:
        return stem[:-1]
    for name, letter in _WORDS:
        stem = stem.replace(name + "ern", letter).replace(name, letter)
    return stem
