"""Privacy masks as they travel: left, top, width and height of each, in fractions of the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from app.domain.privacy_mask import PrivacyMask

_Number = Annotated[float, Field(allow_inf_nan=False)]
MaskMessage = tuple[_Number, _Number, _Number, _Number]


def masks_from(messages: Iterable[MaskMessage]) -> tuple[PrivacyMask, ...]:
    """Return the masks; whether they are parts of a picture is for whoever blanks them to look at."""
    return tuple(PrivacyMask(*message) for message in messages)


def masks_to(masks: Iterable[PrivacyMask]) -> list[MaskMessage]:
    """Return what tells the masks."""
    return [(mask.left, mask.top, mask.width, mask.height) for mask in masks]
