"""Reads a camera's privacy masks as its file tells them: in JSON a list of lists, in CSV a text."""

from __future__ import annotations

from app.domain.privacy_mask import PrivacyMask

NONE = "none"
"""What a text says to lift all masks; a file that does not speak of masks leaves them as they are."""
MOST_MASKS = 50
_SIDES = 4


def read_privacy_masks(value: object) -> tuple[PrivacyMask, ...]:
    """Return the masks, each four fractions of the picture: left, top, width, height.

    A text has a mask's numbers apart by spaces and masks apart by "|" or ";", or says "none".

    Raises:
        ValueError: it cannot be read as such; the message is for the operator.
    """
    listed = _in_text(value) if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError("privacy_masks is not a list of masks")
    if len(listed) > MOST_MASKS:
        raise ValueError(f"more than {MOST_MASKS} privacy masks")
    return tuple(_mask(number, sides) for number, sides in enumerate(listed, start=1))


def _in_text(text: str) -> list[object]:
    if text.strip().casefold() == NONE:
        return []
    return [part.split() for part in text.replace(";", "|").split("|")]


def _mask(number: int, sides: object) -> PrivacyMask:
    if not isinstance(sides, list) or len(sides) != _SIDES:
        raise ValueError(f"privacy mask {number} is not four numbers: left, top, width, height")
    mask = PrivacyMask(*(_fraction(number, side) for side in sides))
    if fault := mask.fault():
        raise ValueError(f"privacy mask {number} {fault}")
    return mask


def _fraction(number: int, side: object) -> float:
    if not isinstance(side, bool) and isinstance(side, int | float | str):
        try:
            return float(side.replace(",", ".") if isinstance(side, str) else side)
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"privacy mask {number} holds something that is not a number")
