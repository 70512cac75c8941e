"""Exports on the wire: what a desk tells of a file, and what the hub signs for it (R35)."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, field_validator

from app.wire.hub import Command, Id, Message

FILE_NAME_CHARS = 250


class ExportIn(Command):
    """A recording that was closed, and the use under which it was made. Times are of the desk's clock.

    ``asked_at`` and ``took_s`` are when the desk asked for that use and how long the answer took: with the
    hub's own time of the use they measure how far the two clocks are apart.
    """

    hub_id: Id
    record: int = Field(ge=1, le=2**53)
    name: Annotated[str, StringConstraints(min_length=1, max_length=FILE_NAME_CHARS)]
    size: int = Field(ge=1, le=2**53)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    began: AwareDatetime
    ended: AwareDatetime
    asked_at: AwareDatetime
    took_s: float = Field(ge=0, le=86_400)

    @field_validator("name")
    @classmethod
    def _is_a_plain_name(cls, name: str) -> str:
        if set(name) & set("/\\:") or name.startswith(".") or not name.isprintable():
            raise ValueError("is the file's name alone, without a folder")
        return name

    @field_validator("took_s")
    @classmethod
    def _is_a_time(cls, took_s: float) -> float:
        return math.ceil(took_s * 1000) / 1000


class ExportOut(Message):
    """The manifest as text, byte for byte as it was signed in UTF-8, and the signature in Base64."""

    manifest: str
    signature: str
