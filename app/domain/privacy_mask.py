"""Privacy masks: parts of a camera's picture that nobody at the desk may see."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-6
"""Fractions such as 1/3 are written with some digits only: so much may lie beyond the picture's edge."""


@dataclass(frozen=True, slots=True)
class PrivacyMask:
    """A rectangle in fractions of the picture, counted from its top left corner; 1 is all of it."""

    left: float
    top: float
    width: float
    height: float

    def fault(self) -> str:
        """Say in words why this is no part of a picture, "" where it is one."""
        for number in (self.left, self.top, self.width, self.height):
            if not math.isfinite(number):
                return "holds something that is not a number"
            if not 0 <= number <= 1:
                return f"is not in fractions of the picture: {number:g} is not between 0 and 1"
        if not self.width or not self.height:
            return "covers nothing"
        if self.left + self.width > 1 + _ROUNDING or self.top + self.height > 1 + _ROUNDING:
            return "reaches beyond the picture"
        return ""
