"""Reads latitudes and longitudes as people write them in lists."""

from __future__ import annotations

import math
import re
from enum import Enum

_DEGREES = re.compile(
    r"(?P<before>[NSEWnsew])?\s*(?P<sign>[-+−])?\s*(?P<degrees>\d{1,3}(?:[.,]\d{1,15})?)\s*[°º]?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d{1,12})?)\s*['′’]\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d{1,12})?)\s*(?:\"|″|”|'')\s*)?(?P<after>[NSEWnsew])?"
)


class Axis(Enum):
    """Which of the two; the value is its letters, the negative one last, and its limit in degrees."""

    LATITUDE = ("NS", 90.0)
    LONGITUDE = ("EW", 180.0)


def read_degrees(value: object, axis: Axis) -> float:
    """Return degrees from a number or from text such as "43.1", "43,1", "43.1° N" or 43°06'00″N.

    Raises:
        ValueError: missing, not a number, or not on this axis; the message is for the operator.
    """
    name = axis.name.lower()
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError(f"{name} is missing")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} is not a number")
    if isinstance(value, str):
        return _from_text(value.strip(), axis)
    # An integer may be too large for a float.
    degrees = float(value) if abs(value) <= 1e9 else math.inf
    if not math.isfinite(degrees):
        raise ValueError(f"{name} is not a number")
    return degrees


def _from_text(text: str, axis: Axis) -> float:
    name, (letters, _limit) = axis.name.lower(), axis.value
    match = _DEGREES.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        raise ValueError(f"{name} is not a number{_quoted(text)}")
    part = match.groupdict()
    degrees = sum(
        float(part[unit].replace(",", ".")) / scale
        for unit, scale in (("degrees", 1), ("minutes", 60), ("seconds", 3600))
        if part[unit]
    )
    if part["before"] and part["after"]:
        raise ValueError(f"{name} names its hemisphere twice")
    hemisphere = (part["before"] or part["after"] or "").upper()
    if hemisphere and hemisphere not in letters:
        raise ValueError(f"{name} is marked {hemisphere}; latitude and longitude may be swapped")
    if hemisphere and part["sign"]:
        raise ValueError(f"{name} has both a sign and a hemisphere")
    negative = part["sign"] in {"-", "−"} or hemisphere == letters[1]
    return -degrees if negative else degrees


def _quoted(text: str) -> str:
    """Return a short quotation, nothing where the text may be an address with a password."""
    if len(text) > 40 or any(mark in text for mark in ("/", "@", "=", ":")):
        return ""
    return f": “{text}”"
